import PhashAMQP
import Testing

/// Which delivery a daemon begins when.
struct DeliveryQueueTests {
    private static func queue(_ earlierDeliveries: [Int]) -> DeliveryQueue {
        var queue = DeliveryQueue()
        for (index, earlier) in earlierDeliveries.enumerated() {
            let delivery = Delivery(
                tag: DeliveryTag(generation: 1, number: UInt64(index)), routingKey: "batch",
                properties: MessageProperties(), earlierDeliveries: earlier, body: [])
            queue.add(delivery, token: UInt64(index))
        }
        return queue
    }

    @Test func whatIsNotSuspectIsBegunAtOnce() {
        var queue = Self.queue([0, 1, 0, 1])
        for expected in 0..<4 { #expect(queue.next(underWay: expected)?.token == UInt64(expected)) }
        #expect(queue.next(underWay: 4) == nil && queue.count == 0)
    }

    @Test func aSuspectIsAlone() {
        var queue = Self.queue([0, 2, 0, 3, 0])
        #expect(queue.next(underWay: 0)?.token == 0)
        #expect(queue.next(underWay: 1) == nil, "the first is under way; the third must not overtake the suspect")
        #expect(queue.next(underWay: 0)?.token == 1)
        #expect(queue.next(underWay: 1) == nil, "the suspect is under way")
        #expect(queue.count == 3)
        #expect(queue.next(underWay: 0)?.token == 2)
        #expect(queue.next(underWay: 1) == nil)
        #expect(queue.next(underWay: 0)?.token == 3)
        #expect(queue.next(underWay: 0)?.token == 4, "the suspect was refused, or done within the turn")
        #expect(queue.next(underWay: 1) == nil && queue.count == 0)
    }

    @Test func whatComesLaterDoesNotDisturbASuspect() {
        var queue = Self.queue([2])
        #expect(queue.next(underWay: 0)?.token == 0)
        queue.add(
            Delivery(
                tag: DeliveryTag(generation: 1, number: 9), routingKey: "batch", properties: MessageProperties(),
                body: []),
            token: 9)
        #expect(queue.next(underWay: 1) == nil)
        #expect(queue.next(underWay: 0)?.token == 9)
    }

    @Test func allAreForgottenAtOnce() {
        var queue = Self.queue([0, 2, 0])
        #expect(queue.next(underWay: 0)?.token == 0)
        #expect(queue.removeAll() == [1, 2])
        #expect(queue.count == 0 && queue.next(underWay: 0) == nil)
    }
}
