import Glibc
import PhashCore
import PhashPosix
import PhashWire
import Testing

@testable import PhashEngine

/// The slots of a worker: what lies where, and what the system holds for it.
struct ArenaTests {
    private static let format = RecordFormat(maximumResultBytes: 64)
    private static let layout = SlotLayout(
        slotCount: 3, maximumInputBytes: 4_096, maximumRecords: 64, format: format)

    /// A batch of records, some of them too long when `lengths` says nil, as the parent fills it into a slot.
    private static func fill(
        _ arena: Arena, slot: Int = 0, _ records: [[UInt8]], streamOffset: UInt64 = 1_000_000
    ) -> Batch {
        var bytes: [UInt8] = []
        var extents: [RecordExtent] = []
        for record in records {
            if !bytes.isEmpty || !extents.isEmpty { bytes.append(0x0A) }
            extents.append(RecordExtent(offset: streamOffset + UInt64(bytes.count), length: UInt32(record.count)))
            bytes += record
        }
        // In two runs, as the queue hands them out where its ring ends.
        let first = extents.span.extracting(first: max(extents.count / 2, 1))
        let second = extents.span.extracting(droppingFirst: max(extents.count / 2, 1))
        unsafe bytes.withUnsafeBytes { unsafe arena.fill(slot: slot, records: first, second, bytes: $0) }
        return batch(slot: slot, records: records.count, bytes: bytes.count)
    }

    private static func batch(slot: Int, records: Int, bytes: Int) -> Batch {
        Batch(
            number: 0, address: SlotAddress(worker: 0, slot: slot), firstLine: 1, recordCount: records,
            byteCount: bytes, inputCharge: bytes + 8 * records, charge: 0)
    }

    private static let records: [[UInt8]] = [5, 0, 17, 1, 100, 3, 0].map { [UInt8](repeating: UInt8($0), count: $0) }

    @Test func recordsComeBackFromTheirSlot() throws {
        let arena = try Arena(layout: Self.layout)
        for slot in 0..<3 {
            let records = Self.records.map { $0.map { $0 &+ UInt8(slot) } }
            let batch = Self.fill(arena, slot: slot, records)
            for index in records.indices {
                #expect(unsafe Array(arena.record(index, of: batch)!) == records[index])
            }
        }
    }

    @Test func aSlotIsUsedAgain() throws {
        let arena = try Arena(layout: Self.layout)
        _ = Self.fill(arena, Self.records)
        let batch = Self.fill(arena, [[1, 2], [3]], streamOffset: 5)
        #expect(unsafe Array(arena.record(0, of: batch)!) == [1, 2])
        #expect(unsafe Array(arena.record(1, of: batch)!) == [3])
    }

    @Test func theLargestBatchFits() throws {
        let arena = try Arena(layout: Self.layout)
        let records = Array(repeating: [UInt8](repeating: 7, count: 63), count: 64)
        let batch = Self.fill(arena, slot: 2, records)
        #expect(unsafe Array(arena.record(63, of: batch)!) == records[63])
        let range = arena.resultsRange(firstRecord: 0, recordCount: 64, of: batch)
        #expect(range.upperBound <= Self.layout.resultsStride)
        #expect(unsafe arena.results(slot: 2, range: range).count == range.count)
    }

    /// However a batch is split, the rooms of its parts lie one behind the other and hold the worst of their records.
    @Test func roomsOfHalvesAreDisjointAndInOrder() throws {
        let arena = try Arena(layout: Self.layout)
        var batch = Self.fill(arena, Self.records)
        let whole = arena.resultsRange(firstRecord: 0, recordCount: Self.records.count, of: batch)
        #expect(whole.lowerBound == 0)
        while true {
            var end = 0
            for part in batch.parts {
                let range = arena.resultsRange(
                    firstRecord: part.firstRecord, recordCount: part.recordCount, of: batch)
                #expect(range.lowerBound == end, "from one to the next without a gap")
                end = range.upperBound
                let bytes = Self.records[part.firstRecord..<part.firstRecord + part.recordCount].reduce(0) {
                    $0 + $1.count
                }
                let worst =
                    bytes * Self.format.worstBytesPerInputByte + part.recordCount * Self.format.worstBytesPerRecord
                #expect(range.count >= worst)
            }
            #expect(end == whole.upperBound)
            guard let index = batch.parts.firstIndex(where: { $0.recordCount > 1 }) else { break }
            _ = batch.split(partIndex: index)
        }
    }

