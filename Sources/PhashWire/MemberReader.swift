/// Takes the strings out of records that a pointer reaches, has them hashed, and says what is to become of each record.
///
/// All strings of a batch are hashed at once. The memory is kept for the next batch: nothing is allocated for a record.
@safe
package final class MemberReader {
    /// What becomes of a record that has nothing at the pointer.
    package enum MissingMember: UInt8, Sendable {
        /// It becomes an error record.
        case fails
        /// It is left out.
        case isSkipped
        /// It stays as it is.
        case isPassed
    }

    /// What was found in a record: the kind, how many strings or which complaint, and where the complaint is.
    private struct Entry {
        var kind: MemberResult.Kind
        var detail: UInt8 = 0
        var offset: UInt32 = 0
    }

    private let scanner: MemberScanner
    private let missing: MissingMember
    private let digestBytes: Int
    private var entries: [Entry] = []
    /// Where the strings are in their records.
    private var places: [(start: UInt32, end: UInt32)] = []
    /// What is to be hashed: the strings where they lie, or their text without escapes.
    private var strings: [UnsafeRawBufferPointer] = unsafe []
    private var digests: [UInt8] = []
    private var sizes: [Int] = []
    /// The text of strings with escapes.
    private var decoded = unsafe UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var decodedBytes = 0

    /// Memory for text without escapes that is kept for the next batch, bytes.
    private static let keptDecodedBytes = 1 << 20

    /// - Parameter digestBytes: Length of a digest.
    package init(_ pointer: JSONPointer, missing: MissingMember, digestBytes: Int) {
        scanner = MemberScanner(pointer)
        self.missing = missing
        self.digestBytes = digestBytes
    }

    deinit { unsafe decoded.deallocate() }

    /// Appends one result for each of `records`.
    ///
    /// - Parameter hash: Writes the raw digests of the strings one after another into memory of exactly that size.
    package func run(
        _ records: RecordBatch, into results: inout ResultBuffer,
        hash: (_ strings: UnsafeBufferPointer<UnsafeRawBufferPointer>, _ digests: UnsafeMutableRawBufferPointer) -> Void
    ) {
        read(records)
        digests.removeAll(keepingCapacity: true)
        unsafe digests.append(contentsOf: repeatElement(0, count: strings.count * digestBytes))
        unsafe strings.withUnsafeBufferPointer { strings in
            unsafe digests.withUnsafeMutableBytes { digests in unsafe hash(strings, digests) }
        }
        writeResults(into: &results)
        if unsafe decoded.count > Self.keptDecodedBytes { reserveDecoded(0) }
    }

    // MARK: - Reading

    private func read(_ records: RecordBatch) {
        entries.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
        unsafe strings.removeAll(keepingCapacity: true)
        decodedBytes = 0
        for index in 0..<records.count {
            let record = unsafe records.messages[index]
            switch unsafe scanner.scan(record) {
            case .strings(let count): addStrings(count, of: index, in: records)
            case .missing:
                switch missing {
                case .fails: entries.append(Entry(kind: .missing))
                case .isSkipped: entries.append(Entry(kind: .skipped))
                case .isPassed: entries.append(Entry(kind: .passed))
                }
            case .notString: entries.append(Entry(kind: .notString))
            case .invalid(let complaint, let offset): addInvalid(complaint, offset: offset)
            }
        }
    }

    private func addInvalid(_ complaint: JSONComplaint, offset: Int) {
        entries.append(Entry(kind: .invalid, detail: complaint.rawValue, offset: UInt32(offset)))
    }

    /// Adds the strings that were found in record `index`.
    private func addStrings(_ count: Int, of index: Int, in records: RecordBatch) {
        let record = unsafe records.messages[index]
        let stringsBefore = unsafe strings.count
        for place in 0..<count {
            let target = unsafe scanner.targets[place]
            var contents = unsafe UnsafeRawBufferPointer(rebasing: record[target.start..<target.end])
            if target.hasEscapes {
                // Nothing is decoded yet in this batch, or there is room for all that is left of it.
                if decodedBytes == 0 { reserveDecoded(byteCount(of: records, from: index)) }
                let memory = unsafe decoded.baseAddress! + decodedBytes
                do throws(LoneSurrogate) {
                    let byteCount = unsafe try decodeJSONString(contents, into: memory)
                    unsafe contents = UnsafeRawBufferPointer(start: memory, count: byteCount)
                    decodedBytes += byteCount
                } catch {
                    unsafe strings.removeLast(strings.count - stringsBefore)
                    places.removeLast(places.count - stringsBefore)
                    return addInvalid(.loneSurrogate, offset: target.start + error.offset)
                }
            }
            unsafe strings.append(contents)
            places.append((UInt32(target.start), UInt32(target.end)))
        }
        entries.append(Entry(kind: .replaced, detail: UInt8(count)))
    }

    private func byteCount(of records: RecordBatch, from first: Int) -> Int {
        (first..<records.count).reduce(0) { unsafe $0 + records.messages[$1].count }
    }

    private func reserveDecoded(_ byteCount: Int) {
        if unsafe decoded.count >= byteCount && byteCount > 0 { return }
        unsafe decoded.deallocate()
        unsafe decoded = byteCount > 0 ? .allocate(byteCount: byteCount, alignment: 8) : .init(start: nil, count: 0)
    }

    // MARK: - Results

    private func writeResults(into results: inout ResultBuffer) {
        sizes.removeAll(keepingCapacity: true)
        for entry in entries {
            switch entry.kind {
            case .replaced:
                let count = Int(entry.detail)
                sizes.append(MemberResult.headerBytes(strings: count) + count * digestBytes)
            case .passed, .skipped, .missing, .notString: sizes.append(1)
            case .invalid: sizes.append(MemberResult.invalidBytes)
            }
        }
        unsafe results.append(sizes: sizes) { memory in
            var output = unsafe OutputMemory(memory)
            var string = 0
            for entry in entries {
                output.append(entry.kind.rawValue)
                switch entry.kind {
                case .replaced:
                    output.append(entry.detail)
                    let next = string + Int(entry.detail)
                    for place in places[string..<next] {
                        output.append(word: place.start)
                        output.append(word: place.end)
                    }
                    unsafe digests.withUnsafeBytes {
                        unsafe output.append(.init(rebasing: $0[string * digestBytes..<next * digestBytes]))
                    }
                    string = next
                case .invalid:
                    output.append(entry.detail)
                    output.append(word: entry.offset)
                case .passed, .skipped, .missing, .notString: break
                }
            }
        }
    }
}
