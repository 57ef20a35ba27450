import Foundation
import Glibc

/// A RabbitMQ broker for tests, which share it one at a time: some of them freeze it or kill it. `broker` beside this file
/// runs it, and removes it when this process has ended.
package final class TestBroker: Sendable {
    /// What the broker could not be made to do.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String

        package init(_ description: String) { self.description = description }
    }

    let folder: String
    package let port: Int
    /// For TLS, where it shows a certificate for `localhost`.
    package var encryptedPort: Int { port + 3 }
    /// Of `ca` and `other`, two authorities, and of `client` and `stranger`, that either of them has signed: `NAME.pem` and
    /// `NAME.key`.
    package var certificates: String { "\(folder)/tls" }

    /// Starts one.
    package init() throws {
        var path = Array("/tmp/phash-broker-XXXXXX".utf8CString)
        guard let made = unsafe mkdtemp(&path) else { throw Failure("there is no folder for the broker") }
        folder = unsafe String(cString: made)
        port = try Self.freePort()
        try makeCertificates()
        try start()
    }

    // MARK: What can be done to it

    /// Starts it, or starts it again.
    package func start() throws { try control("start", "\(port)", "\(getpid())") }
    package func kill() throws { try control("kill") }
    package func freeze() throws { try control("freeze") }
    package func thaw() throws { try control("thaw") }
    /// `rabbitmqctl`; returns what it says.
    @discardableResult
    package func administer(_ arguments: String...) throws -> String { try control("ctl", arguments) }

    /// Waits until a quorum queue outlives a crash. RabbitMQ keeps the list of them back for up to three seconds, and one
    /// that was killed before has lost what was in the queue, and never makes it usable again.
    package func settle(queue: String) throws {
        let node = "phash\(port)@localhost"
        let list = "\(folder)/data/\(node)/quorum/\(node)/names.dets"
        for _ in 0..<600 {
            let data = try Data(contentsOf: URL(filePath: list))
            if data.range(of: Data("_\(queue)".utf8)) != nil { return }
            poll(nil, 0, 50)
        }
        throw Failure("\(queue) is not in \(list)")
    }

    // MARK: Where it is

    /// Whether this machine has the address ::1, where the broker listens, too.
    package static let hasIPv6 = ((try? String(contentsOfFile: "/proc/net/if_inet6", encoding: .utf8)) ?? "")
        .contains(String(repeating: "0", count: 31) + "1 ")

    /// A port that nobody listens on, with the three after it, below those that the system gives away by itself.
    package static func freePort() throws -> Int {
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

    /// How long one may take: a start takes ten seconds, or a minute on a machine that is busy with other tests.
    private static let patience = Duration.seconds(180)

    private static let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "broker").path

    private func control(_ command: String, _ arguments: String...) throws { try control(command, arguments) }

    @discardableResult
    private func control(_ command: String, _ arguments: [String]) throws -> String {
        try run([Self.script, command, folder] + arguments)
    }

    /// A certificate authority, certificates for `localhost` and for a client that it has signed; another authority, and a
    /// client's certificate that only that one has signed.
    private func makeCertificates() throws {
        let tls = certificates
        try FileManager.default.createDirectory(atPath: tls, withIntermediateDirectories: true)
        func make(_ name: String, _ subject: String, _ more: [String]) throws {
            try run(
                [
                    "/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                    "-nodes", "-days", "2", "-subj", "/CN=\(subject)", "-keyout", "\(tls)/\(name).key", "-out",
                    "\(tls)/\(name).pem",
                ] + more)
        }
        try make("ca", "phash test authority", [])
        try make("other", "phash other authority", [])
        try make(
            "server", "localhost",
            [
                "-CA", "\(tls)/ca.pem", "-CAkey", "\(tls)/ca.key", "-addext", "subjectAltName=DNS:localhost",
                "-addext", "basicConstraints=critical,CA:FALSE",
            ])
        for (name, authority) in [("client", "ca"), ("stranger", "other")] {
            try make(
                name, "phash \(name)",
                [
                    "-CA", "\(tls)/\(authority).pem", "-CAkey", "\(tls)/\(authority).key",
                    "-addext", "basicConstraints=critical,CA:FALSE",
                ])
        }
    }

    /// Runs a command to its end. Not with Foundation's `Process`: that waits until all that the command has started is
    /// gone, too. Returns what it says, on stderr as well.
    @discardableResult
    private func run(_ command: [String]) throws -> String {
        let output = "\(folder)/output"
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        unsafe posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var words = unsafe command.map { unsafe strdup($0) } + [nil]
        defer { unsafe words.forEach { unsafe free($0) } }
        var process: pid_t = 0
        let code = unsafe posix_spawn(&process, command[0], &actions, nil, &words, environ)
        guard code == 0 else { throw Failure("\(command[0]) cannot be started: \(code)") }
        var status: Int32 = 0
        let deadline = ContinuousClock.now + Self.patience
        while unsafe waitpid(process, &status, WNOHANG) != process {
            if ContinuousClock.now > deadline { Glibc.kill(process, SIGKILL) }
            poll(nil, 0, 10)
        }
        let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
        guard status == 0 else { throw Failure("\(command.joined(separator: " ")): \(text)") }
        return text
    }
}
