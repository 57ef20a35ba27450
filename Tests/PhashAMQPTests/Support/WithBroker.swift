import BrokerTestKit
import PhashWire
import Testing

/// The tests that need a broker, one at a time: some of them freeze it or kill it.
@Suite(.serialized)
enum WithBroker {
    /// Theirs alone: tests of the program may run at the same time.
    private static let started = Result { try TestBroker() }

    static func broker() throws -> TestBroker { try started.get() }
}

extension TestBroker {
    func address(query: String = "") throws -> BrokerAddress { try BrokerAddress("amqp://127.0.0.1:\(port)\(query)") }

    /// - Parameter certificate: What we show to the broker, by its name; nil for none.
    func encryptedAddress(
        host: String = "localhost", authority: String = "ca", certificate: String? = nil
    ) throws -> BrokerAddress {
        let ours = certificate.map { "&certfile=\(certificates)/\($0).pem&keyfile=\(certificates)/\($0).key" } ?? ""
        return try BrokerAddress(
            "amqps://\(host):\(encryptedPort)?cacertfile=\(certificates)/\(authority).pem\(ours)")
    }
}
