import PhashTestKit
import Testing

@testable import PhashCore

/// How results leave: the output queue with its account of partial writes, and the window that orders batches.
struct OutputOrderTests {
    private static func address(_ slot: Int) -> SlotAddress { SlotAddress(worker: 0, slot: slot) }

    private static func batch(slot: Int, records: Int = 1) -> Batch {
        Batch(
            number: UInt64(slot), address: address(slot), firstLine: 1, recordCount: records, byteCount: records,
            inputCharge: records, charge: 1_000)
    }

    private static func finished(slot: Int, bytes: Int) -> Batch {
        var batch = batch(slot: slot)
        batch.parts[0].state = .finished(resultBytes: bytes, tally: PartTally(errors: 0))
        return batch
    }

    private static func queue(_ sizes: [Int]) -> OutputQueue {
        var queue = OutputQueue()
        for (slot, size) in sizes.enumerated() {
            var batch = finished(slot: slot, bytes: size)
            precondition(queue.enqueueIfFinished(part: 0, of: &batch))
            precondition(batch.parts[0].state == .queued(PartTally(errors: 0)))
        }
        return queue
    }

    @Test func onlyFinishedPartsAreQueued() {
        var queue = OutputQueue()
        for state in [Part.State.waiting, .sent(ticket: 1), .givenUp] {
            var batch = Self.batch(slot: 0)
            batch.parts[0].state = state
            #expect(!queue.enqueueIfFinished(part: 0, of: &batch))
            #expect(batch.parts[0].state == state && queue.isEmpty)
        }
        var batch = Self.finished(slot: 3, bytes: 12)
        #expect(queue.enqueueIfFinished(part: 0, of: &batch))
        #expect(queue.count == 1 && queue.pendingBytes == 12)
        #expect(queue[0] == OutputSegment(address: Self.address(3), firstRecord: 0, byteCount: 12))
    }

    /// Every place at which a write can end.
    @Test func partialWritesAtEveryOffset() {
        let sizes = [3, 1, 4, 1, 5]
        let total = sizes.reduce(0, +)
        for first in 0...total {
            for second in 0...(total - first) {
                var queue = Self.queue(sizes)
                var completed: [Int] = []
                queue.written(first) { completed.append($0.address.slot) }
                queue.written(second) { completed.append($0.address.slot) }
                let written = first + second
                var ends: [Int] = []
                for size in sizes { ends.append((ends.last ?? 0) + size) }
                let done = ends.count { $0 <= written }
                #expect(completed == Array(0..<done))
                #expect(queue.pendingBytes == total - written && queue.count == sizes.count - done)
                #expect(queue.headWrittenBytes == written - (done == 0 ? 0 : ends[done - 1]))
                if done < sizes.count { #expect(queue[0].address.slot == done) }
            }
        }
    }

    /// What has no bytes leaves with what is before it, or as soon as that is said.
    @Test func resultsWithoutBytesLeaveInTheirTurn() {
        var queue = Self.queue([0, 3, 0, 0, 2, 0])
        var completed: [Int] = []
        #expect(queue.isHeadEmpty)
        queue.written(0) { completed.append($0.address.slot) }
        #expect(completed == [0] && !queue.isHeadEmpty)
        queue.written(2) { completed.append($0.address.slot) }
        #expect(completed == [0])
        queue.written(1) { completed.append($0.address.slot) }
        #expect(completed == [0, 1, 2, 3] && !queue.isHeadEmpty)
        queue.written(2) { completed.append($0.address.slot) }
        #expect(completed == [0, 1, 2, 3, 4, 5] && queue.isEmpty && !queue.isHeadEmpty)
    }

    @Test(arguments: UInt64(0)..<4)
    func aLongQueueForgetsWhatHasLeft(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var queue = OutputQueue()
        var queued: [(slot: Int, bytes: Int)] = []
        var completed = 0
        var headWritten = 0
        for slot in 0..<8_000 {
            let bytes = Int.random(in: 1...9, using: &generator)
            var batch = Self.finished(slot: slot, bytes: bytes)
            #expect(queue.enqueueIfFinished(part: 0, of: &batch))
            queued.append((slot, bytes))
            guard slot > 2_500 else { continue }
            let count = Int.random(in: 0...min(12, queue.pendingBytes), using: &generator)
            headWritten += count
            queue.written(count) {
                guard $0.address.slot == completed else {
                    Issue.record("\($0.address.slot) left instead of \(completed)")
                    return
                }
                headWritten -= queued[completed].bytes
                completed += 1
            }
            #expect(queue.headWrittenBytes == headWritten && queue.count == slot + 1 - completed)
            if !queue.isEmpty { #expect(queue[0].address.slot == completed) }
        }
        #expect(queue.pendingBytes == queued[completed...].reduce(0) { $0 + $1.bytes } - headWritten)
    }

    @Test func writingMoreThanWasQueuedTraps() async {
        await #expect(processExitsWith: .failure) {
            var queue = Self.queue([3])
            queue.written(4) { _ in }
        }
        await #expect(processExitsWith: .failure) {
            var queue = OutputQueue()
            var batch = Self.batch(slot: 0)
            batch.parts[0].state = .written
            _ = queue.enqueueIfFinished(part: 0, of: &batch)
        }
    }

