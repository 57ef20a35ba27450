package import PhashCore

/// The table behind the bytes of a batch in its slot: where each record lies in them. The parent writes it, the child
/// reads it.
package enum SlotTable {
    /// Bytes of an entry: two integers of 32 bits.
    package static let entryBytes = 8

    /// Writes the entries of `records`.
    ///
    /// - Parameters:
    ///   - start: Stream offset of the batch's first byte.
    ///   - table: Where the entries go; exactly as large as they are.
    package static func write(
        _ records: Span<RecordExtent>, start: UInt64, into table: UnsafeMutableRawBufferPointer
    ) {
        precondition(table.count == records.count * entryBytes, "the room for the table has another size")
        for index in records.indices {
            let record = unsafe records[unchecked: index]
            let offset = record.length == TableEntry.tooLong ? 0 : UInt32(truncatingIfNeeded: record.offset &- start)
            let place = index &* entryBytes
            unsafe table.storeBytes(of: offset, toByteOffset: place, as: UInt32.self)
            unsafe table.storeBytes(of: record.length, toByteOffset: place &+ 4, as: UInt32.self)
        }
    }

    /// The entry of one record.
    package static func entry(_ index: Int, of table: UnsafeRawBufferPointer) -> TableEntry {
        precondition(index >= 0 && (index + 1) * entryBytes <= table.count, "no such record in the table")
        return unsafe TableEntry(
            offset: table.loadUnaligned(fromByteOffset: index * entryBytes, as: UInt32.self),
            length: table.loadUnaligned(fromByteOffset: index * entryBytes + 4, as: UInt32.self))
    }

    /// Finds the records of a part of a table; false when one is too long, which then all of them are.
    ///
    /// Traps when a record does not lie within the batch.
    ///
    /// - Parameters:
    ///   - table: The entries of these records.
    ///   - bytes: The bytes of the whole batch.
    ///   - records: Where the places of the records go: as many as there are entries.
    package static func read(
        _ table: UnsafeRawBufferPointer, bytes: UnsafeRawBufferPointer,
        into records: UnsafeMutableBufferPointer<UnsafeRawBufferPointer>
    ) -> Bool {
        precondition(table.count == records.count * entryBytes, "there is a place for each record")
        for index in 0..<records.count {
            let offset = unsafe table.loadUnaligned(fromByteOffset: index &* entryBytes, as: UInt32.self)
            let length = unsafe table.loadUnaligned(fromByteOffset: index &* entryBytes &+ 4, as: UInt32.self)
            if length == TableEntry.tooLong { return false }
            let end = Int(offset) &+ Int(length)
            precondition(end <= bytes.count, "a record lies within its batch")
            unsafe records[index] = UnsafeRawBufferPointer(rebasing: bytes[Int(offset)..<end])
        }
        return true
    }
}

/// A record in the table of a slot.
package struct TableEntry: Equatable, Sendable {
    /// From the start of the batch's bytes.
    package let offset: UInt32
    /// Bytes, or `tooLong`.
    package let length: UInt32

    package static let tooLong = UInt32.max

    package init(offset: UInt32, length: UInt32) {
        self.offset = offset
        self.length = length
    }

    package var isTooLong: Bool { length == Self.tooLong }
}
