import Foundation
import Glibc

/// A RabbitMQ broker for the tests of the program, each of which has names of its own in it. `Tests/Broker/broker` runs it,
/// and removes it when this process has ended.
final class BrokerNode: Sendable {
    private static let started = Result { try BrokerNode() }

    static func shared() throws -> BrokerNode { try started.get() }

    let folder: String
    let port: Int

    private init() throws {
        var path = Array("/tmp/phash-program-broker-XXXXXX".utf8CString)
        guard let made = unsafe mkdtemp(&path) else { throw Failure("there is no folder for the broker") }
        folder = unsafe String(cString: made)
        port = try Self.freePort()
        try makeCertificates()
        try start()
    }

    // MARK: What can be done to it

    /// Starts it, or starts it again.
    func start() throws { try control("start", "\(port)", "\(getpid())") }
    func kill() throws { try control("kill") }
    func freeze() throws { try control("freeze") }
    func thaw() throws { try control("thaw") }
    /// `rabbitmqctl`; gives what it says.
    @discardableResult
    func administer(_ arguments: String...) throws -> String { try control(["ctl"] + arguments) }

    /// Waits until the queue of batches of that name outlives a crash: see `TestBroker` of the links' tests.
    func settle(queue: String) throws {
        let node = "phash\(port)@localhost"
        let list = "\(folder)/data/\(node)/quorum/\(node)/names.dets"
        for _ in 0..<600 {
            if let data = FileManager.default.contents(atPath: list), data.range(of: Data("_\(queue)".utf8)) != nil {
                return
            }
            poll(nil, 0, 50)
        }
        throw Failure("\(queue) is not in \(list)")
    }

    // MARK: Where it is

    var url: String { "amqp://127.0.0.1:\(port)" }
    func encryptedURL(authority: String = "ca") -> String {
        "amqps://localhost:\(port + 3)?cacertfile=\(folder)/tls/\(authority).pem"
    }

    /// A port that nobody listens on, with the three after it, below those that the system gives away by itself.
    private static func freePort() throws -> Int {
        for _ in 0..<1000 {
            let port = Int.random(in: 20_000..<32_000)
            if (port...port + 3).allSatisfy(isFree) { return port }
        }
        throw Failure("there are no free ports")
    }

    private static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    // MARK: Commands

    @discardableResult
    private func control(_ arguments: String...) throws -> String { try control(arguments) }

    private func control(_ arguments: [String]) throws -> String {
        let output = "\(folder)/output"
        let command = ["\(packageRoot)/Tests/Broker/broker", arguments[0], folder] + arguments.dropFirst()
        let script = try RunningProgram(
            Launch(binary: .tool("bash"), arguments: command, output: .file(output)))
        // Not for the end of its output, which what it starts has, too.
        guard try script.waitForExit() == .exit(0) else { throw Failure("\(script.story)") }
        return (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
    }

    /// An authority, a certificate for `localhost` that it has signed, and another authority.
    private func makeCertificates() throws {
        let tls = "\(folder)/tls"
        try FileManager.default.createDirectory(atPath: tls, withIntermediateDirectories: true)
        func make(_ name: String, _ subject: String, _ more: [String]) throws {
            let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
            let files = ["-keyout", "\(tls)/\(name).key", "-out", "\(tls)/\(name).pem"]
            _ = try tool("openssl", ["req", "-x509"] + key + ["-subj", "/CN=\(subject)"] + files + more)
        }
        try make("ca", "phash test authority", [])
        try make("other", "phash other authority", [])
        let signed = ["-CA", "\(tls)/ca.pem", "-CAkey", "\(tls)/ca.key", "-addext", "subjectAltName=DNS:localhost"]
        try make("server", "localhost", signed + ["-addext", "basicConstraints=critical,CA:FALSE"])
    }
}

/// One test's corner of the broker: filters and daemons that meet under a name of their own.
final class BrokerCorner {
    let node: BrokerNode
    let queue: String
    private var daemons: [RunningProgram] = []

    init(_ name: String = #function) throws {
        node = try BrokerNode.shared()
        queue = "t." + name.prefix { $0.isLetter }.prefix(48)
    }

    /// What `phash` is started with.
    func launch(_ arguments: [String], url: String? = nil, binary: Binary = .phash) throws -> Launch {
        Launch(
            binary: binary, arguments: ["--broker", url ?? node.url, "--queue", queue] + arguments,
            environment: ["PHASH_BRIDGE": try Binary.amqp.path()])
    }

    func filter(_ arguments: [String], input: [UInt8] = [], url: String? = nil) throws -> Outcome {
        try run(try launch(arguments, url: url), input: input)
    }

    /// Starts a daemon and waits until it takes batches.
    @discardableResult
    func daemon(_ arguments: [String] = ["-j", "2"], url: String? = nil, binary: Binary = .amqp) throws
        -> RunningProgram
    {
        let daemon = try RunningProgram(
            Launch(
                binary: binary,
                arguments: ["work", "-v", "--broker", url ?? node.url, "--queue", queue] + arguments, input: .closed))
        daemons.append(daemon)
        try daemon.wait("a connection") { String(decoding: daemon.errorOutput, as: UTF8.self).contains(": connected") }
        return daemon
    }

    /// The queues under this name, with how many messages of each are with somebody who has not acknowledged them. The broker
    /// is up to five seconds late with it.
    func queues() throws -> [String: Int] {
        let list = try node.administer("list_queues", "--silent", "name", "messages_unacknowledged")
        let rows = list.split(separator: "\n").map { $0.split(separator: "\t") }
        return Dictionary(
            rows.filter { $0.count == 2 && $0[0].hasPrefix("\(queue).") }.map { (String($0[0]), Int($0[1]) ?? 0) },
            uniquingKeysWith: { first, _ in first })
    }

    /// Waits until a daemon has batches that a filter has sent.
    func waitForBatches(of filter: RunningProgram) throws {
        try filter.wait("batches with a daemon") { try queues()["\(queue).work", default: 0] > 0 }
    }

    /// Children of a program that are called so in `ps`.
    static func children(of program: RunningProgram) -> [pid_t] {
        ProcessTable.children(of: program.processIdentifier)
    }
}
