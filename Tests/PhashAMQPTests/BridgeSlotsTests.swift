import PhashCore
import PhashTestKit
import PhashWire
import Testing

@testable import PhashAMQP

/// The memory between the bridge and its parent: what is sent away lies there, and only answers that can be true get there.
struct BridgeSlotsTests {
    @Test func newlinesAreCountedWhereverTheyStand() {
        var generator = SeededGenerator(seed: 7)
        for length in 0...200 {
            let choice: [UInt8] = [0x0A, 0x0B, 0x8A, 0x00, 0xFF, 0x0A]
            let bytes = (0..<length).map { _ in choice.randomElement(using: &generator)! }
            #expect(BridgeSlots.lineCount(of: bytes[...]) == bytes.count { $0 == 0x0A }, "\(bytes)")
        }
        #expect(BridgeSlots.lineCount(of: Array(repeating: 0x0A, count: 1_000)[...]) == 1_000)
    }

    /// Slots for one batch of two records, `a` and `b`, with room for as many bytes of results as are asked for.
    private static func withSlots(
        skips: Bool = false, _ body: (BridgeSlots, PartOrder, UnsafeMutableRawBufferPointer) -> Void
    ) {
        var format = RecordFormat(maximumResultBytes: 4)
        if skips {
            format.shape = .member
            format.includesInput = false
        }
        let layout = SlotLayout(slotCount: 1, maximumInputBytes: 64, maximumRecords: 8, format: format)
        let greeting = WorkerGreeting(
            parent: 1, layout: layout, format: format, maximumLineBytes: 8, jobParameters: [])
        var input = [UInt8](repeating: 0, count: layout.inputBytes)
        var results = [UInt8](repeating: 0, count: layout.resultsBytes)
        input.replaceSubrange(0..<3, with: [0x61, 0x0A, 0x62])
        // Where the two records lie, behind the bytes.
        input.replaceSubrange(8..<24, with: [0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0])
        let order = PartOrder(
            ticket: 9, slot: 0, firstRecord: 0, recordCount: 2, batchBytes: 3, firstLine: 5, resultsOffset: 0,
            resultsCapacity: 12)
        unsafe input.withUnsafeBytes { input in
            unsafe results.withUnsafeMutableBytes { results in
                let slots = unsafe BridgeSlots(greeting: greeting, profile: [1, 2], input: input, results: results)
                unsafe body(slots, order, .init(rebasing: results[SlotLayout.resultsHeaderBytes...]))
            }
        }
    }

    @Test func aPartIsSentWithItsRecords() {
        unsafe Self.withSlots { slots, order, _ in
            let batch = RemoteBatch(decoding: slots.message(for: order))
            #expect(batch?.bytes == [0x61, 0x0A, 0x62] && batch?.firstLine == 5 && batch?.profile == [1, 2])
            var second = order
            second.firstRecord = 1
            second.recordCount = 1
            second.firstLine = 6
            #expect(RemoteBatch(decoding: slots.message(for: second))?.bytes == [0x62])
            #expect(slots.writeTooLong(order) == nil)
        }
    }

    @Test func resultsGetWhereTheyBelong() {
        unsafe Self.withSlots { slots, order, room in
            let reply = RemoteReply.finished(
                results: Array("{}\n[]\n".utf8)[...], tally: PartTally(errors: 1), nanoseconds: 3)
            #expect(
                slots.finish(order, reply.message)
                    == .finished(ticket: 9, resultBytes: 6, tally: PartTally(errors: 1), nanoseconds: 3))
            #expect(unsafe Array(room[..<6]) == Array("{}\n[]\n".utf8))
        }
    }

    @Test func anAnswerThatCannotBeTrueGivesThePartBack() {
        let lies: [(String, PartTally)] = [
            ("{}\n", PartTally()), ("{}\n\n\n", PartTally()), ("{}\n[]", PartTally()), ("", PartTally()),
            ("{}\n0123456789\n", PartTally()), ("{}\n[]\n", PartTally(errors: 3)), ("", PartTally(skipped: 2)),
        ]
        unsafe Self.withSlots { slots, order, room in
            for (text, tally) in lies {
                let reply = RemoteReply.finished(results: Array(text.utf8)[...], tally: tally, nanoseconds: 1)
                #expect(slots.finish(order, reply.message) == .returned(ticket: 9), "\(text)")
            }
            #expect(slots.finish(order, [7]) == .returned(ticket: 9))
            #expect(unsafe room.allSatisfy { $0 == 0 }, "nothing of it was written")
        }
        unsafe Self.withSlots(skips: true) { slots, order, _ in
            let reply = RemoteReply.finished(results: [], tally: PartTally(skipped: 2), nanoseconds: 1)
            #expect(
                slots.finish(order, reply.message)
                    == .finished(ticket: 9, resultBytes: 0, tally: PartTally(skipped: 2), nanoseconds: 1))
        }
    }
}
