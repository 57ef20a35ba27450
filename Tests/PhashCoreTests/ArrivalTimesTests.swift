import PhashCore
import Testing

/// For how long records were here, told by the moments of reads.
struct ArrivalTimesTests {
    private func address(_ slot: Int) -> SlotAddress { SlotAddress(worker: 0, slot: slot) }

    /// What is told of records that leave: durations, each with how many records it is for.
    private func told(
        _ times: ArrivalTimes, _ slot: Int, _ records: Range<Int>, now: Nanoseconds
    ) -> [Nanoseconds: Int] {
        var durations: [Nanoseconds: Int] = [:]
        times.recordsLeft(address(slot), firstRecord: records.lowerBound, recordCount: records.count, now: now) {
            durations[$0, default: 0] += $1
        }
        return durations
    }

    @Test func eachRecordHasTheMomentOfItsRead() {
        var times = ArrivalTimes()
        times.recordsRead(3, now: 100)
        times.recordsRead(0, now: 150)
        times.recordsRead(2, now: 200)
        times.batchCut(address(0), recordCount: 4)
        times.batchCut(address(1), recordCount: 1)
        #expect(told(times, 0, 0..<4, now: 1_000) == [900: 3, 800: 1])
        #expect(told(times, 1, 0..<1, now: 1_000) == [800: 1])
    }

    /// The parts of a batch whose worker died leave one by one.
    @Test func partsOfABatchLeaveOnTheirOwn() {
        var times = ArrivalTimes()
        for moment in 1...8 { times.recordsRead(1, now: Nanoseconds(moment)) }
        times.batchCut(address(0), recordCount: 8)
        #expect(told(times, 0, 4..<6, now: 10) == [5: 1, 4: 1])
        #expect(told(times, 0, 0..<1, now: 10) == [9: 1])
        #expect(told(times, 0, 1..<4, now: 20) == [18: 1, 17: 1, 16: 1])
        #expect(told(times, 0, 6..<8, now: 20) == [13: 1, 12: 1])
    }

    /// However many records pass by, and however long one of them stays.
    @Test func nothingIsKeptForRecordsThatHaveLeft() {
        var times = ArrivalTimes()
        times.recordsRead(1, now: 0)
        times.batchCut(address(0), recordCount: 1)
        var wrong = 0
        for round in 1...10_000 {
            times.recordsRead(2, now: Nanoseconds(round))
            times.recordsRead(1, now: Nanoseconds(round))
            times.batchCut(address(1), recordCount: 3)
            if told(times, 1, 0..<3, now: Nanoseconds(round) + 7) != [7: 3] { wrong += 1 }
            times.batchLeft(address(1))
        }
        #expect(times.count == 1 && wrong == 0)
        #expect(told(times, 0, 0..<1, now: 20_000) == [20_000: 1])
        times.batchLeft(address(0))
        #expect(times.count == 0)
    }

    /// Reads of which a few records stay behind each time: the list of them is tidied up as it goes.
    @Test func readsThatOverlapBatchesAreForgottenInTime() {
        var times = ArrivalTimes()
        times.recordsRead(3, now: 0)
        var wrong = 0
        for round in 1...5_000 {
            times.recordsRead(5, now: Nanoseconds(round))
            times.batchCut(address(0), recordCount: 5)
            if told(times, 0, 0..<5, now: Nanoseconds(round)) != [1: 3, 0: 2] { wrong += 1 }
            times.batchLeft(address(0))
        }
        #expect(times.count == 1 && wrong == 0)
    }

    /// The clock of the loop steps back when a stop has been found after all.
    @Test func noDurationIsNegative() {
        var times = ArrivalTimes()
        times.recordsRead(1, now: 500)
        times.batchCut(address(0), recordCount: 1)
        #expect(told(times, 0, 0..<1, now: 400) == [0: 1])
    }
}
