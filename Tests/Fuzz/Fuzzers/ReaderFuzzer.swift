import PhashTestKit

@testable import PhashWire

/// A line is read exactly if writing what was read gives the same bytes, and what is read is what a strict reader of JSON
/// finds.
///
/// The first byte says what the rest is: a line as it is, or what a writer is to write, with or without a change of a byte.
enum ReaderFuzzer {
    @Sendable
    static func run(_ bytes: [UInt8]) {
        var input = FuzzInput(bytes)
        let kind = input.byte()
        if kind & 1 == 0 {
            check(line: input.rest())
        } else {
            var line = writtenLine(&input)
            expect(check(line: line), "a record that was written is not read: \(line)")
            guard kind & 2 != 0, !line.isEmpty else { return }
            line[Int(input.integer(UInt16.self)) % line.count] = input.byte()
            check(line: line)
        }
    }

    /// Whether a line is read; what is read of it has to be right.
    @discardableResult
    private static func check(line: [UInt8]) -> Bool {
        var reader = RecordReader()
        reader.restart(lineBytes: line.count)
        return unsafe line.withUnsafeBytes { bytes in
            guard let record = unsafe reader.read(bytes) else { return false }
            checkAgain(record, line)
            checkJSON(record, line)
            return true
        }
    }

    /// Writes what was read.
    private static func checkAgain(_ record: ReadRecord, _ line: [UInt8]) {
        var format = RecordFormat(maximumResultBytes: 0)
        format.encoding = .text
        format.includesInput = unsafe record.input != nil
        format.tag = record.tag.map { unsafe String(decoding: $0.text, as: UTF8.self) } ?? ""
        let input = unsafe record.input ?? UnsafeRawBufferPointer(start: nil, count: 0)
        let room = format.worstBytesPerInputByte * input.count + format.worstBytesPerRecord
        let written = RecordsFuzzer.bytes(room: room, format) { writer in
            switch record.outcome {
            case .hash:
                unsafe writer.writeResult(line: record.line, input: input, result: .init(start: nil, count: 0))
            case .error(let code):
                unsafe writer.writeError(
                    line: record.line, input: record.input, code: code, message: message(of: line))
            }
        }
        var expected = written.dropLast()
        if case .hash(let text) = record.outcome {
            // The text of the hash is taken as it is: it stands between the last quotation mark and the one before.
            unsafe expected.insert(contentsOf: text, at: expected.count - 2)
        }
        expect(Array(expected) == line, "read otherwise than it is written: \(line)")
    }

    /// The message of an error record, which a reader does not keep.
    private static func message(of line: [UInt8]) -> String {
        guard case .object(let members)? = try? StrictJSON.value(of: line, allowsWhiteSpace: false),
            case .string(let text)? = members.last?.value
        else { fatalError("finding: an error record that is no object: \(line)") }
        return String(decoding: text, as: UTF8.self)
    }

    /// Compares what was read with what a strict reader of JSON finds.
    private static func checkJSON(_ record: ReadRecord, _ line: [UInt8]) {
        // Whatever stands in place of the hash may end the string.
        if case .hash(let text) = record.outcome, unsafe !text.allSatisfy(ByteReference.isPlain) { return }
        guard case .object(let members)? = try? StrictJSON.value(of: line, allowsWhiteSpace: false) else {
            fatalError("finding: no JSON: \(line)")
        }
        var expected = [JSONMember("line", .number("\(record.line)"))]
        if let input = unsafe record.input {
            let bytes = unsafe Array(input)
            let isText = String(validating: bytes, as: UTF8.self) != nil
            if isText {
                expected.append(JSONMember("input", .string(bytes)))
            } else {
                guard case .string(let text)? = members.first(where: { $0.name == "input_base64" })?.value else {
                    fatalError("finding: bytes that are no text are not in base64: \(line)")
                }
                expect(StrictBase64.bytes(of: text) == bytes, "other bytes: \(line)")
                expected.append(JSONMember("input_base64", .string(text)))
            }
        }
        if let tag = record.tag {
            expected.append(JSONMember("algorithm", .string(unsafe Array(tag.algorithm))))
            expected.append(JSONMember("rounds", .number("\(tag.rounds)")))
            if let identifier = unsafe tag.keyIdentifier {
                expected.append(JSONMember("key_id", .string(unsafe Array(identifier))))
            }
        }
        switch record.outcome {
        case .hash(let text): expected.append(JSONMember("hash", .string(unsafe Array(text))))
        case .error(let code):
            expected.append(JSONMember("error", .string(Array(code.rawValue.utf8))))
            expected.append(JSONMember("message", .string(Array(message(of: line).utf8))))
        }
        expect(members == expected, "\(members) instead of \(expected)")
    }

    /// Any record that a writer may be asked for, without its newline.
    private static func writtenLine(_ fuzz: inout FuzzInput) -> [UInt8] {
        let kind = fuzz.byte()
        var format = RecordFormat(maximumResultBytes: 64)
        format.encoding = kind & 1 == 0 ? .hexadecimal : .base64
        format.includesInput = kind & 2 == 0
        if kind & 4 != 0 {
            let rounds = max(Int(truncatingIfNeeded: fuzz.integer(UInt64.self) >> 1), 1)
            format.tag =
                ",\"algorithm\":\"\(fuzz.choice(of: ["sha512-256", "md5", "hmac-sha1", "a_b"]))\",\"rounds\":\(rounds)"
        }
        if kind & 0x84 == 0x84 { format.tag += ",\"key_id\":\"K.1:_-\"" }
        let line = max(kind & 8 == 0 ? UInt64(fuzz.byte()) : fuzz.integer(UInt64.self), 1)
        let input = fuzz.bytes(fuzz.number(in: 0...300))
        let room = format.worstBytesPerInputByte * input.count + format.worstBytesPerRecord
        let written = RecordsFuzzer.bytes(room: room, format) { writer in
            unsafe input.withUnsafeBytes { input in
                if kind & 0x70 == 0x70 {
                    let code = fuzz.choice(of: RecordErrorCode.allCases)
                    let message = String(decoding: fuzz.bytes(fuzz.number(in: 0...200)), as: UTF8.self)
                    unsafe writer.writeError(
                        line: line, input: code.canCarryInput ? input : nil, code: code, message: message)
                } else {
                    let digest = fuzz.bytes(fuzz.number(in: 0...64))
                    unsafe digest.withUnsafeBytes { digest in
                        unsafe writer.writeResult(line: line, input: input, result: digest)
                    }
                }
            }
        }
        return written.dropLast()
    }
}
