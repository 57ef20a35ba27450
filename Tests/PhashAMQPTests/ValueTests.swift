import PhashPosix
import Testing

@testable import PhashAMQP

@Suite("Delivery tag")
struct DeliveryTagTests {
    @Test func aTagOfAnotherConnectionIsAnotherTag() {
        #expect(DeliveryTag(generation: 1, number: 7) != DeliveryTag(generation: 2, number: 7))
    }
}

@Suite("Mailbox")
struct MailboxTests {
    @Test func isReadableWhileThereIsSomething() throws {
        let mailbox = try Mailbox<Int>()
        #expect(!isReadable(mailbox.descriptor))
        mailbox.post(1)
        mailbox.post(2)
        #expect(isReadable(mailbox.descriptor))
        #expect(mailbox.takeAll() == [1, 2])
        #expect(!isReadable(mailbox.descriptor))
        #expect(mailbox.takeAll() == [])
    }

    @Test func stopsBeforeWhatIsOnlyTakenFirst() throws {
        let mailbox = try Mailbox<Int>()
        for number in [1, 2, 100, 3, 200] { mailbox.post(number) }
        #expect(mailbox.take { $0 >= 100 } == [1, 2])
        #expect(isReadable(mailbox.descriptor))
        #expect(mailbox.take { $0 >= 100 } == [100, 3])
        #expect(mailbox.take { $0 >= 100 } == [200])
        #expect(!isReadable(mailbox.descriptor))
    }

    /// The signal for a message may come after the message has been taken: no receiver may sleep through one, nor be kept
    /// awake for ever by one that is old.
    @Test func wakesForEverythingThatThreadsPost() throws {
        let senders = 4
        let each = 20_000
        let mailbox = try Mailbox<Int>()
        let ended = try Mailbox<Int>()
        for sender in 0..<senders {
            try DetachedThread.start(name: "phash-test") {
                for number in 0..<each { mailbox.post(sender * each + number) }
                ended.post(sender)
            }
        }
        var taken: [Int] = []
        while taken.count < senders * each {
            var set = PollSet()
            let index = set.add(mailbox.descriptor, .input)
            try set.wait(milliseconds: 60_000)
            try #require(set[index].isReadable, "\(taken.count) of \(senders * each)")
            taken += mailbox.takeAll()
        }
        for sender in 0..<senders {
            #expect(taken.filter { $0 / each == sender } == Array(sender * each..<(sender + 1) * each))
        }
        var endedCount = 0
        while endedCount < senders {
            var set = PollSet()
            let index = set.add(ended.descriptor, .input)
            try set.wait(milliseconds: 60_000)
            try #require(set[index].isReadable, "\(endedCount) of \(senders)")
            endedCount += ended.takeAll().count
        }
        #expect(mailbox.takeAll() == [])
        #expect(!isReadable(mailbox.descriptor))
    }
}

@Suite("Confirms")
struct ConfirmsTests {
    @Test func oneAnswersForAllBeforeIt() {
        var confirms = Confirms()
        for token: UInt64 in 11...15 { confirms.published(token) }
        #expect(confirms.answered(number: 2, isMultiple: false, isTaken: false) == [.refused(token: 12)])
        #expect(
            confirms.answered(number: 4, isMultiple: true, isTaken: true)
                == [.confirmed(token: 11), .confirmed(token: 13), .confirmed(token: 14)])
        #expect(confirms.answered(number: 0, isMultiple: true, isTaken: true) == [.confirmed(token: 15)])
        #expect(confirms.isEmpty)
    }

    @Test func whatCameBackIsNotConfirmed() {
        var confirms = Confirms()
        confirms.published(7)
        confirms.returned(7)
        #expect(confirms.answered(number: 1, isMultiple: false, isTaken: true) == [.returned(token: 7)])
        #expect(confirms.isEmpty)
    }

    @Test func numbersThatNobodyKnowsArePassedOver() {
        var confirms = Confirms()
        confirms.published(7)
        #expect(confirms.answered(number: 9, isMultiple: false, isTaken: true) == [])
        #expect(confirms.answered(number: 9, isMultiple: true, isTaken: true) == [.confirmed(token: 7)])
        #expect(confirms.answered(number: 0, isMultiple: true, isTaken: true) == [])
    }
}

@Suite("Topology")
struct TopologyTests {
    @Test func namesBeginWithThePrefix() {
        let topology = Topology(prefix: "p")
        #expect(topology.work == "p.work")
        #expect(topology.replies(to: "r") == "p.reply.r")
        #expect(topology.routingKey(of: "r") == "batch.r")
        #expect(Topology().prefix == "phash")
    }

    @Test func whereBatchesEndIsThereBeforeThem() throws {
        let topology = Topology()
        let declarations = topology.declarations
        let parked = Topology.Declaration.binding(queue: topology.parked, exchange: topology.failed, pattern: "#")
        let work = try #require(
            declarations.firstIndex { if case .queue(topology.work, _) = $0 { true } else { false } })
        #expect(try #require(declarations.firstIndex(of: parked)) < work)
    }
}
