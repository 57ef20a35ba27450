/// How the shared memory of a worker is divided. Parent and child compute the same numbers from the same few.
///
/// There are two memories: input, which the child can only read, and results. Each holds one area per slot, large
/// enough for the worst batch; pages that are never written to take no memory.
///
/// A slot's input is the bytes of the batch, delimiters included, and behind them, on the next multiple of 8, a table
/// with an offset and a length of 32 bits for each record. A slot's results are NDJSON. The results begin with a page
/// in which the child notes what it works on.
package struct SlotLayout: Equatable, Sendable {
    package let slotCount: Int
    /// Bytes of input of a batch at most.
    package let maximumInputBytes: Int
    /// Records of a batch at most.
    package let maximumRecords: Int
    /// See `RecordFormat`.
    package let worstBytesPerInputByte: Int
    package let worstBytesPerRecord: Int

    /// A whole number of pages on every system that we run on.
    private static let alignment = 64 << 10
    /// Bytes of the table for each record.
    package static let tableBytesPerRecord = SlotTable.entryBytes
    /// Bytes before the first slot's results.
    package static let resultsHeaderBytes = alignment

    package init(slotCount: Int, maximumInputBytes: Int, maximumRecords: Int, format: RecordFormat) {
        precondition(slotCount >= 1 && maximumInputBytes >= 1 && maximumRecords >= 1)
        self.slotCount = slotCount
        self.maximumInputBytes = maximumInputBytes
        self.maximumRecords = maximumRecords
        worstBytesPerInputByte = format.worstBytesPerInputByte
        worstBytesPerRecord = format.worstBytesPerRecord
    }

    /// The same with another number of slots; at least 1.
    package func withSlots(_ count: Int) -> SlotLayout {
        precondition(count >= 1)
        return SlotLayout(copying: self, slotCount: count)
    }

    private init(copying other: SlotLayout, slotCount: Int) {
        self.slotCount = slotCount
        maximumInputBytes = other.maximumInputBytes
        maximumRecords = other.maximumRecords
        worstBytesPerInputByte = other.worstBytesPerInputByte
        worstBytesPerRecord = other.worstBytesPerRecord
    }

    /// Whether both memories are small enough for everything that is computed here: below 2^62 bytes.
    var isAddressable: Bool {
        let input = Double(maximumInputBytes) + Double(Self.tableBytesPerRecord) * Double(maximumRecords)
        let results =
            Double(worstBytesPerInputByte) * Double(maximumInputBytes)
            + Double(worstBytesPerRecord) * Double(maximumRecords)
        return Double(slotCount) * (max(input, results) + 2 * Double(Self.alignment)) < 0x1p62
    }

    private static func aligned(_ byteCount: Int) -> Int { (byteCount + alignment - 1) / alignment * alignment }

    /// Distance from one slot's input to the next, bytes.
    package var inputStride: Int {
        Self.aligned(maximumInputBytes + 8 + Self.tableBytesPerRecord * maximumRecords)
    }

    /// Distance from one slot's results to the next, bytes.
    package var resultsStride: Int {
        Self.aligned(worstBytesPerInputByte * maximumInputBytes + worstBytesPerRecord * maximumRecords)
    }

    package var inputBytes: Int { slotCount * inputStride }
    package var resultsBytes: Int { Self.resultsHeaderBytes + slotCount * resultsStride }

    /// Where a slot's input begins in the input memory.
    package func inputOffset(slot: Int) -> Int {
        precondition(slot >= 0 && slot < slotCount)
        return slot * inputStride
    }

    /// Where the table lies in a slot's input, for a batch of so many bytes.
    package func tableOffset(byteCount: Int) -> Int {
        precondition(byteCount >= 0 && byteCount <= maximumInputBytes)
        return (byteCount + 7) / 8 * 8
    }

    /// Where a slot's results begin in the results memory.
    package func resultsOffset(slot: Int) -> Int {
        precondition(slot >= 0 && slot < slotCount)
        return Self.resultsHeaderBytes + slot * resultsStride
    }

    /// Where, in a slot's results, those of a part begin: behind the worst case of all records before it.
    package func partOffset(bytesBefore: Int, recordsBefore: Int) -> Int {
        worstBytesPerInputByte * bytesBefore + worstBytesPerRecord * recordsBefore
    }
}
