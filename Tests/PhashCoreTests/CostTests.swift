import Testing

@testable import PhashCore

struct CostEstimateTests {
    @Test func theFirstMeasurementReplacesTheAssumption() {
        var estimate = CostEstimate(recordCost: 1_000)
        estimate.observe(records: 10, bytes: 100, took: 50_300)
        // 3 ns a byte are not the records' own.
        #expect(estimate.recordCost == 5_000)
    }

    @Test func laterMeasurementsCountAQuarter() {
        var estimate = CostEstimate(recordCost: 1_000)
        estimate.observe(records: 1, bytes: 0, took: 4_000)
        estimate.observe(records: 1, bytes: 0, took: 8_000)
        #expect(estimate.recordCost == 5_000)
        for _ in 0..<100 { estimate.observe(records: 1, bytes: 0, took: 100_000) }
        #expect((99_000...100_000).contains(estimate.recordCost))
    }

    @Test func noRecordIsFree() {
        var estimate = CostEstimate(recordCost: 1)
        estimate.observe(records: 1_000, bytes: 1 << 20, took: 0)
        #expect(estimate.recordCost == 20)
        for _ in 0..<10 { estimate.observe(records: 1, bytes: 0, took: 0) }
        #expect(estimate.recordCost == 20)
        #expect(estimate.cost(records: 1, bytes: 0) > 0)
    }

    @Test func enormousNumbersSaturate() {
        var estimate = CostEstimate(recordCost: .max)
        #expect(estimate.cost(records: 2, bytes: 1) == .max)
        #expect(estimate.records(within: .max) <= 1 && estimate.records(within: .second) == 0)
        for _ in 0..<8 {
            estimate.observe(records: 1, bytes: .max, took: .max)
            estimate.observe(records: 1, bytes: 0, took: .max)
        }
        #expect(estimate.cost(records: .max, bytes: .max) == .max)
        #expect(estimate.recordCost > 0)
    }

    @Test func theLengthOfRecordsIsLearned() {
        var estimate = CostEstimate(recordCost: 100, recordBytes: 64)
        estimate.observeInput(records: 0, bytes: 1_000)
        #expect(estimate.recordBytes == 64)
        estimate.observeInput(records: 10, bytes: 200)
        #expect(estimate.recordBytes == 20)
        estimate.observeInput(records: 1, bytes: 100)
        #expect(estimate.recordBytes == 40)
        for _ in 0..<50 { estimate.observeInput(records: 5, bytes: 5) }
        #expect(estimate.recordBytes == 1)
        estimate.observeInput(records: 5, bytes: 0)
        #expect(estimate.recordBytes == 1)
    }

    @Test func recordsWithinATimeCountTheirBytes() {
        let estimate = CostEstimate(recordCost: 700, recordBytes: 100)
        #expect(estimate.cost(records: 2, bytes: 200) == 2_000)
        #expect(estimate.records(within: 10_000) == 10 && estimate.records(within: 999) == 0)
    }

    @Test func saturatingArithmetic() {
        #expect(Int64.max.addingSaturating(1) == .max && Int64(1).addingSaturating(2) == 3)
        #expect(Int64.max.multipliedSaturating(by: 2) == .max && Int64(3).multipliedSaturating(by: 4) == 12)
        #expect(Int.max.multipliedSaturating(by: 0) == 0)
    }
}

struct BatcherTests {
    private static func batcher(parallelism: Int, lanes: Int = 1, bytes: Int = 1 << 20) -> Batcher {
        Batcher(maximumRecords: 8192, maximumBytes: bytes, parallelism: parallelism, lanes: lanes)
    }

    /// Records without bytes to speak of that cost so much each.
    private static func estimate(_ cost: Nanoseconds) -> CostEstimate {
        CostEstimate(recordCost: max(cost - 3, 1), recordBytes: 1)
    }

    @Test func cheapRecordsGoOutInFiveMilliseconds() {
        let batcher = Self.batcher(parallelism: 4)
        // 1 µs each: 5,000 of them are 5 ms.
        #expect(batcher.share(waiting: 1_000_000, idle: 4, estimate: Self.estimate(1_000)) == 5_000)
        #expect(batcher.share(waiting: 1_000_000, idle: 4, estimate: Self.estimate(10_000)) == 500)
        // Bounded by their number too.
        #expect(batcher.share(waiting: 1_000_000, idle: 4, estimate: Self.estimate(100)) == 8192)
    }

    @Test func whatWaitsIsSpreadOverTheProcessors() {
        let batcher = Self.batcher(parallelism: 4)
        #expect(batcher.share(waiting: 4_000, idle: 4, estimate: Self.estimate(1_000)) == 1_000)
        #expect(batcher.share(waiting: 4_001, idle: 4, estimate: Self.estimate(1_000)) == 1_001)
        // A quarter of a millisecond is not spread any further.
        #expect(batcher.share(waiting: 400, idle: 4, estimate: Self.estimate(1_000)) == 250)
        #expect(batcher.share(waiting: 7, idle: 4, estimate: Self.estimate(1_000)) == 7)
    }

