import BrokerTestKit
import Foundation
import Glibc
import PhashWire
import Testing

@testable import PhashAMQP

extension WithBroker {
    @Suite("Recovery")
    struct RecoveryTests {
        let broker: TestBroker
        let topology = Topology(prefix: "recovery\(UInt32.random(in: 0...UInt32.max))")

        init() throws { broker = try WithBroker.broker() }

        @Test func fromACrashOfTheBroker() throws {
            let publisher = try TestLink.connected(try broker.address(), topology, .publisher)
            let worker = try TestLink.connected(try broker.address(), topology, .worker(consumers: 1))
            publisher.send(.publish(.batch(1, of: "r", topology)))
            try publisher.wait(for: .confirmed(token: 1))
            let old = try worker.delivery()
            try broker.settle(queue: topology.work)
            try broker.kill()
            #expect(try !publisher.failure().isFinal)
            #expect(try !worker.failure().isFinal)
            // It goes nowhere, now and later.
            publisher.send(.publish(.batch(2, of: "r", topology)))
            try broker.start()
            #expect(try publisher.connection() == 2)
            #expect(try worker.connection() == 2)
            let again = try worker.delivery()
            #expect(again.properties.correlationIdentifier == "1")
            #expect(again.tag.generation == 2)
            // This would end the connection, were it not for the generation.
            worker.send(.acknowledge(old.tag))
            worker.send(.acknowledge(DeliveryTag(generation: 1, number: 999)))
            worker.send(.acknowledge(again.tag))
            publisher.send(.publish(.batch(3, of: "r", topology)))
            try publisher.wait(for: .confirmed(token: 3))
            #expect(try worker.delivery().properties.correlationIdentifier == "3")
            #expect(!publisher.hasSaid { $0 == .confirmed(token: 2) })
            try publisher.close()
            try worker.close()
        }

        /// RabbitMQ 3.10 never lets anybody use a quorum queue again that was declared just before it crashed.
        @Test func fromACrashRightAfterTheStart() throws {
            let replies = try TestLink.connected(try broker.address(), topology, .replies(run: "r", prefetch: 10))
            let publisher = try TestLink.connected(try broker.address(), topology, .publisher)
            func answer(_ token: UInt64) throws {
                var publication = Publication.batch(token, of: "r", topology)
                publication.exchange = ""
                publication.routingKey = topology.replies(to: "r")
                publisher.send(.publish(publication))
                try publisher.wait(for: .confirmed(token: token))
                #expect(try replies.delivery().properties.correlationIdentifier == "\(token)")
            }
            try answer(1)
            try broker.kill()
            #expect(try !replies.failure().isFinal)
            try broker.start()
            #expect(try replies.connection() == 2 && publisher.connection() == 2)
            // Nobody has acknowledged it.
            #expect(try replies.delivery().properties.correlationIdentifier == "1")
            try answer(2)
            try publisher.close()
            try replies.close()
        }

        @Test func fromABrokerThatTakesNothing() throws {
            let publisher = try TestLink.connected(try broker.address(query: "?heartbeat=600"), topology, .publisher)
            let listener = try TestLink.connected(
                try broker.address(query: "?heartbeat=1"), topology, .worker(consumers: 1))
            try broker.freeze()
            defer { try? broker.thaw() }
            // More than fits the buffers of the sockets on both sides.
            let body = [UInt8](repeating: 1, count: 1 << 20)
            for token: UInt64 in 1...32 { publisher.send(.publish(.batch(token, of: "r", topology, body))) }
            // The other connection is idle, and notices by its heartbeats.
            let silence = LinkFailure(reason: "the broker has shown no sign of life for 2 s")
            try listener.wait(for: .disconnected(silence))
            #expect(!publisher.hasSaid { if case .disconnected = $0 { true } else { false } })
            publisher.link.interrupt()
            #expect(try !publisher.failure().isFinal)
            try broker.thaw()
            #expect(try publisher.connection() == 2)
            publisher.send(.publish(.batch(100, of: "r", topology)))
            try publisher.wait(for: .confirmed(token: 100))
            try publisher.close()
        }

