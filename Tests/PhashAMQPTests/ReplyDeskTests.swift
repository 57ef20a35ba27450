import PhashAMQP
import PhashWire
import Testing

/// What a daemon remembers of the batches that it has taken.
struct ReplyDeskTests {
    private static func delivery(_ number: UInt64, replyTo: String = "r") -> Delivery {
        var properties = MessageProperties()
        properties.replyTo = replyTo
        properties.correlationIdentifier = "\(number)"
        return Delivery(
            tag: DeliveryTag(generation: 1, number: number), routingKey: "", properties: properties, body: [])
    }

    private static let reply = RemoteReply.refused("no")

    @Test func anAnswerIsKeptUntilItIsConfirmed() throws {
        var desk = ReplyDesk()
        let tokens = (1...3).map { desk.open(Self.delivery($0)) }
        #expect(desk.count == 3 && desk.unconfirmed(now: 0).isEmpty, "none has an answer")
        let answer = desk.answer(tokens[1], Self.reply, now: 1)
        let publication = try #require(answer)
        #expect(publication.routingKey == "r" && publication.properties.correlationIdentifier == "2")
        #expect(publication.body == Self.reply.message)
        #expect(desk.unconfirmed(now: 2) == [publication])
        #expect(desk.confirmed(tokens[1]) == DeliveryTag(generation: 1, number: 2))
        #expect(desk.confirmed(tokens[1]) == nil && desk.unconfirmed(now: 3).isEmpty)
        #expect(desk.answer(tokens[1], Self.reply, now: 4) == nil, "it has been answered")
        desk.forgetTags()
        #expect(desk.close(tokens[0]) == nil && desk.close(tokens[2]) == nil && desk.isEmpty)
    }

    @Test func aQueueThatConfirmsNothingIsNotWaitedForForEver() {
        var desk = ReplyDesk()
        let first = desk.open(Self.delivery(1, replyTo: "dead"))
        #expect(desk.nextOverdue == nil, "it is being worked on")
        _ = desk.answer(first, Self.reply, now: 10)
        #expect(desk.nextOverdue == 10 + ReplyDesk.patience)
        #expect(desk.takeOverdue(now: 9 + ReplyDesk.patience).isEmpty)
        #expect(desk.takeOverdue(now: 10 + ReplyDesk.patience) == [first])
        #expect(desk.close(first) == DeliveryTag(generation: 1, number: 1))
        // The next one for it is not waited for as long, one for another queue is.
        let others = [desk.open(Self.delivery(2, replyTo: "dead")), desk.open(Self.delivery(3, replyTo: "alive"))]
        for token in others { _ = desk.answer(token, Self.reply, now: 100) }
        #expect(desk.takeOverdue(now: 100 + ReplyDesk.suspectPatience) == [others[0]])
        // What it confirms after all makes it one like others again.
        #expect(desk.confirmed(others[0]) != nil)
        let last = desk.open(Self.delivery(4, replyTo: "dead"))
        _ = desk.answer(last, Self.reply, now: 200)
        #expect(desk.takeOverdue(now: 200 + ReplyDesk.suspectPatience).isEmpty)
    }

    @Test func aBrokerThatTakesNothingHasItsTimeAnew() {
        var desk = ReplyDesk()
        let token = desk.open(Self.delivery(1))
        _ = desk.answer(token, Self.reply, now: 0)
        desk.waitAnew(now: 50)
        #expect(desk.nextOverdue == 50 + ReplyDesk.patience)
        _ = desk.unconfirmed(now: 60)
        #expect(desk.nextOverdue == 60 + ReplyDesk.patience)
    }
}
