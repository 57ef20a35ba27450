import PhashCore
import PhashTestKit
import PhashWire
import Testing

/// What parent and child say to each other, and that nothing else is taken for it.
struct DoorbellMessageTests {
    private static func greeting(parameters: [UInt8]) -> WorkerGreeting {
        let format = RecordFormat(maximumResultBytes: 64) {
            $0.encoding = .base64
            $0.tag = ",\"algorithm\":\"sha512\",\"rounds\":7"
            $0.resultMember = "digest_1"
        }
        return WorkerGreeting(
            parent: 4_242,
            layout: SlotLayout(slotCount: 64, maximumInputBytes: 1 << 20, maximumRecords: 8192, format: format),
            format: format, maximumLineBytes: 1 << 20, jobParameters: parameters)
    }

    private static let order = PartOrder(
        ticket: 1 << 40, slot: 63, firstRecord: 4_096, recordCount: 2_048, batchBytes: 123_456, firstLine: 1 << 33,
        resultsOffset: 987_654, resultsCapacity: 1_234_567)

    private static let replies: [WorkerReply] = [
        .ready(lanes: 1, confinementError: 0), .ready(lanes: .max, confinementError: .max),
        .ready(lanes: 0, confinementError: 38),
        .finished(
            ticket: 1, resultBytes: 2, tally: PartTally(errors: 3, skipped: 5, unhashed: 6, lineBalance: 7),
            nanoseconds: 4),
        .finished(
            ticket: .max, resultBytes: .max,
            tally: PartTally(
                errors: Int(UInt32.max), skipped: Int(UInt32.max), unhashed: Int(UInt32.max), lineBalance: .max),
            nanoseconds: .max),
        .startFailed(piece: [65]), .startFailed(piece: Array(repeating: 66, count: 24)),
        .remoteChildren(0), .remoteChildren(.max), .returned(ticket: 1), .returned(ticket: .max),
        .farewell(piece: [67]), .farewell(piece: Array(repeating: 68, count: 40)),
    ]

    /// Without the length that precedes it, as the child decodes it.
    private static func body(_ greeting: WorkerGreeting) -> [UInt8] {
        Array(greeting.message[WorkerGreeting.lengthBytes...])
    }

    @Test(arguments: [[], [7], Array(repeating: 9, count: 5_000)] as [[UInt8]])
    func aGreetingComesBack(parameters: [UInt8]) {
        let greeting = Self.greeting(parameters: parameters)
        #expect(WorkerGreeting(decoding: Self.body(greeting)) == greeting)
        #expect(greeting.message.count <= WorkerGreeting.maximumBytes + WorkerGreeting.lengthBytes)
    }

    @Test func anOrderComesBack() {
        #expect(PartOrder(decoding: Self.order.message) == Self.order)
        #expect(Self.order.message.count == PartOrder.byteCount)
    }

    @Test func repliesComeBack() {
        for reply in Self.replies {
            #expect(WorkerReply(decoding: reply.message) == reply)
            #expect(reply.message.count == WorkerReply.byteCount)
        }
    }

    @Test func aMessageCutShortIsNone() {
        let greeting = Self.body(Self.greeting(parameters: [1, 2, 3]))
        for length in 0..<greeting.count {
            #expect(WorkerGreeting(decoding: Array(greeting[..<length])) == nil, "\(length) bytes")
        }
        for length in 0..<PartOrder.byteCount {
            #expect(PartOrder(decoding: Array(Self.order.message[..<length])) == nil, "\(length) bytes")
        }
        for reply in Self.replies {
            for length in 0..<WorkerReply.byteCount {
                #expect(WorkerReply(decoding: Array(reply.message[..<length])) == nil, "\(length) bytes")
            }
        }
    }

    @Test func aMessageWithMoreBehindItIsNone() {
        #expect(WorkerGreeting(decoding: Self.body(Self.greeting(parameters: [])) + [0]) == nil)
        #expect(PartOrder(decoding: Self.order.message + [0]) == nil)
        #expect(WorkerReply(decoding: Self.replies[0].message + [0]) == nil)
    }

    @Test func anOrderForNothingIsNone() {
        var order = Self.order
        order.recordCount = 0
        #expect(PartOrder(decoding: order.message) == nil)
    }

    @Test func onlyKnownRepliesAreReplies() {
        for kind in UInt8.min...UInt8.max where ![1, 2, 4, 5].contains(kind) {
            #expect(WorkerReply(decoding: [kind] + [UInt8](repeating: 0, count: WorkerReply.byteCount - 1)) == nil)
        }
        for count in [0, 25, 255] as [UInt8] {
            for kind in [3, 6] as [UInt8] {
                let bytes = [kind, 0, 0, 0, count] + [UInt8](repeating: 65, count: WorkerReply.byteCount - 5)
                #expect(WorkerReply(decoding: bytes) == nil, "a piece of \(count) bytes")
            }
        }
    }

    @Test(arguments: [0, 1, 24, 25, 240, 241, 5_000])
    func aReasonComesInPieces(count: Int) {
        let reason = String(repeating: "why", count: count).prefix(count)
        let replies = WorkerReply.startFailed(reason: String(reason))
        let bytes = replies.flatMap { reply in
            if case .startFailed(let piece) = reply { piece } else { [] as [UInt8] }
        }
        #expect(bytes == Array(reason.utf8.prefix(WorkerReply.maximumReasonBytes)))
        #expect(replies.allSatisfy { WorkerReply(decoding: $0.message) == $0 })
    }

