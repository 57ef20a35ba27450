/// What a line of phash's own output says, as `RecordReader` found it.
///
/// The bytes lie in the line itself or in the reader's memory: they are valid until the reader begins anew.
@safe
package struct ReadRecord {
    /// How the record ends.
    @safe
    package enum Outcome {
        /// The text of `hash`: whatever stands between its quotation marks.
        case hash(UnsafeRawBufferPointer)
        case error(RecordErrorCode)
    }

    /// What `line` says; at least 1.
    package let line: UInt64
    /// The record that was hashed, decoded; nil when it is not there.
    package let input: UnsafeRawBufferPointer?
    /// nil when the record is not tagged.
    package let tag: RecordTag?
    package let outcome: Outcome
}

/// The members that `--tag` adds: `algorithm`, `rounds` and, where there was a key with a name, `key_id`.
@safe
package struct RecordTag {
    /// The members as they are written, the first comma included: equal tags have equal text.
    package let text: UnsafeRawBufferPointer
    /// What `algorithm` says: letters, digits, `-` and `_`, all of them lower-case.
    package let algorithm: UnsafeRawBufferPointer
    /// 1...`Int.max`.
    package let rounds: Int
    /// What `key_id` says: letters, digits and `.`, `_`, `:` and `-`; nil when it is not there.
    package let keyIdentifier: UnsafeRawBufferPointer?
}

