import PhashAMQP
import PhashCore
import PhashWire
import Testing

/// What the bridge does about each thing that can happen.
struct BridgeLedgerTests {
    /// A ledger with a clock, and what it wanted.
    private struct Desk {
        var ledger: BridgeLedger
        var now: Int64 = 1_000
        var generation: UInt64 = 0

        init(patience: Int64? = nil) {
            ledger = BridgeLedger(address: "amqp://host:1", queue: "phash", patience: patience, now: now)
        }

        mutating func actions() -> [BridgeLedger.Action] {
            var found: [BridgeLedger.Action] = []
            while let action = ledger.nextAction() { found.append(action) }
            return found
        }

        @discardableResult
        mutating func publisher(_ event: LinkEvent) -> [BridgeLedger.Action] {
            ledger.publisherSaid(event, now: now)
            return actions()
        }

        @discardableResult
        mutating func replies(_ event: LinkEvent) -> [BridgeLedger.Action] {
            ledger.repliesSaid(event, now: now)
            return actions()
        }

        @discardableResult
        mutating func order(_ order: PartOrder) -> [BridgeLedger.Action] {
            ledger.orderArrived(order, now: now)
            return actions()
        }

        mutating func pass(_ duration: Int64) -> [BridgeLedger.Action] {
            now += duration
            ledger.timePassed(now: now)
            return actions()
        }

        mutating func connect(children: Int = 1) {
            publisher(.connected(1))
            replies(.connected(1))
            replies(.consumers(children))
            _ = pass(0)
        }

        func delivery(
            _ order: PartOrder, _ reply: RemoteReply? = nil, death: String? = nil, tag: UInt64 = 1
        ) -> Delivery {
            var properties = MessageProperties()
            properties.correlationIdentifier = BridgeLedger.name(of: order)
            let body = reply ?? .finished(results: [], tally: PartTally(), nanoseconds: 1)
            return Delivery(
                tag: DeliveryTag(generation: 1, number: tag), routingKey: "", properties: properties,
                deathReason: death, body: body.message)
        }
    }

    private static func order(_ ticket: UInt64, line: UInt64 = 1) -> PartOrder {
        PartOrder(
            ticket: ticket, slot: 0, firstRecord: 0, recordCount: 2, batchBytes: 3, firstLine: line, resultsOffset: 0,
            resultsCapacity: 1_000)
    }

    private static func tag(_ number: UInt64) -> DeliveryTag { DeliveryTag(generation: 1, number: number) }

    @Test func childrenAreThoseOfBothConnections() {
        var desk = Desk()
        #expect(desk.publisher(.connected(1)).isEmpty)
        #expect(desk.replies(.connected(1)).isEmpty)
        #expect(desk.pass(0) == [.countConsumers])
        #expect(desk.replies(.consumers(7)) == [.tellChildren(7)])
        #expect(desk.replies(.consumers(7)).isEmpty)
        #expect(desk.pass(1_000_000_000) == [.countConsumers])
        #expect(desk.publisher(.disconnected(LinkFailure(reason: "gone"))) == [.tellChildren(0)])
        #expect(desk.publisher(.connected(2)) == [.tellChildren(7)])
        #expect(desk.replies(.disconnected(LinkFailure(reason: "gone"))) == [.interruptPublisher, .tellChildren(0)])
    }

    @Test func theFirstAnswerCountsAndOthersAreDropped() {
        var desk = Desk()
        desk.connect()
        let order = Self.order(5)
        #expect(desk.order(order) == [.publish(token: 1, order)])
        #expect(desk.publisher(.confirmed(token: 1)).isEmpty)
        let first = desk.delivery(order, tag: 1)
        #expect(desk.replies(.delivered(first)) == [.finish(order, first), .acknowledge(Self.tag(1))])
        #expect(desk.replies(.delivered(desk.delivery(order, tag: 2))) == [.acknowledge(Self.tag(2))])
        #expect(desk.ledger.openCount == 0)
    }

    @Test func anAnswerMayComeBeforeTheConfirmation() {
        var desk = Desk()
        desk.connect()
        let order = Self.order(5)
        desk.order(order)
        #expect(desk.replies(.delivered(desk.delivery(order))).count == 2)
        #expect(desk.publisher(.confirmed(token: 1)).isEmpty && desk.publisher(.confirmed(token: 1)).isEmpty)
    }

    @Test func whatWasNotConfirmedIsPublishedAgainAndOnlyThat() {
        var desk = Desk()
        let orders = (1...3).map { Self.order($0, line: 10 * $0) }
        for order in orders { #expect(desk.order(order).isEmpty, "there is no connection yet") }
        #expect(
            desk.publisher(.connected(1)) == [
                .publish(token: 1, orders[0]), .publish(token: 2, orders[1]), .publish(token: 3, orders[2]),
            ])
        desk.publisher(.confirmed(token: 2))
        desk.publisher(.disconnected(LinkFailure(reason: "gone")))
        #expect(desk.publisher(.connected(2)) == [.publish(token: 4, orders[0]), .publish(token: 5, orders[2])])
        #expect(desk.publisher(.confirmed(token: 1)).isEmpty, "of the connection before")
        desk.publisher(.disconnected(LinkFailure(reason: "gone")))
        #expect(desk.publisher(.connected(3)) == [.publish(token: 6, orders[0]), .publish(token: 7, orders[2])])
    }