    /// Whatever comes over the doorbell is taken or refused; it never ends the process.
    @Test func hostileBytesNeverTrap() {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<5_000 {
            let count = [PartOrder.byteCount, WorkerReply.byteCount, Int.random(in: 0...200, using: &generator)]
                .randomElement(using: &generator)!
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            if let order = PartOrder(decoding: bytes) { #expect(order.message == bytes) }
            // A reply of one kind has bytes that mean nothing.
            if let reply = WorkerReply(decoding: bytes) { #expect(WorkerReply(decoding: reply.message) == reply) }
            if let greeting = WorkerGreeting(decoding: bytes) { _ = greeting.message }
        }
    }

    /// A greeting with any byte changed is another one or none, and what it says keeps to its bounds.
    @Test func greetingsWithAWrongByteNeverTrap() {
        let body = Self.body(Self.greeting(parameters: [1, 2, 3]))
        for place in body.indices {
            for value in [0, 1, 0x7F, 0x80, 0xFF] as [UInt8] {
                var bytes = body
                bytes[place] = value
                guard let greeting = WorkerGreeting(decoding: bytes) else { continue }
                #expect((1...1 << 20).contains(greeting.layout.slotCount))
                #expect((1...1 << 31).contains(greeting.layout.maximumInputBytes))
                #expect((1...1 << 24).contains(greeting.layout.maximumRecords))
                #expect(greeting.maximumLineBytes >= 0)
                // These must not overflow either.
                #expect(greeting.layout.inputBytes > 0 && greeting.layout.resultsBytes > 0)
            }
        }
    }

    /// Numbers that are each allowed, and together more than any memory has.
    @Test func aLayoutBeyondAllMemoryIsNone() {
        func greeting(resultBytes: Int) -> WorkerGreeting {
            let format = RecordFormat(maximumResultBytes: resultBytes) { $0.encoding = .text }
            let layout = SlotLayout(
                slotCount: 1 << 20, maximumInputBytes: 1, maximumRecords: 1 << 24, format: format)
            return WorkerGreeting(
                parent: 1, layout: layout, format: format, maximumLineBytes: 1, jobParameters: [])
        }
        let largest = RecordFormat.maximumResultBytesLimit
        #expect(WorkerGreeting(decoding: Self.body(greeting(resultBytes: 64))) != nil)
        #expect(WorkerGreeting(decoding: Self.body(greeting(resultBytes: largest))) == nil)
    }

    // MARK: - What is believed of replies

    @Test func piecesOfAnySizeAreTheSameReplies() {
        let said = Self.replies.flatMap(\.message) + [UInt8](repeating: 9, count: WorkerReply.byteCount) + [1, 2, 3]
        for size in 1...said.count {
            var stream = ReplyStream()
            let heard = stride(from: 0, to: said.count, by: size).flatMap { start in
                stream.replies(completedBy: said[start..<min(start + size, said.count)])
            }
            #expect(heard == Self.replies + [nil], "pieces of \(size)")
        }
    }

    @Test func anOrderIsAnsweredOnce() {
        var orders = OpenOrders()
        orders.add(Self.order)
        #expect(orders.settle(ticket: Self.order.ticket + 1, resultBytes: 1, tally: PartTally()) == nil)
        #expect(orders.settle(ticket: Self.order.ticket, resultBytes: 1, tally: PartTally()) == Self.order)
        #expect(orders.settle(ticket: Self.order.ticket, resultBytes: 1, tally: PartTally()) == nil)
    }

    @Test func resultsLieInTheirRoom() {
        let order = Self.order
        let records = Int(order.recordCount)
        let claims: [(resultBytes: UInt64, tally: PartTally, isBelieved: Bool)] = [
            (0, PartTally(skipped: records), true), (1, PartTally(), true),
            (order.resultsCapacity, PartTally(errors: records), true), (1, PartTally(unhashed: records), true),
            (order.resultsCapacity + 1, PartTally(), false), (.max, PartTally(), false),
            (1, PartTally(errors: records + 1), false), (1, PartTally(errors: Int(UInt32.max)), false),
            (1, PartTally(errors: records, skipped: 1), false), (1, PartTally(skipped: records, unhashed: 1), false),
            (1, PartTally(errors: -1), false),
        ]
        for (resultBytes, tally, isBelieved) in claims {
            var orders = OpenOrders()
            orders.add(order)
            let settled = orders.settle(ticket: order.ticket, resultBytes: resultBytes, tally: tally)
            #expect((settled != nil) == isBelieved, "\(resultBytes) bytes, \(tally)")
        }
    }

    /// The largest numbers that a greeting may hold do not overflow what is computed from them.
    @Test func theLargestGreetingIsComputedWithoutOverflow() {
        let format = RecordFormat(maximumResultBytes: 64)
        let layout = SlotLayout(
            slotCount: 1 << 20, maximumInputBytes: 1 << 31, maximumRecords: 1 << 24, format: format)
        #expect(layout.inputBytes > 0 && layout.resultsBytes > 0)
    }
}