        /// Nobody else notices where the other connection stands, as behind a balancer of loads.
        @Test func fromABrokerThatTakesNothingByItself() throws {
            let publisher = try TestLink.connected(try broker.address(query: "?heartbeat=600"), topology, .publisher)
            try broker.freeze()
            defer { try? broker.thaw() }
            let body = [UInt8](repeating: 1, count: 1 << 20)
            for token: UInt64 in 1...32 { publisher.send(.publish(.batch(token, of: "r", topology, body))) }
            #expect(try !publisher.failure().isFinal)
            try broker.thaw()
            #expect(try publisher.connection() == 2)
            try publisher.close()
        }

        /// A broker that crashed just after it had made a queue may come back with one that is there and does nothing.
        @Test func fromAQueueThatDoesNothing() throws {
            try TestLink.connected(try broker.address(), topology, .publisher).close()
            let process = "'%2F_\(topology.work)'"
            try broker.administer("eval", "sys:suspend(\(process)).")
            defer { _ = try? broker.administer("eval", "sys:resume(\(process)).") }
            let worker = try TestLink(try broker.address(), topology, .worker(consumers: 1))
            let silence = LinkFailure(reason: "the broker does not answer, asked for the queue \(topology.work)")
            try worker.wait(for: .disconnected(silence))
            try broker.administer("eval", "sys:resume(\(process)).")
            try worker.connection()
            try worker.close()
        }

        @Test func closingWaitsForNobodyLong() throws {
            let worker = try TestLink.connected(try broker.address(), topology, .worker(consumers: 1))
            try broker.freeze()
            defer { try? broker.thaw() }
            try worker.close()
        }

        @Test func fromAnAlarm() throws {
            let publisher = try TestLink.connected(try broker.address(), topology, .publisher)
            try broker.administer("set_vm_memory_high_watermark", "absolute", "10MB")
            defer { _ = try? broker.administer("set_vm_memory_high_watermark", "absolute", "1GB") }
            // The alarm is told only to those who publish.
            publisher.send(.publish(.batch(1, of: "r", topology)))
            try publisher.wait(for: .blocked("low on memory"))
            publisher.send(.publish(.batch(2, of: "r", topology)))
            publisher.send(.countConsumers(queue: topology.work))
            try broker.administer("set_vm_memory_high_watermark", "absolute", "1GB")
            try publisher.wait(for: .blocked(nil))
            try publisher.wait(for: .confirmed(token: 1))
            try publisher.wait(for: .confirmed(token: 2))
            try publisher.wait(for: .consumers(0))
            #expect(!publisher.hasSaid { if case .disconnected = $0 { true } else { false } })
        }

        @Test func fromAQueueThatWasDeleted() throws {
            let publisher = try TestLink.connected(try broker.address(), topology, .publisher)
            let worker = try TestLink.connected(try broker.address(), topology, .worker(consumers: 1))
            publisher.send(.deleteQueue(topology.work))
            try worker.wait(for: .cancelled)
            #expect(try !worker.failure().isFinal)
            #expect(try worker.connection() == 2)
            publisher.send(.publish(.batch(1, of: "r", topology)))
            try publisher.wait(for: .confirmed(token: 1))
            worker.send(.acknowledge(try worker.delivery().tag))
        }

        @Test func aWorkerThatHasStoppedStaysSo() throws {
            let publisher = try TestLink.connected(try broker.address(), topology, .publisher)
            let worker = try TestLink.connected(try broker.address(), topology, .worker(consumers: 2))
            worker.send(.stopConsuming)
            try publisher.waitForConsumers(0, of: topology.work)
            worker.link.interrupt()
            _ = try worker.failure()
            #expect(try worker.connection() == 2)
            worker.send(.countConsumers(queue: topology.work))
            try worker.wait(for: .consumers(0))
        }
    }
}