    @Test func dearRecordsGoSinglyOrByLanes() {
        let dear = Self.estimate(300 * .millisecond)
        #expect(Self.batcher(parallelism: 4).share(waiting: 100, idle: 4, estimate: dear) == 1)
        let lanes = Self.batcher(parallelism: 2, lanes: 4)
        // The table of design decision 3: clamp(ceil(waiting / parallelism), 1, lanes).
        #expect(
            (1...16).map { lanes.share(waiting: $0, idle: 2, estimate: dear) } == [1, 1, 2, 2, 3, 3]
                + Array(repeating: 4, count: 10))
        let wide = Self.batcher(parallelism: 16, lanes: 4)
        #expect(wide.share(waiting: 16, idle: 16, estimate: dear) == 1)
        #expect(wide.share(waiting: 17, idle: 16, estimate: dear) == 2)
        // Where other processors are at work already, the rest is for those that are not.
        #expect((1...6).map { lanes.share(waiting: $0, idle: 1, estimate: dear) } == [1, 2, 3, 4, 4, 4])
        #expect((1...6).map { lanes.share(waiting: $0, idle: 0, estimate: dear) } == [1, 2, 3, 4, 4, 4])
    }

    @Test func spreadingBeyondALaneGroupCountsAllProcessors() {
        let batcher = Self.batcher(parallelism: 4, lanes: 8)
        #expect(batcher.share(waiting: 4_000, idle: 1, estimate: Self.estimate(1_000)) == 1_000)
    }

    @Test func aBatchIsOfWholeLaneGroupsUnlessItIsAllThereIs() {
        let batcher = Self.batcher(parallelism: 2, lanes: 8)
        let estimate = Self.estimate(.millisecond / 5)
        #expect(batcher.share(waiting: 1_000, idle: 0, estimate: estimate) == 24, "5 ms would be 25")
        #expect(batcher.share(waiting: 13, idle: 0, estimate: estimate) == 8)
        #expect(batcher.share(waiting: 9, idle: 0, estimate: Self.estimate(1_000)) == 9)
    }

    @Test func nothingWaitingIsNoBatch() {
        let batcher = Self.batcher(parallelism: 3, lanes: 4)
        #expect(batcher.share(waiting: 0, idle: 4, estimate: Self.estimate(1_000)) == 0)
        #expect(batcher.nextCount(of: RecordQueue(), idle: 4, estimate: Self.estimate(1_000)) == 0)
    }

    @Test(arguments: [1, 2, 3, 7, 16], [1, 4, 8])
    func aShareIsNeverMoreThanThereIs(parallelism: Int, lanes: Int) {
        let batcher = Self.batcher(parallelism: parallelism, lanes: lanes)
        for cost in [20, 1_000, 100_000, 6_000_000, Nanoseconds.max] {
            for waiting in [1, 2, 3, 5, 16, 100, 10_000, 1_000_000] {
                for idle in 0...parallelism {
                    let estimate = CostEstimate(recordCost: cost)
                    let share = batcher.share(waiting: waiting, idle: idle, estimate: estimate)
                    #expect(share >= 1 && share <= min(waiting, 8192))
                }
            }
        }
    }

    @Test func bytesBoundABatchOfSeveral() {
        var queue = RecordQueue()
        for index in 0..<10 { queue.append(RecordExtent(offset: UInt64(index * 101), length: 100)) }
        let cheap = CostEstimate(recordCost: 20, recordBytes: 101)
        #expect(Self.batcher(parallelism: 1, bytes: 302).nextCount(of: queue, idle: 4, estimate: cheap) == 3)
        #expect(Self.batcher(parallelism: 1, bytes: 301).nextCount(of: queue, idle: 4, estimate: cheap) == 2)
        // A single record may be larger.
        #expect(Self.batcher(parallelism: 1, bytes: 10).nextCount(of: queue, idle: 4, estimate: cheap) == 1)
    }

    @Test func recordsThatAreTooLongStandApart() {
        var queue = RecordQueue()
        queue.append(RecordExtent(offset: 0, length: 1))
        queue.append(RecordExtent(offset: 50, length: RecordExtent.tooLong))
        queue.append(RecordExtent(offset: 90, length: RecordExtent.tooLong))
        let batcher = Self.batcher(parallelism: 1)
        #expect(batcher.nextCount(of: queue, idle: 4, estimate: Self.estimate(100)) == 1)
        queue.cut(count: 1)
        #expect(batcher.nextCount(of: queue, idle: 4, estimate: Self.estimate(100)) == 2)
    }

    @Test func aBatchOfTenMillisecondsIsStillCheap() {
        let batcher = Self.batcher(parallelism: 1)
        let estimate = CostEstimate(recordCost: .millisecond)
        #expect(batcher.isCheap(records: 10, estimate: estimate) && !batcher.isCheap(records: 11, estimate: estimate))
    }
}
