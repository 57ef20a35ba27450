import BrokerTestKit
import Glibc

extension TestBroker {
    var url: String { "amqp://127.0.0.1:\(port)" }
    func encryptedURL(authority: String = "ca") -> String {
        "amqps://localhost:\(encryptedPort)?cacertfile=\(certificates)/\(authority).pem"
    }
}

/// One test's corner of the broker: filters and daemons that meet under a name of their own.
final class BrokerCorner {
    /// The one of all tests of the program.
    private static let started = Result { try TestBroker() }

    let broker: TestBroker
    let queue: String
    private var daemons: [RunningProgram] = []

    init(_ name: String = #function) throws {
        broker = try Self.started.get()
        queue = "t." + name.prefix { $0.isLetter }.prefix(48)
    }

    /// What `phash` is started with.
    func launch(_ arguments: [String], url: String? = nil, binary: Binary = .phash) throws -> Launch {
        Launch(
            binary: binary, arguments: ["--broker", url ?? broker.url, "--queue", queue] + arguments,
            environment: ["PHASH_BRIDGE": try Binary.amqp.path()])
    }

    func filter(_ arguments: [String], input: [UInt8] = [], url: String? = nil) throws -> Outcome {
        try run(try launch(arguments, url: url), input: input)
    }

    /// Starts a daemon and waits until it takes batches.
    @discardableResult
    func daemon(
        _ arguments: [String] = ["-j", "2"], url: String? = nil, binary: Binary = .amqp,
        environment: [String: String] = [:]
    ) throws -> RunningProgram {
        var launch = Launch(
            binary: binary,
            arguments: ["work", "-v", "--broker", url ?? broker.url, "--queue", queue] + arguments, input: .closed)
        launch.environment = environment
        let daemon = try RunningProgram(launch)
        daemons.append(daemon)
        try daemon.wait("a connection") { daemon.errorText.contains(": connected") }
        return daemon
    }

    /// The queues under this name, with how many messages of each are with somebody who has not acknowledged them. The broker
    /// is up to five seconds late with it.
    func queues() throws -> [String: Int] {
        let list = try broker.administer("list_queues", "--silent", "name", "messages_unacknowledged")
        let rows = list.split(separator: "\n").map { $0.split(separator: "\t") }
        return Dictionary(
            rows.filter { $0.count == 2 && $0[0].hasPrefix("\(queue).") }.map { (String($0[0]), Int($0[1]) ?? 0) },
            uniquingKeysWith: { first, _ in first })
    }

    /// Waits until daemons have batches that a filter has sent.
    func waitForBatches(of filter: RunningProgram, _ count: Int = 1) throws {
        try filter.wait("batches with a daemon") { try queues()["\(queue).work", default: 0] >= count }
    }

    /// Children of a program that are called so in `ps`.
    static func children(of program: RunningProgram) -> [pid_t] {
        ProcessTable.children(of: program.processIdentifier)
    }
}