    @Test func recordsThatAreTooLongHaveRoomForTheirErrors() throws {
        let arena = try Arena(layout: Self.layout)
        let extents = (0..<4).map { RecordExtent(offset: 10_000 + UInt64($0), length: RecordExtent.tooLong) }
        let none = extents.span.extracting(0..<0)
        unsafe [UInt8]().withUnsafeBytes { unsafe arena.fill(slot: 1, records: extents.span, none, bytes: $0) }
        let batch = Self.batch(slot: 1, records: 4, bytes: 0)
        for index in 0..<4 {
            let range = arena.resultsRange(firstRecord: index, recordCount: 1, of: batch)
            #expect(range == index * Self.format.worstBytesPerRecord..<(index + 1) * Self.format.worstBytesPerRecord)
        }
    }

    @Test func whatIsTouchedIsAccountedFor() throws {
        let arena = try Arena(layout: Self.layout)
        #expect(arena.heldInputBytes == 0 && arena.heldResultsBytes == 0)
        _ = Self.fill(arena, [[UInt8](repeating: 1, count: 16), [2]])
        // 18 bytes, to the next multiple of 8, and two entries.
        #expect(arena.heldInputBytes == 24 + 16)
        _ = Self.fill(arena, [[1]])
        #expect(arena.heldInputBytes == 40, "less than before changes nothing")
        _ = Self.fill(arena, slot: 1, [[1]])
        #expect(arena.heldInputBytes == 40 + 16)

        arena.noteResults(slot: 0, upTo: 100)
        arena.noteResults(slot: 0, upTo: 50)
        arena.noteResults(slot: 2, upTo: 7)
        #expect(arena.heldResultsBytes == 107 && arena.touchedResults(slot: 0) == 100)
    }

    @Test func discardedResultsAreZeroAndOthersStay() throws {
        let arena = try Arena(layout: Self.layout)
        for slot in 0..<3 {
            unsafe arena.results(slot: slot, range: 0..<5_000).initializeMemory(as: UInt8.self, repeating: 0xAA)
            arena.noteResults(slot: slot, upTo: 5_000)
        }
        arena.discardResults(slot: 1)
        #expect(arena.heldResultsBytes == 10_000 && arena.touchedResults(slot: 1) == 0)
        for (slot, expected) in [(0, 0xAA), (1, 0), (2, 0xAA)] as [(Int, UInt8)] {
            let isAll = unsafe arena.results(slot: slot, range: 0..<5_000).allSatisfy { $0 == expected }
            #expect(isAll, "slot \(slot)")
        }
        // Nothing more to give back.
        arena.discardResults(slot: 1)
        #expect(arena.heldResultsBytes == 10_000)
    }

    @Test func theLastSlotsGiveBackTheirPagesFirst() throws {
        let arena = try Arena(layout: Self.layout)
        for slot in 0..<3 { arena.noteResults(slot: slot, upTo: 1_000 * (slot + 1)) }
        arena.discardResults(beyond: 6_000)
        #expect(arena.heldResultsBytes == 6_000, "no more than may be held")
        arena.discardResults(beyond: 2_999)
        #expect((0..<3).map { arena.touchedResults(slot: $0) } == [1_000, 0, 0])
        arena.discardResults(beyond: 0)
        #expect(arena.heldResultsBytes == 0)
    }

    @Test func theTicketThatAChildNotedIsRead() throws {
        let arena = try Arena(layout: Self.layout)
        #expect(arena.begunTicket == 0)
        let given = dup(arena.resultsDescriptor)
        let memory = unsafe try SharedMemory.adopt(given, access: .readWrite)
        unsafe BegunNote.write(77, memory.baseAddress!)
        #expect(arena.begunTicket == 77)
        // Beside every slot's results.
        arena.noteResults(slot: 0, upTo: 100)
        arena.discardResults(slot: 0)
        #expect(arena.begunTicket == 77)
        // The next child has begun nothing.
        arena.forgetBegunTicket()
        #expect(arena.begunTicket == 0)
    }

    @Test func roomBeyondTheSlotTraps() async {
        await #expect(processExitsWith: .failure) {
            let arena = try Arena(layout: Self.layout)
            _ = unsafe arena.results(slot: 0, range: 0..<Self.layout.resultsStride + 1)
        }
        await #expect(processExitsWith: .failure) {
            let arena = try Arena(layout: Self.layout)
            let batch = Self.fill(arena, [[1]])
            _ = unsafe arena.record(1, of: batch)
        }
    }
}
