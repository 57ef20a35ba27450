import PhashCore
import PhashWire
import Testing

/// What the parent writes into a slot's table and the child reads from it.
struct SlotTableTests {
    private static func table(of records: [RecordExtent], start: UInt64) -> [UInt8] {
        var table = [UInt8](repeating: 0, count: SlotTable.entryBytes * records.count)
        unsafe table.withUnsafeMutableBytes { unsafe SlotTable.write(records.span, start: start, into: $0) }
        return table
    }

    /// The records that a child finds; nil when they are too long.
    private static func records(of table: [UInt8], in bytes: [UInt8]) -> [[UInt8]]? {
        unsafe table.withUnsafeBytes { table in
            unsafe bytes.withUnsafeBytes { bytes in
                let count = table.count / SlotTable.entryBytes
                let places = UnsafeMutableBufferPointer<UnsafeRawBufferPointer>.allocate(capacity: count)
                defer { unsafe places.deallocate() }
                guard unsafe SlotTable.read(table, bytes: bytes, into: places) else { return nil }
                return unsafe places.map { unsafe Array($0) }
            }
        }
    }

    /// Beyond 2^32, where the offsets in the table begin anew.
    @Test(arguments: [0, 77, UInt64(UInt32.max) - 3, 1 << 40] as [UInt64])
    func recordsAreFoundAgain(start: UInt64) {
        let lengths: [UInt32] = [3, 0, 7, 1, 0]
        var extents: [RecordExtent] = []
        var bytes: [UInt8] = []
        var expected: [[UInt8]] = []
        for length in lengths {
            let record = (0..<length).map { UInt8(bytes.count) &+ UInt8($0) }
            extents.append(RecordExtent(offset: start + UInt64(bytes.count), length: length))
            bytes += record + [0x0A]
            expected.append(record)
        }
        let table = Self.table(of: extents, start: start)
        #expect(Self.records(of: table, in: bytes) == expected)
        for (index, extent) in extents.enumerated() {
            let entry = unsafe table.withUnsafeBytes { unsafe SlotTable.entry(index, of: $0) }
            #expect(UInt64(entry.offset) == extent.offset - start && entry.length == extent.length)
        }
    }

    @Test func recordsThatAreTooLongAreSeen() {
        let extents = (0..<3).map { RecordExtent(offset: 1_000 * $0, length: RecordExtent.tooLong) }
        let table = Self.table(of: extents, start: 0)
        #expect(Self.records(of: table, in: []) == nil)
        let entry = unsafe table.withUnsafeBytes { unsafe SlotTable.entry(2, of: $0) }
        #expect(entry.isTooLong && entry.offset == 0)
    }

    @Test func aRecordOutsideOfItsBatchTraps() async {
        await #expect(processExitsWith: .failure) {
            let table = Self.table(of: [RecordExtent(offset: 1, length: 3)], start: 0)
            _ = Self.records(of: table, in: [1, 2, 3])
        }
    }
}
