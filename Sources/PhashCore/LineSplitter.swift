/// Finds the records in a stream of bytes that arrives in chunks of any size. Contract section 2.
///
/// Any way of cutting the stream into chunks gives the same records. The splitter keeps no bytes: it tells where the
/// records lie, and from where on the bytes are still needed.
package struct LineSplitter {
    private let delimiter: UInt8
    private let stripsCarriageReturn: Bool
    private let maximumLineBytes: Int
    /// Stream offset of the next byte to look at.
    private var position: UInt64 = 0
    /// Stream offset of the record that is not complete yet.
    private var recordStart: UInt64 = 0
    /// Whether that record is known to be too long: its bytes are dropped until its delimiter.
    private var isSkipping = false
    /// Whether the last byte of the last chunk was a carriage return.
    private var endsInCarriageReturn = false

    /// - Parameter maximumLineBytes: 0 or more, and below 2^32 - 1.
    package init(delimiter: UInt8, stripsCarriageReturn: Bool, maximumLineBytes: Int) {
        precondition(maximumLineBytes >= 0 && maximumLineBytes < Int(RecordExtent.tooLong))
        self.delimiter = delimiter
        self.stripsCarriageReturn = stripsCarriageReturn
        self.maximumLineBytes = maximumLineBytes
    }

    /// Stream offset before which no byte is needed for the record that is not complete yet.
    package var keepFrom: UInt64 { isSkipping ? position : recordStart }

    /// Bytes kept of the record that is not complete yet.
    package var partialBytes: Int { Int(position - keepFrom) }

    /// Looks at the next bytes of the stream and appends the records that they complete.
    package mutating func split(_ chunk: RawSpan, into records: inout RecordQueue) {
        let count = chunk.byteCount
        guard count > 0 else { return }
        let base = position
        var offset = 0
        // Eight bytes at a time: a byte of `matches` is 0x80 exactly where the delimiter stands.
        let pattern = UInt64(delimiter) &* 0x0101_0101_0101_0101
        let low7: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
        while offset &+ 8 <= count {
            let word = unsafe chunk.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self)
            let difference = UInt64(littleEndian: word) ^ pattern
            var matches = ~(((difference & low7) &+ low7) | difference | low7)
            while matches != 0 {
                let index = offset &+ (matches.trailingZeroBitCount &>> 3)
                completeRecord(at: index, of: chunk, base: base, into: &records)
                matches &= matches &- 1
            }
            offset &+= 8
        }
        while offset < count {
            let byte = unsafe chunk.unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
            if byte == delimiter { completeRecord(at: offset, of: chunk, base: base, into: &records) }
            offset &+= 1
        }
        position = base + UInt64(count)
        endsInCarriageReturn =
            unsafe chunk.unsafeLoad(fromUncheckedByteOffset: count - 1, as: UInt8.self) == 0x0D
        dropOverlongRecord(into: &records)
    }

    /// Ends the input: a last record without a delimiter counts.
    ///
    /// A carriage return at its end stays, since no delimiter follows it.
    package mutating func finish(into records: inout RecordQueue) {
        if !isSkipping && position > recordStart {
            append(start: recordStart, end: position, following: position, into: &records)
        }
        recordStart = position
        isSkipping = false
    }

    /// Forgets the record that is not complete yet, since nobody knows whether the rest of it will come.
    package mutating func discardPartialRecord() {
        recordStart = position
        isSkipping = false
    }

    @inline(__always)
    private mutating func completeRecord(
        at index: Int, of chunk: RawSpan, base: UInt64, into records: inout RecordQueue
    ) {
        let end = base &+ UInt64(index)
        if !isSkipping {
            var contentEnd = end
            if stripsCarriageReturn && end > recordStart {
                let previousIsReturn =
                    index > 0
                    ? unsafe chunk.unsafeLoad(fromUncheckedByteOffset: index - 1, as: UInt8.self) == 0x0D
                    : endsInCarriageReturn
                if previousIsReturn { contentEnd -= 1 }
            }
            append(start: recordStart, end: contentEnd, following: end &+ 1, into: &records)
        }
        isSkipping = false
        recordStart = end &+ 1
    }

    private func append(start: UInt64, end: UInt64, following: UInt64, into records: inout RecordQueue) {
        if end - start > UInt64(maximumLineBytes) {
            records.append(RecordExtent(offset: following, length: RecordExtent.tooLong))
        } else {
            records.append(RecordExtent(offset: start, length: UInt32(truncatingIfNeeded: end - start)))
        }
    }

    /// Reports a record as too long as soon as that is certain, so that a line without end takes bounded memory.
    private mutating func dropOverlongRecord(into records: inout RecordQueue) {
        // With `--crlf` the last byte may yet turn out to be part of the delimiter.
        let allowed = maximumLineBytes + (stripsCarriageReturn && endsInCarriageReturn ? 1 : 0)
        guard !isSkipping && Int(position - recordStart) > allowed else { return }
        records.append(RecordExtent(offset: position, length: RecordExtent.tooLong))
        isSkipping = true
    }
}
