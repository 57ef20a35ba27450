import PhashWire
import Testing

@Suite("The address of a broker")
struct BrokerAddressTests {
    @Test("what a URL does not say is as usual")
    func defaults() throws {
        let address = try BrokerAddress("amqp://rabbit.example")
        #expect(!address.isEncrypted && address.isVerified)
        #expect(address.host == "rabbit.example" && address.port == 5672 && address.virtualHost == "/")
        #expect(address.user == nil && address.password == nil)
        #expect(address.authorityFile == nil && address.certificateFile == nil && address.keyFile == nil)
        #expect(address.heartbeatSeconds == 30 && address.connectionMilliseconds == 10_000)
        #expect(try BrokerAddress("AMQPS://h").port == 5671)
        #expect(try BrokerAddress("amqps://h").isEncrypted)
    }

    @Test("every part is read, and its escapes are decoded")
    func parts() throws {
        let address = try BrokerAddress(
            "amqps://us%65r:p%40%3a%2F@host:1/v%2Fh?cacertfile=/a%20b&certfile=c&keyfile=k&heartbeat=5"
                + "&connection_timeout=1500&verify=verify_none")
        #expect(address.user == "user" && address.password == "p@:/")
        #expect(address.host == "host" && address.port == 1 && address.virtualHost == "v/h")
        #expect(address.authorityFile == "/a b" && address.certificateFile == "c" && address.keyFile == "k")
        #expect(address.heartbeatSeconds == 5 && address.connectionMilliseconds == 1500 && !address.isVerified)
        #expect(try BrokerAddress("amqps://h?verify=verify_peer").isVerified)
        #expect(try BrokerAddress("amqp://h:65535").port == 65_535)
    }

    @Test(
        "user and password may be empty, missing, or hold what was not encoded",
        arguments: [
            ("amqp://u@h", "u", nil), ("amqp://u:@h", "u", ""), ("amqp://:p@h", "", "p"),
            ("amqp://u:a@b@h", "u", "a@b"), ("amqp://u:a:b@h", "u", "a:b"), ("amqp://h", nil, nil),
        ] as [(String, String?, String?)]
    )
    func logins(url: String, user: String?, password: String?) throws {
        let address = try BrokerAddress(url)
        #expect(address.user == user && address.password == password && address.host == "h")
    }

    @Test(
        "an address of IP version 6 stands in brackets",
        arguments: [("amqp://[::1]", 5672), ("amqp://u:p@[::1]:99/v", 99)])
    func version6(url: String, port: Int) throws {
        let address = try BrokerAddress(url)
        #expect(address.host == "::1" && address.port == port)
        #expect(address.description.hasPrefix("amqp://[::1]:\(port)"))
    }

    @Test("a path that is empty or missing is the virtual host /", arguments: ["amqp://h/", "amqp://h", "amqp://h?"])
    func emptyPath(url: String) throws {
        #expect(try BrokerAddress(url).virtualHost == "/")
    }

