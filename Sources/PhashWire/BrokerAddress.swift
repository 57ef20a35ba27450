/// Where a RabbitMQ broker is and how to log in there: a URL by RabbitMQ's "AMQP URI Specification" and "URI Query
/// Parameters", `amqp[s]://user:password@host:port/vhost?…`.
package struct BrokerAddress: Sendable, Equatable {
    /// Whether the connection is TLS: `amqps`.
    package var isEncrypted: Bool
    package var host: String
    /// 1...65535.
    package var port: Int
    /// nil where the URL names nobody.
    package var user: String?
    package var password: String?
    /// `/` where the URL names none, or an empty one.
    package var virtualHost = "/"

    /// Whom to believe that a server is who it says, a file of certificates in PEM; nil for those of the system.
    package var authorityFile: String?
    /// With what to show who we are, files in PEM; both or neither.
    package var certificateFile: String?
    package var keyFile: String?
    /// Whether the server's certificate and name are checked: unless `verify=verify_none` says no.
    package var isVerified = true
    /// How often both sides show that they are there, seconds; 1...600.
    package var heartbeatSeconds = 30
    /// How long a connection may take to come about, milliseconds; 1...600000.
    package var connectionMilliseconds = 10_000

    /// The user of a broker that was just installed, who may only log in on the same machine.
    package static let usualUser = "guest"

    /// What is wrong with a URL, in words that may follow `the broker's URL`. It holds no part of it that may be a password.
    package struct Fault: Error, Equatable {
        package let reason: String
    }

    /// What parameters of the query are called that are about TLS.
    private static let encryptionParameters = ["cacertfile", "certfile", "keyfile", "verify"]
    /// What the parameters of the query may be called.
    private static let parameters = encryptionParameters + ["heartbeat", "connection_timeout"]

    package init(_ text: String) throws(Fault) {
        guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else { throw Self.noURL }
        switch text[..<colon].lowercased() {
        case "amqp": isEncrypted = false
        case "amqps": isEncrypted = true
        default: throw Self.noURL
        }
        port = isEncrypted ? 5671 : 5672
        var rest = text[text.index(colon, offsetBy: 3)...]
        guard !rest.contains("#") else { throw Fault(reason: "has a '#' in it, which is written %23") }
        let query = Self.cut(&rest, at: "?")
        let path = Self.cut(&rest, at: "/")
        // One there would be of a password with a '/' or '?' in it, the rest of which would be taken for a host and be shown.
        guard !(path ?? "").contains("@"), !(query ?? "").contains("@") else {
            throw Fault(
                reason: "has an '@' behind the host, which is written %40; in a password '/' is %2F and '?' is %3F")
        }
        var authority = rest
        host = ""
        // The last one: a password may hold others that were not encoded.
        if let at = authority.lastIndex(of: "@") {
            var login = authority[..<at]
            authority = authority[authority.index(after: at)...]
            let secret = Self.cut(&login, at: ":")
            user = try Self.decoded(login, "the user")
            password = try secret.map { (text) throws(Fault) in try Self.decoded(text, "the password") }
        }
        try readAuthority(authority)
        if let path, !path.isEmpty {
            guard !path.contains("/") else {
                throw Fault(reason: "has more than one part behind the host: a '/' in a virtual host is written %2F")
            }
            virtualHost = try Self.decoded(path, "the virtual host")
        }
        try readQuery(query ?? "")
    }

    private static let noURL = Fault(reason: "does not begin with amqp:// or amqps://")

    /// Takes what follows the first `separator` off `text`; nil when there is none.
    private static func cut(_ text: inout Substring, at separator: Character) -> Substring? {
        guard let place = text.firstIndex(of: separator) else { return nil }
        defer { text = text[..<place] }
        return text[text.index(after: place)...]
    }

    private mutating func readAuthority(_ authority: Substring) throws(Fault) {
        var name = authority
        var number: Substring?
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            // An address of IP version 6.
            name = authority[authority.index(after: authority.startIndex)..<end]
            let behind = authority[authority.index(after: end)...]
            guard behind.isEmpty || behind.hasPrefix(":") else { throw Fault(reason: "has no ':' behind the ']'") }
            number = behind.isEmpty ? nil : behind.dropFirst()
        } else {
            number = Self.cut(&name, at: ":")
        }
        host = try Self.decoded(name, "the host")
        guard !host.isEmpty else { throw Fault(reason: "names no host") }
        if let number {
            guard let port = Int(number), number.utf8.allSatisfy(Self.isDigit), (1...65535).contains(port) else {
                throw Fault(reason: "has a port that is not a number from 1 to 65535")
            }
            self.port = port
        }
    }

    private mutating func readQuery(_ query: Substring) throws(Fault) {
        for item in query.split(separator: "&") {
            var name = item
            let value = try Self.decoded(Self.cut(&name, at: "=") ?? "", "a parameter")
            // Or somebody would take for encrypted what is not.
            if !isEncrypted && Self.encryptionParameters.contains(String(name)) {
                throw Fault(reason: "has a \(name), which is for amqps://")
            }
            switch name {
            case "cacertfile": authorityFile = try Self.path(value, name)
            case "certfile": certificateFile = try Self.path(value, name)
            case "keyfile": keyFile = try Self.path(value, name)
            case "verify":
                switch value {
                case "verify_peer": isVerified = true
                case "verify_none": isVerified = false
                default: throw Fault(reason: "has a verify that is neither verify_peer nor verify_none")
                }
            case "heartbeat": heartbeatSeconds = try Self.number(value, name, in: 1...600)
            case "connection_timeout": connectionMilliseconds = try Self.number(value, name, in: 1...600_000)
            default:
                throw Fault(reason: "has a parameter that is none of \(Self.parameters.joined(separator: ", "))")
            }
        }
        guard (certificateFile == nil) == (keyFile == nil) else {
            throw Fault(reason: "has one of certfile and keyfile, which go together")
        }
    }

    private static func path(_ value: String, _ name: Substring) throws(Fault) -> String {
        guard !value.isEmpty else { throw Fault(reason: "has a \(name) that names no file") }
        return value
    }

    private static func number(
        _ value: String, _ name: Substring, in allowed: ClosedRange<Int>
    ) throws(Fault) -> Int {
        guard let number = Int(value), value.utf8.allSatisfy(isDigit), allowed.contains(number) else {
            throw Fault(
                reason: "has a \(name) that is not a number from \(allowed.lowerBound) to \(allowed.upperBound)")
        }
        return number
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    /// Text with `%41` decoded, RFC 3986 section 2.1.
    private static func decoded(_ text: Substring, _ what: String) throws(Fault) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            // A sign would be read as well.
            guard digits.count == 2, !digits.contains(UInt8(ascii: "+")), !digits.contains(UInt8(ascii: "-")),
                let value = UInt8(String(digits) ?? "", radix: 16)
            else {
                throw Fault(reason: "has a '%' in \(what) that no two hexadecimal digits follow")
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        guard let result = String(validating: bytes, as: UTF8.self), !result.utf8.contains(0) else {
            throw Fault(reason: "has bytes in \(what) that are no text")
        }
        return result
    }
}

