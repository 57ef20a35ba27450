import BrokerTestKit
import PhashPosix
import PhashWire
import Testing

@testable import PhashAMQP

extension WithBroker {
    @Suite("Connecting")
    struct ConnectionTests {
        let broker: TestBroker
        let topology = Topology(prefix: "connections\(UInt32.random(in: 0...UInt32.max))")

        init() throws { broker = try WithBroker.broker() }

        private func failure(_ address: BrokerAddress) throws -> LinkFailure {
            let link = try TestLink(address, topology, .publisher)
            let failure = try link.failure()
            // Also where there was no use in trying again.
            try link.close()
            return failure
        }

        @Test func aWrongPasswordIsFinal() throws {
            let failure = try failure(try BrokerAddress("amqp://guest:hunter2@127.0.0.1:\(broker.port)"))
            #expect(failure.isFinal)
            #expect(failure.reason == "the broker does not let us in: wrong user or password")
        }

        @Test func aVirtualHostThatIsNotThereIsFinal() throws {
            let failure = try failure(try broker.address(query: "/nowhere"))
            #expect(failure.isFinal)
            #expect(failure.reason.contains("virtual host nowhere"))
        }

        @Test func nobodyListensYet() throws {
            let port = try TestBroker.freePort()
            let failure = try failure(try BrokerAddress("amqp://127.0.0.1:\(port)"))
            #expect(failure == LinkFailure(reason: "127.0.0.1:\(port): Connection refused"))
        }

        @Test func aNameThatNobodyHas() throws {
            let failure = try failure(try BrokerAddress("amqp://nobody.invalid"))
            #expect(failure == LinkFailure(reason: "the name nobody.invalid cannot be looked up"))
        }

        @Test func somethingElseListens() throws {
            // What Erlang's distribution answers is no AMQP.
            let failure = try failure(try BrokerAddress("amqp://127.0.0.1:\(broker.port + 1)?connection_timeout=2000"))
            #expect(!failure.isFinal)
        }

        @Test func withTLS() throws {
            let address = try broker.encryptedAddress()
            let publisher = try TestLink.connected(address, topology, .publisher)
            let worker = try TestLink.connected(address, topology, .worker(consumers: 1))
            let body = [UInt8](repeating: 7, count: 1 << 20)
            for token: UInt64 in 1...20 { publisher.send(.publish(.batch(token, of: "r", topology, body))) }
            for _ in 1...20 {
                let delivery = try worker.delivery()
                #expect(delivery.body == body)
                worker.send(.acknowledge(delivery.tag))
            }
            for token: UInt64 in 1...20 { try publisher.wait(for: .confirmed(token: token)) }
            try publisher.close()
            try worker.close()
        }

        @Test func weShowTheBrokerOurCertificate() throws {
            let link = try TestLink.connected(
                try broker.encryptedAddress(certificate: "client"), topology, .publisher)
            let list = try broker.administer("list_connections", "peer_cert_subject")
            #expect(list.contains("CN=phash client"), "\(list)")
            try link.close()
        }

        /// The broker of these tests looks at a certificate where it is shown one.
        @Test func aCertificateThatTheBrokerDoesNotTrust() throws {
            let address = try broker.encryptedAddress(certificate: "stranger")
            let failure = try failure(address)
            #expect(
                !failure.isFinal
                    && failure.reason.hasSuffix("; it may not trust the certificate \(address.certificateFile!)"))
        }

        @Test func aCertificateThatCannotBeReadIsFinal() throws {
            let address = try broker.encryptedAddress(certificate: "nowhere")
            let failure = try failure(address)
            #expect(
                failure == FailureWords.unreadableCertificate(address.certificateFile!, key: address.keyFile!))
        }

        @Test(.enabled(if: TestBroker.hasIPv6))
        func byIPv6() throws {
            let address = try BrokerAddress("amqp://[::1]:\(broker.port)")
            try TestLink.connected(address, topology, .publisher).close()
        }

        @Test func anAuthorityThatHasNotSignedIsFinal() throws {
            let failure = try failure(try broker.encryptedAddress(authority: "other"))
            #expect(failure.isFinal)
            #expect(failure.reason.hasPrefix("the broker's certificate is not trusted: "))
            #expect(failure.reason.contains("/tls/other.pem"))
        }

        @Test func aCertificateForAnotherNameIsFinal() throws {
            let failure = try failure(try broker.encryptedAddress(host: "127.0.0.1"))
            #expect(failure.isFinal)
            #expect(
                failure.reason
                    == "the broker's certificate is not for 127.0.0.1, and only names are checked, not addresses")
        }

        @Test func nothingIsVerifiedWhereNothingIsToBe() throws {
            let address = try BrokerAddress("amqps://127.0.0.1:\(broker.encryptedPort)?verify=verify_none")
            try TestLink.connected(address, topology, .publisher).close()
        }

        @Test func authoritiesThatCannotBeReadAreFinal() throws {
            let failure = try failure(try broker.encryptedAddress(authority: "nowhere"))
            #expect(failure == FailureWords.unreadableAuthorities(try broker.encryptedAddress(authority: "nowhere")))
        }

        @Test func noTLSIsSpokenThere() throws {
            let failure = try failure(try BrokerAddress("amqps://localhost:\(broker.port)?verify=verify_none"))
            #expect(
                failure
                    == LinkFailure(
                        reason:
                            "TLS could not be agreed on with localhost:\(broker.port); it may want a certificate (certfile and keyfile)"
                    ))
        }

        @Test func aQueueWithOtherArgumentsIsFinal() throws {
            do {
                let connection = try Connection(try broker.address(), name: "phash test") { _ in }
                try connection.declare(.queue(topology.work, arguments: ["x-queue-type": .text("quorum")]))
                connection.close()
            }
            let failure = try failure(try broker.address())
            #expect(failure.isFinal)
            #expect(failure.reason.hasPrefix("the queue \(topology.work) is there already, with other arguments: "))
        }

        @Test func whatWasSaidMeanwhileIsNotLost() throws {
            let link = try TestLink(try broker.address(), topology, .worker(consumers: 2))
            link.send(.countConsumers(queue: topology.work))
            try link.connection()
            try link.wait(for: .consumers(2))
            link.send(.close)
            link.send(.countConsumers(queue: topology.work))
            try link.wait(for: .closed)
        }
    }
}
