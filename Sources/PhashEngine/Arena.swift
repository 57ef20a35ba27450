internal import PhashCore
internal import PhashPosix
internal import PhashWire

/// The shared memory of one worker: its slots. It outlives the worker's children; each maps it anew.
@safe
final class Arena {
    let layout: SlotLayout
    private let input: SharedMemory
    private let results: SharedMemory
    /// Where slots have had their pages touched, bytes from their start: what the system holds for us.
    private var touchedInput: [Int]
    private var touchedResults: [Int]
    /// Sum of `touchedInput`.
    private(set) var heldInputBytes = 0
    /// Sum of `touchedResults`.
    private(set) var heldResultsBytes = 0

    init(layout: SlotLayout) throws(Errno) {
        self.layout = layout
        input = try SharedMemory(name: "phash-input", byteCount: layout.inputBytes, childAccess: .readOnly)
        results = try SharedMemory(name: "phash-results", byteCount: layout.resultsBytes, childAccess: .readWrite)
        touchedInput = Array(repeating: 0, count: layout.slotCount)
        touchedResults = Array(repeating: 0, count: layout.slotCount)
    }

    var inputDescriptor: Int32 { input.descriptor.number }
    var resultsDescriptor: Int32 { results.descriptor.number }

    /// The ticket that a child last noted; 0 when none has.
    var begunTicket: UInt64 { unsafe BegunNote.read(UnsafeRawPointer(results.memory.baseAddress!)) }

    /// Takes away what an earlier child noted, before the next one starts.
    func forgetBegunTicket() { unsafe BegunNote.write(0, results.memory.baseAddress!) }

    /// Copies a batch into a slot: its bytes, and where its records lie in them.
    ///
    /// - Parameter records: The records in two runs, the first of which is not empty.
    func fill(
        slot: Int, records first: Span<RecordExtent>, _ second: Span<RecordExtent>, bytes: UnsafeRawBufferPointer
    ) {
        let base = layout.inputOffset(slot: slot)
        let count = first.count + second.count
        precondition(count <= layout.maximumRecords)
        let tableOffset = layout.tableOffset(byteCount: bytes.count)
        let used = tableOffset + count * SlotLayout.tableBytesPerRecord
        let memory = unsafe UnsafeMutableRawBufferPointer(rebasing: input.memory[base..<base + used])
        let split = tableOffset + first.count * SlotLayout.tableBytesPerRecord
        let start = first[0].offset
        unsafe memory.copyMemory(from: bytes)
        unsafe SlotTable.write(first, start: start, into: .init(rebasing: memory[tableOffset..<split]))
        unsafe SlotTable.write(second, start: start, into: .init(rebasing: memory[split...]))
        heldInputBytes += max(used - touchedInput[slot], 0)
        touchedInput[slot] = max(used, touchedInput[slot])
    }

    private func entry(_ index: Int, of batch: Batch) -> TableEntry {
        precondition(index >= 0 && index < batch.recordCount)
        let table =
            layout.inputOffset(slot: batch.address.slot) + layout.tableOffset(byteCount: batch.byteCount)
        return unsafe SlotTable.entry(index, of: .init(rebasing: input.memory[table...]))
    }

    /// Where a part's results lie, from the start of the slot's results, and how many bytes there are for them.
    func resultsRange(firstRecord: Int, recordCount: Int, of batch: Batch) -> Range<Int> {
        func offset(before index: Int) -> Int {
            let bytesBefore = index == batch.recordCount ? batch.byteCount : Int(entry(index, of: batch).offset)
            return layout.partOffset(bytesBefore: bytesBefore, recordsBefore: index)
        }
        let start = firstRecord == 0 ? 0 : offset(before: firstRecord)
        return start..<offset(before: firstRecord + recordCount)
    }

    /// The results of a part, or the room for them.
    func results(slot: Int, range: Range<Int>) -> UnsafeMutableRawBufferPointer {
        precondition(range.lowerBound >= 0 && range.upperBound <= layout.resultsStride)
        let base = layout.resultsOffset(slot: slot)
        return unsafe UnsafeMutableRawBufferPointer(
            rebasing: results.memory[base + range.lowerBound..<base + range.upperBound])
    }

    /// The bytes of a record; nil when it was too long and they are gone.
    func record(_ index: Int, of batch: Batch) -> UnsafeRawBufferPointer? {
        let entry = entry(index, of: batch)
        if entry.isTooLong { return nil }
        let start = layout.inputOffset(slot: batch.address.slot) + Int(entry.offset)
        return unsafe UnsafeRawBufferPointer(rebasing: input.memory[start..<start + Int(entry.length)])
    }

    /// Notes that a child has written results up to an offset of a slot.
    func noteResults(slot: Int, upTo end: Int) {
        heldResultsBytes += max(end - touchedResults[slot], 0)
        touchedResults[slot] = max(end, touchedResults[slot])
    }

    /// Whether a record ends where a child says that its results do.
    func endsRecord(slot: Int, at end: Int) -> Bool {
        unsafe results(slot: slot, range: end - 1..<end)[0] == UInt8(ascii: "\n")
    }

    /// Gives the pages of a free slot's results back to the system.
    func discardResults(slot: Int) {
        let page = SharedMemory.pageBytes
        let length = (touchedResults[slot] + page - 1) / page * page
        let base = layout.resultsOffset(slot: slot)
        // A failure costs memory and nothing else.
        guard (try? results.discard(base..<base + length)) != nil else { return }
        heldResultsBytes -= touchedResults[slot]
        touchedResults[slot] = 0
    }

    /// Gives pages of results back until no more than `byteCount` bytes are held; all slots are free.
    func discardResults(beyond byteCount: Int) {
        // The lowest free slot is used first, so the last ones are needed least.
        for slot in touchedResults.indices.reversed() where touchedResults[slot] > 0 {
            if heldResultsBytes <= byteCount { return }
            discardResults(slot: slot)
        }
    }

    /// Bytes of a slot's results whose pages the system holds for us.
    func touchedResults(slot: Int) -> Int { touchedResults[slot] }
}

/// Where a child notes the ticket that it works on, so that its parent can tell after its death: the first word of
/// the results memory.
enum BegunNote {
    static func write(_ ticket: UInt64, _ results: UnsafeMutableRawPointer) {
        unsafe SharedWord.storeRelease(results, ticket)
    }

    static func read(_ results: UnsafeRawPointer) -> UInt64 { unsafe SharedWord.loadAcquire(results) }
}