extension BrokerAddress: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Without user and password: it goes into messages.
    package var description: String {
        let name = host.contains(":") ? "[\(host)]" : host
        let path = virtualHost == "/" ? "" : "/\(virtualHost)"
        return "\(isEncrypted ? "amqps" : "amqp")://\(name):\(port)\(path)"
    }

    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

// MARK: - On the way to the bridge

extension BrokerAddress {
    /// Appends the address, with its password, to a message that only the bridge gets.
    package func encode(into writer: inout ByteWriter) {
        writer.write(isEncrypted)
        for text in [host, user ?? "", password ?? "", virtualHost] { writer.write(text) }
        for path in [authorityFile, certificateFile, keyFile] { writer.write(path ?? "") }
        writer.write(isVerified)
        for number in [port, heartbeatSeconds, connectionMilliseconds] { writer.write(UInt32(number)) }
    }

    /// Reads what `encode` wrote; nil when the bytes are none.
    package init?(decoding reader: inout ByteReader) {
        guard let isEncrypted = reader.read(Bool.self) else { return nil }
        var texts: [String] = []
        for _ in 0..<7 {
            guard let text = reader.read(String.self) else { return nil }
            texts.append(text)
        }
        guard let isVerified = reader.read(Bool.self), let port = reader.read(UInt32.self),
            let heartbeat = reader.read(UInt32.self), let connection = reader.read(UInt32.self)
        else { return nil }
        func given(_ text: String) -> String? { text.isEmpty ? nil : text }
        self.isEncrypted = isEncrypted
        host = texts[0]
        user = given(texts[1])
        password = given(texts[2])
        virtualHost = texts[3]
        authorityFile = given(texts[4])
        certificateFile = given(texts[5])
        keyFile = given(texts[6])
        self.isVerified = isVerified
        self.port = Int(port)
        heartbeatSeconds = Int(heartbeat)
        connectionMilliseconds = Int(connection)
    }
}
