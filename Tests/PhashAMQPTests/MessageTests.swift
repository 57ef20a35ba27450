import BrokerTestKit
import PhashAMQP
import PhashWire
import Testing

extension WithBroker {
    @Suite("Messages")
    struct MessageTests {
        let broker: TestBroker
        let topology: Topology
        let publisher: TestLink

        init() throws {
            broker = try WithBroker.broker()
            topology = Topology(prefix: "messages\(UInt32.random(in: 0...UInt32.max))")
            publisher = try .connected(try broker.address(), topology, .publisher)
        }

        private func worker(_ consumers: Int = 1) throws -> TestLink {
            try .connected(try broker.address(), topology, .worker(consumers: consumers))
        }

        private func replies(to run: String) throws -> TestLink {
            try .connected(try broker.address(), topology, .replies(run: run, prefetch: 10))
        }

        @Test(arguments: [0, 1, 131_064, 131_065, 1 << 20])
        func goThereAndBack(byteCount: Int) throws {
            let filter = try replies(to: "r")
            let worker = try worker()
            let body = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
            let batch = Publication.batch(1, of: "r", topology, body)
            publisher.send(.publish(batch))
            try publisher.wait(for: .confirmed(token: 1))
            let delivery = try worker.delivery()
            #expect(delivery.body == body)
            #expect(delivery.properties == batch.properties)
            #expect(delivery.routingKey == "batch.r")
            #expect(delivery.earlierDeliveries == 0)
            #expect(delivery.deathReason == nil)

            publisher.send(
                .publish(
                    Publication(
                        token: 2, exchange: "", routingKey: delivery.properties.replyTo,
                        properties: MessageProperties(), body: body)))
            try publisher.wait(for: .confirmed(token: 2))
            worker.send(.acknowledge(delivery.tag))
            let reply = try filter.delivery()
            #expect(reply.body == body)
            filter.send(.acknowledge(reply.tag))
            for link in [publisher, worker, filter] { try link.close() }
        }

        @Test func areAllConfirmedHoweverMany() throws {
            let worker = try worker(3)
            for token: UInt64 in 1...200 { publisher.send(.publish(.batch(token, of: "r", topology))) }
            var numbers: [String] = []
            while numbers.count < 200 {
                let delivery = try worker.delivery()
                numbers.append(delivery.properties.correlationIdentifier)
                worker.send(.acknowledge(delivery.tag))
            }
            #expect(Set(numbers) == Set((1...200).map { "\($0)" }))
            for token: UInt64 in 1...200 { try publisher.wait(for: .confirmed(token: token)) }
        }

        @Test func comeBackWhereThereIsNoQueue() throws {
            var lost = Publication.batch(1, of: "r", topology)
            lost.exchange = ""
            lost.routingKey = "\(topology.prefix).nowhere"
            publisher.send(.publish(lost))
            publisher.send(.publish(.batch(2, of: "r", topology)))
            try publisher.wait(for: .returned(token: 1))
            try publisher.wait(for: .confirmed(token: 2))
            #expect(!publisher.hasSaid { $0 == .confirmed(token: 1) })
        }

        @Test func areRefusedWhenTheQueueIsFull() throws {
            let pattern = "^\(topology.prefix)\\.work$"
            try broker.administer(
                "set_policy", topology.prefix, pattern, #"{"max-length":1}"#, "--apply-to", "queues")
            // A queue notices that it is full a little later.
            var token: UInt64 = 0
            var isRefused = false
            while !isRefused && token < 5000 {
                token += 1
                publisher.send(.publish(.batch(token, of: "r", topology)))
                isRefused = try publisher.wait(for: "answer") { event -> Bool? in
                    switch event {
                    case .confirmed: false
                    case .refused: true
                    default: nil
                    }
                }
            }
            #expect(isRefused)
            // It can go on as soon as there is room.
            let worker = try worker()
            worker.send(.acknowledge(try worker.delivery().tag))
            try broker.administer("clear_policy", topology.prefix)
        }

        @Test func comeAgainWhenTheyAreGivenBack() throws {
            let worker = try worker()
            publisher.send(.publish(.batch(1, of: "r", topology)))
            let first = try worker.delivery()
            #expect(first.earlierDeliveries == 0)
            worker.send(.reject(first.tag, requeue: true))
            let second = try worker.delivery()
            #expect(second.earlierDeliveries == 1)
            #expect(second.tag != first.tag)
            worker.send(.acknowledge(second.tag))
        }

        @Test func comeBackToTheirRunWhenTheyAreRejected() throws {
            let filter = try replies(to: "mine")
            let other = try replies(to: "other")
            let worker = try worker()
            publisher.send(.publish(.batch(1, of: "mine", topology)))
            worker.send(.reject(try worker.delivery().tag, requeue: false))
            let dead = try filter.delivery()
            #expect(dead.deathReason == "rejected")
            #expect(dead.body == Array("batch".utf8))
            #expect(dead.properties.correlationIdentifier == "1")
            filter.send(.acknowledge(dead.tag))
            #expect(!other.hasSaid { if case .delivered = $0 { true } else { false } })
        }

        @Test func comeBackToTheirRunWhenNobodyTakesThem() throws {
            let filter = try replies(to: "r")
            var batch = Publication.batch(1, of: "r", topology)
            batch.properties.expirationMilliseconds = 1
            publisher.send(.publish(batch))
            #expect(try filter.delivery().deathReason == "expired")
        }

        @Test func theBrokerCountsTheChildren() throws {
            let worker = try worker(3)
            try publisher.waitForConsumers(3, of: topology.work)
            let second = try self.worker(2)
            try publisher.waitForConsumers(5, of: topology.work)
            try second.close()
            try publisher.waitForConsumers(3, of: topology.work)
            worker.send(.stopConsuming)
            try publisher.waitForConsumers(0, of: topology.work)
            publisher.send(.publish(.batch(1, of: "r", topology)))
            try publisher.wait(for: .confirmed(token: 1))
            #expect(!worker.hasSaid { if case .delivered = $0 { true } else { false } })
        }

        @Test func eachChildHasOneAndTheFirstOneMore() throws {
            let worker = try worker(3)
            for token: UInt64 in 1...6 { publisher.send(.publish(.batch(token, of: "r", topology))) }
            var held = try (0..<4).map { _ in try worker.delivery() }
            for token: UInt64 in 1...6 { try publisher.wait(for: .confirmed(token: token)) }
            #expect(!worker.hasSaid { if case .delivered = $0 { true } else { false } })
            for _ in 0..<2 {
                worker.send(.acknowledge(held.removeFirst().tag))
                held.append(try worker.delivery())
            }
        }
    }
}
