import PhashEngine
import PhashPosix
import TOMLKit

/// The settings that a configuration file holds: those of a TOML document whose keys are the long names of options.
struct ConfigurationFile: Equatable, Sendable {
    let path: String
    /// The value of each setting that is there, written as it would be typed.
    private(set) var texts: [String: String] = [:]

    /// Most that a file may hold, bytes; more would only be a mix-up.
    static let maximumBytes = 64 << 10
    /// Dots in a line at most. For each dot of a key the library calls itself, and a long enough one would end the process.
    private static let mostDots = 1000

    /// Reads the document and refuses what is no setting, or not of its type; what the values mean is looked at later.
    init(path: String, bytes: [UInt8]) throws(SettingsError) {
        self.path = path
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Self.error(path, "is not UTF-8") }
        // The library takes a NUL for the end, in the document as well as in its strings.
        if text.utf8.contains(0) || Self.escapesNUL(text) {
            throw Self.error(path, "holds a NUL, which no setting can have")
        }
        for (index, line) in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .enumerated()
        {
            guard line.count(where: { $0 == UInt8(ascii: ".") }) <= Self.mostDots else {
                throw Self.error(path, "line \(index + 1): has more than \(Self.mostDots) dots, which no setting needs")
            }
        }
        let table: TOMLTable
        do {
            table = try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            throw Self.error(path, "line \(error.source.begin.line): \(printable(error.description))")
        } catch {
            throw Self.error(path, "\(error)")
        }
        for key in table.keys {
            guard let value = table[key]?.tomlValue else { continue }
            guard let setting = SettingsTable.setting(key) else {
                let allowed = SettingsTable.all.map(\.name).joined(separator: ", ")
                throw Self.error(path, "'\(printable(key))' is no setting; those are \(allowed)")
            }
            do {
                texts[key] = try Self.text(of: value, for: setting.kind)
            } catch {
                let place = SettingOrigin.file(path).place(of: setting)
                throw SettingsError(what: place, why: error.reason, status: .configuration)
            }
        }
    }

    /// Whether a NUL is written as an escape sequence; a backslash that is one itself begins none.
    private static func escapesNUL(_ text: String) -> Bool {
        var rest = text.utf8[...]
        while let start = rest.firstIndex(of: UInt8(ascii: "\\")) {
            rest = rest[rest.index(after: start)...]
            if rest.starts(with: "u0000".utf8) || rest.starts(with: "U00000000".utf8) { return true }
            rest = rest.dropFirst()
        }
        return false
    }

    /// What would be typed for `value`.
    private static func text(of value: TOMLValue, for kind: Setting.Kind) throws(InvalidValue) -> String {
        let text: String? =
            switch kind {
            case .flag: value.bool?.description
            case .number: value.int?.description ?? value.double?.description ?? value.string
            case .text, .address: value.string
            }
        if let text { return text }
        let allowed =
            switch kind {
            case .flag: "true or false"
            case .number: "a number or a string"
            case .text, .address: "a string"
            }
        // Whatever it is, it may hold a password.
        if kind == .address { throw InvalidValue(reason: "is \(name(of: value.type)), not \(allowed)") }
        throw InvalidValue(shown(value), "is \(name(of: value.type)), not \(allowed)")
    }

    /// `value` as it may stand in a message.
    private static func shown(_ value: TOMLValue) -> String {
        let text = value.type == .table ? "{…}" : value.debugDescription
        return text.count > 40 ? text.prefix(40) + "…" : text
    }

    private static func name(of type: TOMLType) -> String {
        switch type {
        case .array, .int: "an \(type)"
        case .bool: "a boolean"
        default: "a \(type)"
        }
    }

    private static func error(_ path: String, _ why: String) -> SettingsError {
        SettingsError(what: printable(path), why: why, status: .configuration)
    }
}

// MARK: - Where it is

extension ConfigurationFile {
    /// The file that `--config` or `PHASH_CONFIG` names, which has to be there, or else the user's own, which need not.
    ///
    /// - Parameters:
    ///   - typed: What `--config` says.
    ///   - environment: The variables whose names begin with `PHASH_`.
    static func find(
        typed: String?, environment: [String: String]
    ) throws(SettingsError) -> ConfigurationFile? {
        if let path = typed {
            guard !path.isEmpty else { throw SettingsError(what: option, why: "names no file") }
            return try read(path, namedBy: option)
        }
        if let path = environment[variable], !path.isEmpty { return try read(path, namedBy: variable) }
        let path = usersOwn(
            configurationHome: Environment.value(of: "XDG_CONFIG_HOME"), home: Environment.value(of: "HOME"))
        // One that cannot be looked at may hold what keeps plaintext out of the output.
        guard let path, SmallFile.mayBeThere(path) else { return nil }
        return try read(path, namedBy: nil)
    }

    /// The option that names the file.
    private static let option = "--config"
    /// The variable that names the file.
    static let variable = "PHASH_CONFIG"

    /// The path of the user's own file, by the XDG Base Directory Specification: a path that is not absolute does not count.
    static func usersOwn(configurationHome: String?, home: String?) -> String? {
        if let configurationHome, configurationHome.hasPrefix("/") { return "\(configurationHome)/phash/config.toml" }
        guard let home, home.hasPrefix("/") else { return nil }
        return "\(home)/.config/phash/config.toml"
    }

    /// - Parameter name: The option or the variable that names the file.
    private static func read(_ path: String, namedBy name: String?) throws(SettingsError) -> ConfigurationFile {
        let shown = name.map { "\($0): '\(path)'" } ?? path
        let bytes: [UInt8]?
        do {
            bytes = try SmallFile.bytes(of: path, atMost: maximumBytes)
        } catch {
            throw Self.error(shown, "\(error)")
        }
        guard let bytes else { throw Self.error(shown, "is larger than \(maximumBytes >> 10) KiB") }
        return try ConfigurationFile(path: path, bytes: bytes)
    }
}
