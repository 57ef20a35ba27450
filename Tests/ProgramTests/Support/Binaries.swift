import Foundation

/// A program that the tests start.
enum Binary {
    /// The release build, as people use it.
    case phash
    /// The release build that shares the C library with the system.
    case dynamic
    /// The program that speaks to a broker.
    case amqp
    /// A build with the trait `TestHooks`.
    case hooks
    /// The program that speaks to a broker, built with that trait.
    case amqpHooks
    /// The example of a job that is not hashing.
    case example
    /// A tool of the machine, found by `PATH`.
    case tool(String)

    /// The environment variable that names the file, and where the build leaves it when the variable is not set.
    private var place: (variable: String, fallback: String) {
        switch self {
        case .phash: ("PHASH", ".build/release/phash")
        case .dynamic: ("PHASH_DYNAMIC", ".build/dynamic/phash")
        case .amqp: ("PHASH_AMQP", ".build/release/phash-amqp")
        case .hooks: ("PHASH_HOOKS", ".build/debug/phash")
        case .amqpHooks: ("PHASH_AMQP_HOOKS", ".build/debug/phash-amqp")
        case .example: ("PHASH_EXAMPLE", ".build/debug/phash-vowels")
        case .tool(let name): ("PATH", name)
        }
    }

    /// Python itself: what `PATH` has is often a script that looks for one, which takes longer than our own.
    private static let python: String? = {
        let look = Launch(binary: .tool("env"), arguments: ["python3", "-c", "import sys; print(sys.executable)"])
        return try? run(look).lines.first
    }()

    /// The path of the file; a missing one is an error, so that no test passes by not running.
    func path() throws -> String {
        let place = place
        switch self {
        case .tool("python3") where Self.python != nil:
            return Self.python!
        case .tool(let name):
            let directories = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
            let candidates = directories.map { "\($0)/\(name)" }
            guard let found = candidates.first(where: FileManager.default.isExecutableFile(atPath:)) else {
                throw Failure("these tests need the tool '\(name)', and no directory of PATH has it")
            }
            return found
        case .phash, .dynamic, .amqp, .hooks, .amqpHooks, .example:
            let named = ProcessInfo.processInfo.environment[place.variable]
            let path = named ?? "\(packageRoot)/\(place.fallback)"
            guard FileManager.default.isExecutableFile(atPath: path) else {
                let hint = named == nil ? "build it, or name it by \(place.variable)" : "\(place.variable) names it"
                throw Failure("there is no program at \(path): \(hint)")
            }
            return path
        }
    }
}

/// The directory that holds `Package.swift`.
let packageRoot = String(#filePath.prefix(upTo: #filePath.range(of: "/Tests/ProgramTests/")!.lowerBound))

/// Whether the tests that need minutes and gigabytes run too.
let isDeep = ProcessInfo.processInfo.environment["PHASH_DEEP"] != nil

/// An error that says in words what went wrong.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// A directory of one test's own; it goes when the last owner goes.
final class TemporaryDirectory {
    let path: String

    init() throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("phash-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        path = directory.path
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Writes a file into the directory and says where it is.
    func file(_ name: String, holding bytes: [UInt8]) throws -> String {
        let path = "\(path)/\(name)"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }
}