/// Reads what `RecordWriter` writes with the shape `.json`, and nothing else: a line is accepted exactly if writing what
/// was read would give the same bytes, except that it says nothing about the text of the hash.
///
/// So there is one form of each record: the members in their order, no white space, the shortest escapes, `input_base64`
/// only for what is not UTF-8. It goes through a line once, without recursion; nothing is allocated for a record.
@safe
package struct RecordReader {
    /// Where decoded strings go.
    private var memory: OwnedMemory
    private var output: OutputMemory

    /// Longest name of an algorithm, bytes.
    private static let longestAlgorithmName = 100
    /// Longest name of a key, bytes.
    private static let longestKeyIdentifier = 64
    /// What is kept of the memory for the next lines, bytes.
    private static let keptBytes = 1 << 20

    package init() {
        memory = OwnedMemory(byteCount: 0)
        output = unsafe OutputMemory(memory.bytes)
    }

    /// Makes room for lines of so many bytes together; what was read before is gone.
    package mutating func restart(lineBytes: Int) {
        precondition(lineBytes >= 0)
        let held = unsafe memory.bytes.count
        if held < lineBytes || (held > Self.keptBytes && lineBytes <= Self.keptBytes) {
            // Twice as much as before, so that it soon is enough.
            memory = OwnedMemory(byteCount: max(lineBytes, min(2 * held, Self.keptBytes)))
        }
        output = unsafe OutputMemory(memory.bytes, like: output)
    }

    /// What `line`, without its newline, says; nil when phash would not have written it.
    ///
    /// The lines read since `restart` have at most as many bytes as it was told.
    package mutating func read(_ line: UnsafeRawBufferPointer) -> ReadRecord? {
        var cursor = unsafe LineCursor(line)
        guard cursor.accept("{\"line\":"), let number = cursor.acceptNumber() else { return nil }
        var input: UnsafeRawBufferPointer?
        if cursor.accept(",\"input\":\"") {
            unsafe input = acceptText(&cursor)
            if unsafe input == nil { return nil }
        } else if cursor.accept(",\"input_base64\":\"") {
            unsafe input = acceptBase64(&cursor)
            if unsafe input == nil { return nil }
        }
        let tagStart = cursor.place
        var tag: RecordTag?
        if cursor.accept(",\"algorithm\":\"") {
            tag = acceptTag(&cursor, from: tagStart)
            if tag == nil { return nil }
        }
        if cursor.accept(",\"hash\":\"") {
            guard let hash = unsafe cursor.acceptRest(before: "\"}") else { return nil }
            return unsafe ReadRecord(line: number, input: input, tag: tag, outcome: .hash(hash))
        }
        guard cursor.accept(",\"error\":\""), let code = acceptError(&cursor),
            unsafe input == nil || code.canCarryInput
        else { return nil }
        return unsafe ReadRecord(line: number, input: input, tag: tag, outcome: .error(code))
    }

    private mutating func acceptTag(_ cursor: inout LineCursor, from start: Int) -> RecordTag? {
        guard let algorithm = unsafe cursor.acceptName(), algorithm.count <= Self.longestAlgorithmName,
            cursor.accept("\",\"rounds\":"), let rounds = cursor.acceptNumber(), let rounds = Int(exactly: rounds)
        else { return nil }
        var identifier: UnsafeRawBufferPointer?
        if cursor.accept(",\"key_id\":\"") {
            guard let name = unsafe cursor.acceptKeyIdentifier(), name.count <= Self.longestKeyIdentifier,
                cursor.accept("\"")
            else { return nil }
            unsafe identifier = name
        }
        return unsafe RecordTag(
            text: cursor.text(from: start), algorithm: algorithm, rounds: rounds, keyIdentifier: identifier)
    }

    /// The code, its message and the end of the record.
    private mutating func acceptError(_ cursor: inout LineCursor) -> RecordErrorCode? {
        guard let code = RecordErrorCode.allCases.first(where: { cursor.accept($0.rawValue) }),
            cursor.accept("\",\"message\":\"")
        else { return nil }
        let before = output.count
        guard let message = unsafe acceptText(&cursor), cursor.accept("}"), cursor.isAtEnd else { return nil }
        // The writer's own account of what fits.
        let charge = unsafe message.reduce(0) { sum, byte in
            let needsEscape = byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
            return sum + (needsEscape ? OutputMemory.worstEscapedBytesPerByte : 1)
        }
        // The text of a message is for people, and nobody asks for it.
        output.truncate(to: before)
        guard charge <= RecordErrorCode.maximumMessageBytes else { return nil }
        return code
    }

    // MARK: - Strings

    /// Decodes the contents of a string up to its quotation mark, which is taken too.
    private mutating func acceptText(_ cursor: inout LineCursor) -> UnsafeRawBufferPointer? {
        let before = output.count
        let start = unsafe output.claim(0)
        while true {
            cursor.place += unsafe output.appendPlainText(cursor.rest)
            guard let byte = cursor.next else { return nil }
            if byte == UInt8(ascii: "\"") {
                cursor.place += 1
                return unsafe UnsafeRawBufferPointer(start: start, count: output.count - before)
            }
            if byte == UInt8(ascii: "\\") {
                guard let escaped = cursor.acceptEscape() else { return nil }
                output.append(escaped)
            } else {
                guard let sequences = unsafe cursor.acceptNonASCII() else { return nil }
                unsafe output.append(sequences)
            }
        }
    }

    /// Decodes base64 up to the quotation mark, which is taken too; nil when what it stands for is UTF-8.
    private mutating func acceptBase64(_ cursor: inout LineCursor) -> UnsafeRawBufferPointer? {
        let before = output.count
        let start = unsafe output.claim(0)
        while cursor.next != UInt8(ascii: "\"") {
            guard let group = cursor.acceptBase64Group() else { return nil }
            for place in 0..<group.byteCount {
                output.append(UInt8(truncatingIfNeeded: group.bits >> UInt32(16 - 8 * place)))
            }
            if group.byteCount < 3 && cursor.next != UInt8(ascii: "\"") { return nil }
        }
        cursor.place += 1
        let bytes = unsafe UnsafeRawBufferPointer(start: start, count: output.count - before)
        return unsafe isUTF8(bytes) ? nil : bytes
    }
}

/// Whether `bytes` are UTF-8 as RFC 3629 defines it.
private func isUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var place = 0
    while place < bytes.count {
        if unsafe bytes[place] < 0x80 {
            place += 1
        } else {
            let sequence = unsafe UTF8Sequence(in: bytes, at: place)
            guard sequence.isWellFormed else { return false }
            place += sequence.byteCount
        }
    }
    return true
}
