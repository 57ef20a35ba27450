import PhashTestKit
import Testing

@testable import PhashCore

/// The ring of records, against an array.
struct RecordQueueTests {
    private static func extent(_ offset: UInt64, _ length: UInt32) -> RecordExtent {
        RecordExtent(offset: offset, length: length)
    }

    private static func queue(_ lengths: [UInt32?]) -> RecordQueue {
        var queue = RecordQueue()
        var offset: UInt64 = 0
        for length in lengths {
            queue.append(extent(offset, length ?? RecordExtent.tooLong))
            offset += UInt64(length ?? 100) + 1
        }
        return queue
    }

    @Test func anEmptyQueueHasNothing() {
        let queue = RecordQueue()
        #expect(queue.waitingCount == 0 && queue.firstOffset == nil && queue.uniformRun(limit: 10) == 0)
    }

    @Test func cutRecordsAreKeptUntilTheyAreTaken() {
        var queue = Self.queue([3, 4, 5])
        queue.cut(count: 2)
        #expect(queue.waitingCount == 1 && queue.firstOffset == 0)
        var taken: [RecordExtent] = []
        taken += queue.takeAll(1)
        #expect(queue.firstOffset == 4 && taken == [Self.extent(0, 3)])
        taken += queue.takeAll(1)
        // The record that waits is needed too.
        #expect(queue.firstOffset == 9)
        queue.cut(count: 1)
        taken += queue.takeAll(1)
        #expect(queue.firstOffset == nil && taken.map(\.length) == [3, 4, 5])
    }

    @Test func theMemoryOfAFloodGoesBack() {
        var queue = RecordQueue()
        let usual = queue.capacity
        for offset in 0..<UInt64(1 << 17) { queue.append(Self.extent(offset, 0)) }
        #expect(queue.capacity >= 1 << 17)
        queue.cut(count: 1 << 17)
        _ = queue.takeAll((1 << 17) - 1)
        #expect(queue.capacity >= 1 << 17, "one is still needed")
        #expect(queue.takeAll(1) == [Self.extent(1 << 17 - 1, 0)] && queue.capacity == usual)
        queue.append(Self.extent(5, 6))
        queue.cut(count: 1)
        #expect(queue.takeAll(1) == [Self.extent(5, 6)])
    }

    @Test func extentsKnowTheirEnd() {
        #expect(Self.extent(7, 5).end == 12 && !Self.extent(7, 5).isTooLong)
        #expect(Self.extent(7, RecordExtent.tooLong).end == 7 && Self.extent(7, RecordExtent.tooLong).isTooLong)
    }

    @Test func recordsOfOneKindShareABatch() {
        var queue = Self.queue([1, 2, nil, nil, nil, 3, nil])
        var runs: [Int] = []
        while queue.waitingCount > 0 {
            #expect(queue.uniformRun(limit: 1) == 1)
            let run = queue.uniformRun(limit: 100)
            runs.append(run)
            queue.cut(count: run)
        }
        #expect(runs == [2, 3, 1, 1])
    }

    @Test func aRunEndsAtTheLimit() {
        var queue = Self.queue([nil, nil, nil, 1, 1])
        #expect((1...4).map { queue.uniformRun(limit: $0) } == [1, 2, 3, 3])
        // A run may be cut in the middle.
        queue.cut(count: 1)
        #expect((1...4).map { queue.uniformRun(limit: $0) } == [1, 2, 2, 2])
        queue.cut(count: 2)
        #expect((1...4).map { queue.uniformRun(limit: $0) } == [1, 2, 2, 2])
    }

    @Test func aSpanHoldsTheDelimitersBetween() {
        var queue = Self.queue([3, 0, 5, nil, nil])
        #expect((1...3).map { queue.span(count: $0) } == [3, 4, 10])
        queue.cut(count: 1)
        #expect((1...2).map { queue.span(count: $0) } == [0, 6])
        queue.cut(count: 2)
        #expect((1...2).map { queue.span(count: $0) } == [0, 0])
    }

    @Test func theLargestCountThatFitsIsFound() {
        let lengths: [UInt32] = (0..<50).map { $0 % 7 }
        let queue = Self.queue(lengths)
        for limit in 0...50 {
            for bytes in 0..<220 {
                let expected = (0...limit).last { $0 == 0 || queue.span(count: $0) <= bytes }!
                let found = queue.largestCount(limit: limit) { count, span in
                    precondition(span == queue.span(count: count))
                    return span <= bytes
                }
                guard found == expected else {
                    Issue.record("limit \(limit), \(bytes) bytes: \(found) instead of \(expected)")
                    return
                }
            }
        }
        #expect(queue.largestCount(limit: 50) { _, _ in false } == 0)
    }

    /// Any order of appending, cutting and taking gives the records back as they came, however often the ring grows.
    @Test(arguments: UInt64(0)..<12)
    func theRingIsAQueue(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var queue = RecordQueue()
        var cut: [RecordExtent] = []
        var waiting: [RecordExtent] = []
        var offset: UInt64 = 0
        for _ in 0..<1_500 {
            switch Int.random(in: 0..<3, using: &generator) {
            case 0:
                for _ in 0..<Int.random(in: 1...200, using: &generator) {
                    let isTooLong = Int.random(in: 0..<20, using: &generator) == 0
                    let length = isTooLong ? RecordExtent.tooLong : UInt32.random(in: 0...9, using: &generator)
                    let extent = Self.extent(offset, length)
                    queue.append(extent)
                    waiting.append(extent)
                    offset = extent.end + 1
                }
            case 1 where !waiting.isEmpty:
                let limit = Int.random(in: 1...300, using: &generator)
                let run = queue.uniformRun(limit: limit)
                let isTooLong = waiting[0].isTooLong
                let expected = min(waiting.prefix { $0.isTooLong == isTooLong }.count, limit)
                #expect(run == expected)
                #expect(queue.span(count: run) == (isTooLong ? 0 : Int(waiting[run - 1].end - waiting[0].offset)))
                queue.cut(count: run)
                cut += waiting.prefix(run)
                waiting.removeFirst(run)
            case 2 where !cut.isEmpty:
                let count = Int.random(in: 1...cut.count, using: &generator)
                #expect(queue.takeAll(count) == Array(cut.prefix(count)))
                cut.removeFirst(count)
            default:
                break
            }
            #expect(queue.waitingCount == waiting.count)
            #expect(queue.firstOffset == (cut.first ?? waiting.first)?.offset)
        }
    }

    @Test func takingBeforeCuttingTraps() async {
        await #expect(processExitsWith: .failure) {
            var queue = RecordQueue()
            queue.append(RecordExtent(offset: 0, length: 1))
            _ = queue.takeAll(1)
        }
        await #expect(processExitsWith: .failure) {
            var queue = RecordQueue()
            queue.append(RecordExtent(offset: 0, length: 1))
            queue.cut(count: 2)
        }
    }
}

extension RecordQueue {
    /// Takes records out of their two runs.
    mutating func takeAll(_ count: Int) -> [RecordExtent] {
        take(count: count) { first, second in
            first.indices.map { first[$0] } + second.indices.map { second[$0] }
        }
    }
}