    @Test func whenTheQueueOfRepliesIsGoneEverythingIsPublishedAgain() {
        var desk = Desk()
        desk.connect()
        let order = Self.order(5)
        desk.order(order)
        desk.publisher(.confirmed(token: 1))
        #expect(desk.replies(.cancelled) == [.publish(token: 2, order)])
    }

    @Test(arguments: [LinkEvent.refused(token: 1), .returned(token: 1)])
    func aFullQueueIsAskedAgainLaterAndLater(event: LinkEvent) throws {
        var desk = Desk()
        desk.connect()
        let order = Self.order(5)
        desk.order(order)
        #expect(desk.publisher(event).isEmpty)
        #expect(desk.pass(19_999_999).isEmpty)
        #expect(desk.pass(1) == [.publish(token: 2, order)])
        desk.publisher(.refused(token: 2))
        #expect(desk.pass(39_999_999).isEmpty)
        #expect(desk.pass(1) == [.publish(token: 3, order)])
        for token in 3...20 as ClosedRange<UInt64> {
            desk.publisher(.refused(token: token))
            #expect(desk.pass(2_000_000_000).contains(.publish(token: token + 1, order)))
        }
    }

    @Test func deadLettersGoBackToTheParentButForThoseThatNobodyTook() {
        for reason in ["rejected", "delivery_limit", "maxlen"] {
            var desk = Desk()
            desk.connect()
            let order = Self.order(5)
            desk.order(order)
            #expect(
                desk.replies(.delivered(desk.delivery(order, death: reason))) == [
                    .giveBack(order), .acknowledge(Self.tag(1)),
                ])
            #expect(desk.ledger.openCount == 0)
            #expect(desk.order(Self.order(6)) == [.publish(token: 2, Self.order(6))], "the same records again")
        }
        var desk = Desk()
        desk.connect()
        desk.order(Self.order(5))
        #expect(
            desk.replies(.delivered(desk.delivery(Self.order(5), death: "expired"))) == [
                .publish(token: 2, Self.order(5)), .acknowledge(Self.tag(1)),
            ])
    }

    @Test func aRefusalIsToldOnceAndTriedElsewhereUntilPatienceEnds() {
        var desk = Desk(patience: 10_000_000_000)
        desk.connect()
        let order = Self.order(5)
        desk.order(order)
        let refusal = desk.delivery(order, .refused("the key here is another one"))
        #expect(
            desk.replies(.delivered(refusal)) == [.say("the key here is another one"), .acknowledge(Self.tag(1))])
        #expect(desk.pass(20_000_000) == [.publish(token: 2, order)])
        #expect(desk.replies(.delivered(refusal)) == [.acknowledge(Self.tag(1))])
        let actions = desk.pass(10_000_000_000)
        #expect(
            actions.last
                == .giveUp("the key here is another one, and nobody else does the work, for 10 s"), "\(actions)")
        var other = Desk(patience: 10_000_000_000)
        other.connect()
        other.order(order)
        other.replies(.delivered(refusal))
        other.order(Self.order(6, line: 100))
        other.replies(.delivered(other.delivery(Self.order(6, line: 100))))
        #expect(!other.pass(20_000_000_000).giveUp)
    }

    /// While one machine refuses, another may be at work for longer than patience lasts.
    @Test func refusalsAreNoEndWhileSomebodyIsAtWork() {
        var desk = Desk(patience: 5_000_000_000)
        desk.connect()
        let (slow, refused) = (Self.order(5), Self.order(6, line: 100))
        desk.order(slow)
        desk.order(refused)
        desk.publisher(.confirmed(token: 1))
        desk.publisher(.confirmed(token: 2))
        for _ in 0..<20 {
            desk.replies(.delivered(desk.delivery(refused, .refused("the key here is another one"))))
            let actions = desk.pass(1_000_000_000)
            #expect(!actions.giveUp)
            for case .publish(let token, refused) in actions { desk.publisher(.confirmed(token: token)) }
        }
        // That one has died, and who gets the batch next refuses it.
        for _ in 0..<20 {
            for order in [slow, refused] {
                desk.replies(.delivered(desk.delivery(order, .refused("the key here is another one"))))
            }
            let actions = desk.pass(1_000_000_000)
            if actions.giveUp { return }
            for case .publish(let token, _) in actions { desk.publisher(.confirmed(token: token)) }
        }
        Issue.record("it never gives up")
    }

    /// The broker has taken it each time; that is not what it is waiting for.
    @Test func refusalsComeMoreAndMoreRarelyThoughTheBrokerConfirms() {
        var desk = Desk()
        desk.connect()
        let order = Self.order(5)
        desk.order(order)
        for (token, pause) in [(1, 20), (2, 40), (3, 80)] as [(UInt64, Int64)] {
            desk.publisher(.confirmed(token: token))
            desk.replies(.delivered(desk.delivery(order, .refused("not here"))))
            #expect(!desk.pass(pause * 1_000_000 - 1).contains(.publish(token: token + 1, order)))
            #expect(desk.pass(1).contains(.publish(token: token + 1, order)))
        }
    }

    @Test func troubleIsToldAfterAWhileAndEndsItAfterPatience() {
        var desk = Desk(patience: 60_000_000_000)
        #expect(desk.replies(.disconnected(LinkFailure(reason: "Connection refused"))) == [.interruptPublisher])
        #expect(desk.pass(2_999_999_999).isEmpty)
        #expect(desk.pass(1) == [.say("amqp://host:1: Connection refused; waiting")])
        #expect(desk.pass(56_999_999_999).isEmpty)
        #expect(desk.pass(1) == [.giveUp("amqp://host:1: Connection refused, for 60 s")])
        #expect(desk.pass(100_000_000_000).isEmpty, "once")
    }

    @Test func nobodyWhoTakesBatchesIsTroubleToo() {
        var desk = Desk(patience: 60_000_000_000)
        desk.connect(children: 0)
        let told = desk.pass(3_000_000_000)
        #expect(told.contains(.say("amqp://host:1: nobody takes batches from the queue 'phash.work'; waiting")))
        #expect(
            desk.replies(.consumers(2)) == [
                .tellChildren(2), .say("amqp://host:1: there is somebody to take batches again"),
            ])
        #expect(!desk.pass(100_000_000_000).giveUp)
        var patient = Desk()
        patient.connect(children: 0)
        #expect(!patient.pass(.max / 2).giveUp)
    }

    @Test func aFinalFailureEndsItAtOnce() {
        var desk = Desk(patience: 60_000_000_000)
        let failure = LinkFailure(reason: "wrong user or password", isFinal: true)
        #expect(desk.publisher(.disconnected(failure)) == [.giveUp("amqp://host:1: wrong user or password")])
        #expect(desk.replies(.disconnected(failure)) == [.interruptPublisher])
    }

    /// It would break the next connection as well.
    @Test func aMessageThatIsTooLargeEndsItAtOnce() {
        var desk = Desk()
        desk.connect()
        let failure = LinkFailure(reason: "a message has 9 bytes, and the broker takes 8 at most", largestMessage: 8)
        #expect(
            desk.publisher(.disconnected(failure)).contains(
                .giveUp("amqp://host:1: a message has 9 bytes, and the broker takes 8 at most")))
    }

    /// With a queue that was deleted, say, though the broker had confirmed it.
    @Test func aPartThatSeemsToBeLostIsPublishedAgainMoreAndMoreRarely() {
        var desk = Desk()
        desk.connect()
        let lost = Self.order(1)
        desk.order(lost)
        desk.publisher(.confirmed(token: 1))
        func answerOthers(_ count: UInt64) {
            for number in 0..<count {
                let other = Self.order(10 + number, line: 100 + 2 * number)
                desk.order(other)
                desk.replies(.delivered(desk.delivery(other)))
            }
        }
        answerOthers(8)
        #expect(desk.pass(9_999_999_999) == [.countConsumers], "not long enough")
        #expect(desk.pass(1).contains(.publish(token: 10, lost)))
        desk.publisher(.confirmed(token: 10))
        answerOthers(31)
        #expect(!desk.pass(50_000_000_000).contains(.publish(token: 42, lost)), "not enough others")
        answerOthers(1)
        #expect(desk.pass(1).contains(.publish(token: 43, lost)))
    }

    @Test func longSilenceIsTakenForALoss() {
        var desk = Desk()
        desk.connect()
        let lost = Self.order(1)
        desk.order(lost)
        desk.publisher(.confirmed(token: 1))
        #expect(desk.pass(59_999_999_999) == [.countConsumers])
        #expect(desk.pass(1) == [.publish(token: 2, lost)])
        desk.publisher(.confirmed(token: 2))
        #expect(desk.pass(239_999_999_999) == [.countConsumers])
        desk.replies(.consumers(0))
        #expect(!desk.pass(1_000_000_000_000).contains(.publish(token: 3, lost)), "nobody is there to answer")
    }

    @Test func itKnowsWhenItHasToLookAgain() {
        var desk = Desk()
        let start = desk.now
        #expect(desk.ledger.nextDeadline == start + 3_000_000_000)
        desk.connect()
        #expect(desk.ledger.nextDeadline == desk.now + 1_000_000_000)
        desk.order(Self.order(5))
        desk.publisher(.refused(token: 1))
        #expect(desk.ledger.nextDeadline == desk.now + 20_000_000)
    }
}

extension [BridgeLedger.Action] {
    fileprivate var giveUp: Bool { contains { if case .giveUp = $0 { true } else { false } } }
}