    @Test func batchesLeaveThroughTheHead() {
        var table = BatchTable(workers: 1, slotsPerWorker: 8)
        var window = ReorderWindow()
        var output = OutputQueue()
        #expect(window.isEmpty && window.first == nil)
        for slot in 0..<4 {
            table.insert(Self.batch(slot: slot))
            window.append(Self.address(slot))
        }
        func finish(_ slot: Int) {
            table[Self.address(slot)].parts[0].state = .finished(resultBytes: 1, tally: PartTally(errors: 0))
            window.advance(&table, into: &output)
        }
        finish(2)
        finish(1)
        #expect(output.isEmpty && window.first == Self.address(0))
        finish(0)
        #expect((0..<output.count).map { output[$0].address.slot } == [0, 1, 2])
        #expect(window.first == Self.address(3))
        finish(3)
        #expect(window.isEmpty && output.count == 4)
    }

    @Test func partsOfTheHeadLeaveInTheirOrder() {
        var table = BatchTable(workers: 1, slotsPerWorker: 1)
        var window = ReorderWindow()
        var output = OutputQueue()
        table.insert(Self.batch(slot: 0, records: 4))
        window.append(Self.address(0))
        func split(_ part: Int) {
            window.assertSplittable(Self.address(0), part: part)
            _ = table[Self.address(0)].split(partIndex: part)
        }
        func finish(_ part: Int) {
            table[Self.address(0)].parts[part].state = .finished(resultBytes: 1, tally: PartTally(errors: 0))
            window.advance(&table, into: &output)
        }
        split(0)
        finish(0)
        #expect((0..<output.count).map { output[$0].firstRecord } == [0])
        // The second half dies in its turn after the first has left.
        split(1)
        finish(2)
        #expect(output.count == 1)
        finish(1)
        #expect((0..<output.count).map { output[$0].firstRecord } == [0, 2, 3] && window.isEmpty)
    }

    @Test func aPartThatLeftIsNotSplit() async {
        await #expect(processExitsWith: .failure) {
            var table = BatchTable(workers: 1, slotsPerWorker: 1)
            var window = ReorderWindow()
            var output = OutputQueue()
            table.insert(Self.batch(slot: 0, records: 4))
            window.append(Self.address(0))
            _ = table[Self.address(0)].split(partIndex: 0)
            table[Self.address(0)].parts[0].state = .finished(resultBytes: 1, tally: PartTally(errors: 0))
            window.advance(&table, into: &output)
            window.assertSplittable(Self.address(0), part: 0)
        }
    }

    /// Any order of finishing lets batches out in the order of the line, over many more than are kept.
    @Test(arguments: UInt64(0)..<4)
    func theLineKeepsItsOrder(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let slots = 50
        var table = BatchTable(workers: 1, slotsPerWorker: slots)
        var window = ReorderWindow()
        var output = OutputQueue()
        var free = Array(0..<slots)
        var unfinished: [Int] = []
        var line: [Int] = []
        var left: [Int] = []
        while left.count < 5_000 {
            if !free.isEmpty && (unfinished.isEmpty || Bool.random(using: &generator)) {
                let slot = free.remove(at: Int.random(in: 0..<free.count, using: &generator))
                table.insert(Self.batch(slot: slot))
                window.append(Self.address(slot))
                unfinished.append(slot)
                line.append(slot)
            } else {
                let slot = unfinished.remove(at: Int.random(in: 0..<unfinished.count, using: &generator))
                table[Self.address(slot)].parts[0].state = .finished(resultBytes: 1, tally: PartTally(errors: 0))
                window.advance(&table, into: &output)
                output.written(output.pendingBytes) { segment in
                    left.append(segment.address.slot)
                    _ = table.remove(segment.address)
                    free.append(segment.address.slot)
                }
            }
        }
        #expect(left == Array(line.prefix(left.count)))
    }
}

struct StatisticsTests {
    @Test func whatIsInFlightIsReadAndNotWritten() {
        var statistics = Statistics()
        statistics.recordsIn = 10
        statistics.recordsOut = 4
        #expect(statistics.inFlight == 6)
    }

    @Test func theFirstStartOfAWorkerIsNoRestart() {
        var statistics = WorkerStatistics()
        #expect(statistics.restarts == 0)
        statistics.starts = 1
        #expect(statistics.restarts == 0)
        statistics.starts = 3
        #expect(statistics.restarts == 2)
    }
}
