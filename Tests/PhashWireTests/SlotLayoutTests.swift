import PhashWire
import Testing

/// How the shared memory of a worker is divided.
struct SlotLayoutTests {
    private static func layout(slots: Int, bytes: Int, records: Int, resultBytes: Int = 64) -> SlotLayout {
        SlotLayout(
            slotCount: slots, maximumInputBytes: bytes, maximumRecords: records,
            format: RecordFormat(maximumResultBytes: resultBytes))
    }

    private static let layouts = [
        layout(slots: 1, bytes: 1, records: 1), layout(slots: 3, bytes: 100, records: 7),
        layout(slots: 64, bytes: 1 << 20, records: 8192), layout(slots: 1024, bytes: (64 << 10) - 7, records: 1),
        layout(slots: 2, bytes: 65_537, records: 8192, resultBytes: 0),
    ]

    @Test(arguments: layouts)
    func slotsDoNotOverlapAndFitTheirMemory(layout: SlotLayout) {
        for slot in 0..<layout.slotCount {
            #expect(layout.inputOffset(slot: slot) == slot * layout.inputStride)
            #expect(layout.resultsOffset(slot: slot) == SlotLayout.resultsHeaderBytes + slot * layout.resultsStride)
        }
        #expect(layout.inputBytes == layout.slotCount * layout.inputStride)
        #expect(
            layout.resultsBytes == layout.resultsOffset(slot: layout.slotCount - 1) + layout.resultsStride)
        // Whole pages, so that one slot's can be given back alone.
        #expect(layout.inputStride % (64 << 10) == 0 && layout.resultsStride % (64 << 10) == 0)
        #expect(SlotLayout.resultsHeaderBytes % (64 << 10) == 0)
    }

    @Test(arguments: layouts)
    func theLargestBatchFitsItsSlot(layout: SlotLayout) {
        let table = layout.tableOffset(byteCount: layout.maximumInputBytes)
        #expect(table + SlotLayout.tableBytesPerRecord * layout.maximumRecords <= layout.inputStride)
        let results = layout.partOffset(
            bytesBefore: layout.maximumInputBytes, recordsBefore: layout.maximumRecords)
        #expect(results <= layout.resultsStride)
    }

    @Test func theTableBeginsBehindTheBytesOnAMultipleOfEight() {
        let layout = Self.layout(slots: 1, bytes: 1_000, records: 10)
        for byteCount in 0...1_000 {
            let offset = layout.tableOffset(byteCount: byteCount)
            #expect(offset % 8 == 0 && offset >= byteCount && offset < byteCount + 8)
        }
    }

    @Test func aPartBeginsBehindTheWorstOfAllBefore() {
        let format = RecordFormat(maximumResultBytes: 64)
        let layout = Self.layout(slots: 1, bytes: 1_000, records: 10)
        #expect(layout.partOffset(bytesBefore: 0, recordsBefore: 0) == 0)
        #expect(
            layout.partOffset(bytesBefore: 10, recordsBefore: 3)
                == 10 * format.worstBytesPerInputByte + 3 * format.worstBytesPerRecord)
    }

    /// Fewer slots where memory is short; what lies in a slot stays where it is.
    @Test(arguments: layouts)
    func anotherNumberOfSlotsChangesNothingElse(layout: SlotLayout) {
        let fewer = layout.withSlots(1)
        #expect(fewer.slotCount == 1 && fewer.maximumRecords == layout.maximumRecords)
        #expect(fewer.inputBytes == layout.inputStride && fewer.inputStride == layout.inputStride)
        #expect(fewer.resultsBytes == layout.resultsOffset(slot: 0) + layout.resultsStride)
        #expect(
            fewer.partOffset(bytesBefore: 3, recordsBefore: 2) == layout.partOffset(bytesBefore: 3, recordsBefore: 2))
        #expect(fewer.withSlots(layout.slotCount) == layout)
    }

    @Test func anEntryKnowsTooLong() {
        #expect(TableEntry(offset: 0, length: TableEntry.tooLong).isTooLong)
        #expect(!TableEntry(offset: 0, length: TableEntry.tooLong - 1).isTooLong)
    }

    @Test func slotsThatAreNotThereTrap() async {
        await #expect(processExitsWith: .failure) {
            _ = Self.layout(slots: 2, bytes: 10, records: 1).inputOffset(slot: 2)
        }
        await #expect(processExitsWith: .failure) {
            _ = Self.layout(slots: 2, bytes: 10, records: 1).resultsOffset(slot: -1)
        }
        await #expect(processExitsWith: .failure) {
            _ = Self.layout(slots: 2, bytes: 10, records: 1).tableOffset(byteCount: 11)
        }
        await #expect(processExitsWith: .failure) { _ = Self.layout(slots: 0, bytes: 10, records: 1) }
        await #expect(processExitsWith: .failure) { _ = Self.layout(slots: 2, bytes: 10, records: 1).withSlots(0) }
    }
}
