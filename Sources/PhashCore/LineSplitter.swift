/// Finds the records in a stream of bytes that arrives in chunks of any size. Contract section 2.
///
/// Any way of cutting the stream into chunks gives the same records. The splitter keeps no bytes: it tells where the
/// records lie, and from where on the bytes are still needed.
package struct LineSplitter {
    private let delimiter: UInt8
    private let stripsCarriageReturn: Bool
    private let maximumLineBytes: Int
    /// Stream offset of the next byte to look at.
    private(set) var position: UInt64 = 0
    /// Stream offset of the record that is not complete yet.
    private var recordStart: UInt64 = 0
    /// Whether that record is known to be too long: its bytes are dropped until its delimiter.
    private var isSkipping = false
    /// Whether the last byte of the last chunk was a carriage return.
    private var endsInCarriageReturn = false
    private let search = ByteSearch()
    /// Where delimiters lie in the bytes that are looked at, so many at a time that both stay in the nearest cache.
    private var places = [UInt32](repeating: 0, count: blockBytes + ByteSearch.sparePlaces)

    private static let blockBytes = 4096

    /// - Parameter maximumLineBytes: 0 or more, and below 2^32 - 1.
    package init(delimiter: UInt8, stripsCarriageReturn: Bool, maximumLineBytes: Int) {
        precondition(maximumLineBytes >= 0 && maximumLineBytes < Int(RecordExtent.tooLong))
        self.delimiter = delimiter
        self.stripsCarriageReturn = stripsCarriageReturn
        self.maximumLineBytes = maximumLineBytes
    }

    /// Stream offset before which no byte is needed for the record that is not complete yet.
    package var keepFrom: UInt64 { isSkipping ? position : recordStart }

    /// Bytes seen of the record that is not complete yet, dropped ones included.
    package var incompleteBytes: Int { Int(position - recordStart) }

    /// Looks at the next bytes of the stream and appends the records that they complete.
    package mutating func split(_ chunk: RawSpan, into records: inout RecordQueue) {
        guard chunk.byteCount > 0 else { return }
        var start = 0
        while start < chunk.byteCount {
            let end = min(start + Self.blockBytes, chunk.byteCount)
            splitBlock(chunk.extracting(start..<end), into: &records)
            start = end
        }
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

    private mutating func splitBlock(_ block: RawSpan, into records: inout RecordQueue) {
        let count = search.find(delimiter, in: block, places: &places)
        var next = 0
        if stripsCarriageReturn {
            while next < count {
                completeRecord(at: Int(places[next]), of: block, into: &records)
                next += 1
            }
        } else if count > 0 {
            // The first may end a record that is being skipped.
            completeRecord(at: Int(places[0]), of: block, into: &records)
            next = 1
            while next < count {
                var start = recordStart
                next += records.append(
                    from: &start, ends: places.span.extracting(next..<count), base: position,
                    maximumLineBytes: maximumLineBytes)
                recordStart = start
                guard next < count else { break }
                completeRecord(at: Int(places[next]), of: block, into: &records)
                next += 1
            }
        }
        position += UInt64(block.byteCount)
        endsInCarriageReturn =
            unsafe block.unsafeLoad(fromUncheckedByteOffset: block.byteCount - 1, as: UInt8.self) == 0x0D
    }

    private mutating func completeRecord(at index: Int, of block: RawSpan, into records: inout RecordQueue) {
        let end = position + UInt64(index)
        if !isSkipping {
            var contentEnd = end
            if stripsCarriageReturn && end > recordStart {
                let previousIsReturn =
                    index > 0
                    ? unsafe block.unsafeLoad(fromByteOffset: index - 1, as: UInt8.self) == 0x0D
                    : endsInCarriageReturn
                if previousIsReturn { contentEnd -= 1 }
            }
            append(start: recordStart, end: contentEnd, following: end + 1, into: &records)
        }
        isSkipping = false
        recordStart = end + 1
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
