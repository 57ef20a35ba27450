import PhashEngine
import PhashPosix

/// Where `phash-amqp` is, the program that speaks to brokers for phash.
enum BridgeLocation {
    /// The variable that names it, for tests; it is no setting.
    static let variable = "PHASH_BRIDGE"

    /// The path of the program, which is there and can be started.
    static func find(on machine: Machine) throws(SettingsError) -> String {
        let places = places(on: machine)
        if let path = places.first(where: ProgramFile.canBeStarted) { return path }
        let looked =
            places.isEmpty
            ? "the system does not tell where phash is, to look beside it"
            : "it was looked for in \(places.map { printable($0) }.joined(separator: " and "))"
        throw SettingsError(
            what: "--broker", why: "the program phash-amqp is missing: \(looked)", status: .unavailable)
    }

    /// Where it may be, the first place first: as it is installed, then beside phash itself.
    static func places(on machine: Machine) -> [String] {
        if let path = machine.environment[variable], !path.isEmpty { return [path] }
        guard let program = machine.programPath else { return [] }
        let folder = parent(of: program)
        return ["\(parent(of: folder))/libexec/phash/phash-amqp", "\(folder)/phash-amqp"]
    }

    /// The folder that a path is in, without a slash at its end; `""` for the root.
    private static func parent(of path: String) -> Substring {
        path.lastIndex(of: "/").map { path[..<$0] } ?? ""
    }

    private static func parent(of path: Substring) -> Substring { parent(of: String(path)) }
}