    @Test(
        "what is wrong is told, and nothing of what may be secret",
        arguments: [
            ("", "does not begin with amqp:// or amqps://"),
            ("hunter2", "does not begin with amqp:// or amqps://"),
            ("amqp:u:hunter2@h", "does not begin with amqp:// or amqps://"),
            ("http://u:hunter2@h", "does not begin with amqp:// or amqps://"),
            ("amqp://u:hunter2#x@h", "has a '#' in it, which is written %23"),
            ("amqp://u:hunter2@", "names no host"),
            ("amqp://", "names no host"),
            ("amqp://u:hunter2@h:0", "has a port that is not a number from 1 to 65535"),
            ("amqp://u:hunter2@h:65536", "has a port that is not a number from 1 to 65535"),
            ("amqp://u:hunter2@h:", "has a port that is not a number from 1 to 65535"),
            ("amqp://u:hunter2@h:+1", "has a port that is not a number from 1 to 65535"),
            ("amqp://u:hunter2", "has a port that is not a number from 1 to 65535"),
            ("amqp://[::1]x", "has no ':' behind the ']'"),
            ("amqp://u:hunter2@h/a/b", "has more than one part behind the host"),
            ("amqp://u:hunter2/x@h", "has an '@' behind the host, which is written %40"),
            ("amqp://u:12/hunter2@h", "has an '@' behind the host, which is written %40"),
            ("amqp://u:12?hunter2@h", "has an '@' behind the host, which is written %40"),
            ("amqp://u:hunter2%@h", "has a '%' in the password that no two hexadecimal digits follow"),
            ("amqp://u:hunter2%4@h", "has a '%' in the password that no two hexadecimal digits follow"),
            ("amqp://u:hunter2%+1@h", "has a '%' in the password that no two hexadecimal digits follow"),
            ("amqp://u:hunter2%-0@h", "has a '%' in the password that no two hexadecimal digits follow"),
            ("amqp://u:hunter2%ff@h", "has bytes in the password that are no text"),
            ("amqp://u:hunter2%00@h", "has bytes in the password that are no text"),
            ("amqp://h/%zz", "has a '%' in the virtual host"),
            ("amqp://h?passwort=hunter2", "has a parameter that is none of cacertfile, certfile, keyfile, verify"),
            ("amqp://h?cacertfile=/ca.pem", "has a cacertfile, which is for amqps://"),
            ("amqp://h?verify=verify_peer", "has a verify, which is for amqps://"),
            ("amqps://h?cacertfile=", "has a cacertfile that names no file"),
            ("amqps://h?certfile=c", "has one of certfile and keyfile, which go together"),
            ("amqps://h?keyfile=k", "has one of certfile and keyfile, which go together"),
            ("amqps://h?verify=no", "has a verify that is neither verify_peer nor verify_none"),
            ("amqp://h?heartbeat=0", "has a heartbeat that is not a number from 1 to 600"),
            ("amqp://h?heartbeat=+5", "has a heartbeat that is not a number from 1 to 600"),
            ("amqp://h?connection_timeout=", "has a connection_timeout that is not a number from 1 to 600000"),
        ]
    )
    func faults(url: String, reason: String) {
        let fault = #expect(throws: BrokerAddress.Fault.self) { try BrokerAddress(url) }
        #expect(fault?.reason.hasPrefix(reason) == true, "\(fault?.reason ?? "")")
        #expect(fault?.reason.contains("hunter2") != true)
    }

    @Test("no description holds user or password")
    func descriptions() throws {
        let address = try BrokerAddress("amqps://alice:hunter2@h:99/a?heartbeat=3")
        #expect(address.description == "amqps://h:99/a")
        var dumped = ""
        dump(address, to: &dumped)
        for text in ["\(address)", String(reflecting: address), dumped, "\([address])", "\(Optional(address) as Any)"] {
            #expect(!text.contains("hunter2") && !text.contains("alice"), "\(text)")
        }
    }

    @Test(
        "what is sent to the bridge comes back",
        arguments: [
            "amqp://h", "amqps://u:p@h:1/v?certfile=c&keyfile=k&cacertfile=a&heartbeat=9&verify=verify_none",
            "amqp://u%C3%A9:@[::1]/?connection_timeout=600000",
        ])
    func coding(url: String) throws {
        let address = try BrokerAddress(url)
        var writer = ByteWriter()
        address.encode(into: &writer)
        var reader = ByteReader(writer.bytes)
        var expected = address
        // Nothing tells an empty word from none.
        if expected.password == "" { expected.password = nil }
        #expect(BrokerAddress(decoding: &reader) == expected)
        for count in writer.bytes.indices {
            var short = ByteReader(Array(writer.bytes.prefix(count)))
            #expect(BrokerAddress(decoding: &short) == nil)
        }
    }
}
