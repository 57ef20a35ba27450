import PhashTestKit
import Testing

@testable import PhashCore

struct CreditsTests {
    @Test func chargesAreTakenCorrectedAndGivenBack() {
        var credits = Credits(limit: 100)
        #expect(credits.admits(100, records: 5) && !credits.admits(101, records: 2))
        credits.take(80)
        #expect(credits.used == 80 && credits.admits(20, records: 2) && !credits.admits(21, records: 2))
        credits.correct(80, to: 30)
        #expect(credits.used == 30 && credits.admits(70, records: 2))
        credits.giveBack(30)
        #expect(credits == Credits(limit: 100))
    }

    @Test func oneRecordAlwaysFitsAlone() {
        var credits = Credits(limit: 100)
        #expect(credits.admits(1_000_000, records: 1) && !credits.admits(1_000_000, records: 2))
        credits.take(1)
        #expect(!credits.admits(100, records: 1) && credits.admits(99, records: 1))
        credits.giveBack(1)
        credits.take(1_000_000)
        // Above the limit nothing fits any more, not even nothing.
        #expect(!credits.admits(0, records: 1))
        credits.giveBack(1_000_000)
        #expect(credits.used == 0)
    }

    @Test func creditThatIsNotThereTraps() async {
        await #expect(processExitsWith: .failure) {
            var credits = Credits(limit: 10)
            credits.take(5)
            credits.giveBack(6)
        }
        await #expect(processExitsWith: .failure) {
            var credits = Credits(limit: 10)
            credits.take(5)
            // More than was reserved.
            credits.correct(5, to: 6)
        }
    }
}

struct WorkerSlotsTests {
    @Test(arguments: [1, 2, 63, 64, 65, 128, 1024])
    func theLowestFreeSlotIsTaken(count: Int) {
        var slots = WorkerSlots(count: count)
        #expect(slots.isAllFree)
        for expected in 0..<count { #expect(slots.take() == expected) }
        #expect(slots.take() == nil && slots.freeCount == 0)
        for slot in (0..<count).reversed() {
            slots.release(slot)
            #expect(slots.take() == slot)
            slots.release(slot)
        }
        #expect(slots.isAllFree && slots == WorkerSlots(count: count))
    }

    @Test(arguments: UInt64(0)..<6)
    func slotsAreAgainstASet(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let count = Int.random(in: 1...200, using: &generator)
        var slots = WorkerSlots(count: count)
        var free = Set(0..<count)
        for _ in 0..<2_000 {
            if Bool.random(using: &generator) {
                let expected = free.min()
                #expect(slots.take() == expected)
                if let expected { free.remove(expected) }
            } else if let slot = (0..<count).filter({ !free.contains($0) }).randomElement(using: &generator) {
                slots.release(slot)
                free.insert(slot)
            }
            #expect(slots.freeCount == free.count)
        }
    }

    @Test func aSlotIsReleasedOnce() async {
        await #expect(processExitsWith: .failure) {
            var slots = WorkerSlots(count: 3)
            slots.release(0)
        }
        await #expect(processExitsWith: .failure) {
            var slots = WorkerSlots(count: 3)
            slots.release(3)
        }
    }
}

struct BatchStructureTests {
    private static func batch(records: Int, worker: Int = 0, slot: Int = 0) -> Batch {
        Batch(
            number: 0, address: SlotAddress(worker: worker, slot: slot), firstLine: 1, recordCount: records,
            byteCount: 10 * records, inputCharge: 18 * records, charge: 600 * records)
    }

    @Test func aBatchBeginsAsOnePart() {
        let batch = Self.batch(records: 7)
        #expect(batch.parts == [Part(firstRecord: 0, recordCount: 7)])
        #expect(!batch.isFinished && !batch.isWritten && batch.partIndex(firstRecord: 0) == 0)
    }

    @Test func halvesCoverTheirPartInOrder() {
        var batch = Self.batch(records: 7)
        #expect(batch.split(partIndex: 0) == (0, 3))
        #expect(batch.split(partIndex: 1) == (3, 5))
        #expect(batch.parts.map(\.firstRecord) == [0, 3, 5])
        #expect(batch.parts.map(\.recordCount) == [3, 2, 2])
        #expect(batch.partIndex(firstRecord: 3) == 1 && batch.partIndex(firstRecord: 5) == 2)
    }

    /// However it is split, down to single records, each record is in exactly one part.
    @Test(arguments: [1, 2, 3, 8, 100, 8192])
    func splittingEndsAtSingleRecords(records: Int) {
        var batch = Self.batch(records: records)
        var steps = 0
        while let index = batch.parts.firstIndex(where: { $0.recordCount > 1 }) {
            _ = batch.split(partIndex: index)
            steps += 1
            guard records <= 100 || steps < 200 else { break }
            #expect(batch.parts.reduce(0) { $0 + $1.recordCount } == records)
        }
        if records <= 100 { #expect(batch.parts.map(\.firstRecord) == Array(0..<records) && steps == records - 1) }
    }

    @Test func finishedAndWrittenAreOfAllParts() {
        var batch = Self.batch(records: 2)
        _ = batch.split(partIndex: 0)
        batch.parts[0].state = .finished(resultBytes: 5, tally: PartTally(errors: 0))
        for state in [Part.State.waiting, .sent(ticket: 1), .givenUp] {
            batch.parts[1].state = state
            #expect(!batch.isFinished && !batch.isWritten)
        }
        for state in [
            Part.State.finished(resultBytes: 1, tally: PartTally(errors: 1)), .queued(PartTally(errors: 1)), .written,
        ] {
            batch.parts[1].state = state
            #expect(batch.isFinished && !batch.isWritten)
        }
        batch.parts[0].state = .written
        #expect(batch.isWritten)
    }

    @Test func theTableHoldsBatchesByTheirSlots() {
        var table = BatchTable(workers: 2, slotsPerWorker: 3)
        table.insert(Self.batch(records: 1, worker: 0, slot: 2))
        table.insert(Self.batch(records: 2, worker: 1, slot: 0))
        #expect(table.count == 2)
        #expect(table[SlotAddress(worker: 0, slot: 2)].recordCount == 1)
        table[SlotAddress(worker: 1, slot: 0)].parts[0].tries = 2
        #expect(table[SlotAddress(worker: 1, slot: 0)].parts[0].tries == 2)
        #expect(table.remove(SlotAddress(worker: 1, slot: 0)).parts[0].tries == 2)
        #expect(table.count == 1)
        table.insert(Self.batch(records: 3, worker: 1, slot: 0))
        #expect(table.count == 2)
    }

    @Test func whatCannotBeTraps() async {
        await #expect(processExitsWith: .failure) { _ = Part(firstRecord: 0, recordCount: 0) }
        await #expect(processExitsWith: .failure) {
            var batch = Self.batch(records: 1)
            _ = batch.split(partIndex: 0)
        }
        await #expect(processExitsWith: .failure) { _ = Self.batch(records: 4).partIndex(firstRecord: 2) }
        await #expect(processExitsWith: .failure) {
            var table = BatchTable(workers: 1, slotsPerWorker: 1)
            table.insert(Self.batch(records: 1))
            table.insert(Self.batch(records: 1))
        }
        await #expect(processExitsWith: .failure) {
            _ = BatchTable(workers: 1, slotsPerWorker: 1)[SlotAddress(worker: 0, slot: 0)]
        }
        await #expect(processExitsWith: .failure) {
            var table = BatchTable(workers: 1, slotsPerWorker: 2)
            table.insert(Self.batch(records: 1, slot: 1))
            _ = table[SlotAddress(worker: 0, slot: 0)]
        }
    }
}
