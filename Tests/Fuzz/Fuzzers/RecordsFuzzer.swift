import PhashTestKit

@testable import PhashWire

/// Whatever the records and the format, each record is one line that a strict reader takes, fits the room that is reserved
/// for it, and gives back what was put in.
enum RecordsFuzzer {
    @Sendable
    static func run(_ bytes: [UInt8]) {
        var input = FuzzInput(bytes)
        let format = RecordFormat(&input)
        let firstLine = input.bit() ? input.integer(UInt64.self) : UInt64(input.byte())
        var records: [WrittenRecord] = []
        while !input.isAtEnd && records.count < 20 {
            // The last number there is comes only once: phash does not count further.
            let (line, overflow) = firstLine.addingReportingOverflow(UInt64(records.count))
            if overflow { break }
            records.append(WrittenRecord(&input, line: line, in: format))
        }
        let texts = records.map { $0.written(in: format) }
        for (record, text) in zip(records, texts) { record.check(text, in: format) }
        checkTogether(records, texts, in: format)
    }

    /// A batch is written as its records are one by one.
    private static func checkTogether(_ records: [WrittenRecord], _ texts: [[UInt8]], in format: RecordFormat) {
        guard let first = records.first, records.allSatisfy({ $0.failure == nil }) else { return }
        var results = ResultBuffer(maximumResultBytes: format.maximumResultBytes)
        for record in records { results.append(record.result) }
        let joined = records.flatMap { $0.input ?? [] }
        let room = format.worstBytesPerInputByte * joined.count + format.worstBytesPerRecord * records.count
        let written = unsafe joined.withUnsafeBytes { joined in
            var start = 0
            let inputs = unsafe records.map { record in
                let count = record.input?.count ?? 0
                defer { start += count }
                return unsafe UnsafeRawBufferPointer(rebasing: joined[start..<start + count])
            }
            return bytes(room: room, format) { writer in
                unsafe inputs.withUnsafeBufferPointer { inputs in
                    _ = unsafe writer.writeResults(firstLine: first.line, inputs: inputs, results: results)
                }
            }
        }
        expect(written == texts.flatMap { $0 }, "records together are others than one by one")
    }

    /// What `body` writes into memory of exactly `room` bytes.
    static func bytes(room: Int, _ format: RecordFormat, _ body: (inout RecordWriter) -> Void) -> [UInt8] {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: room, alignment: 1)
        defer { unsafe memory.deallocate() }
        var writer = unsafe RecordWriter(format: format, memory: memory)
        body(&writer)
        return unsafe Array(memory[..<writer.byteCount])
    }
}

extension RecordFormat {
    /// Any format that a program may ask for.
    fileprivate init(_ input: inout FuzzInput) {
        self.init(maximumResultBytes: input.number(in: 0...100))
        let kind = input.byte()
        shape = kind & 7 == 7 ? .bare : .json
        encoding = [.hexadecimal, .base64, .text, .hexadecimal][Int(kind >> 3 & 3)]
        includesInput = kind & 32 == 0
        resultMember = kind & 64 == 0 ? "hash" : "Result_2"
        if kind & 128 != 0 { tag = #","algorithm":"sha512-256","rounds":9223372036854775807"# }
        expect(isValid, "\(self) is no format")
    }

    /// The members of the tag.
    fileprivate var tagMembers: [JSONMember] {
        tag.isEmpty
            ? []
            : [
                JSONMember("algorithm", .string(Array("sha512-256".utf8))),
                JSONMember("rounds", .number("9223372036854775807")),
            ]
    }
}

/// What a writer is asked to write.
private struct WrittenRecord {
    var line: UInt64
    /// nil for a line that was too long.
    var input: [UInt8]?
    var result: [UInt8] = []
    var failure: (code: RecordErrorCode, message: String)?

    init(_ fuzz: inout FuzzInput, line: UInt64, in format: RecordFormat) {
        self.line = line
        let kind = fuzz.byte()
        let count = kind & 1 == 0 ? fuzz.number(in: 0...40) : fuzz.number(in: 0...2_000)
        let bytes = fuzz.bytes(count)
        input = bytes
        if kind & 0xF0 == 0xF0 {
            let message = String(decoding: fuzz.bytes(fuzz.number(in: 0...200)), as: UTF8.self)
            failure = (fuzz.choice(of: RecordErrorCode.allCases), message)
            if kind & 8 != 0 { input = nil }
        } else {
            result = fuzz.bytes(fuzz.number(in: 0...format.maximumResultBytes))
        }
    }

    func written(in format: RecordFormat) -> [UInt8] {
        let room = format.worstBytesPerInputByte * (input?.count ?? 0) + format.worstBytesPerRecord
        return RecordsFuzzer.bytes(room: room, format) { writer in
            unsafe (input ?? []).withUnsafeBytes { bytes in
                if let failure {
                    unsafe writer.writeError(
                        line: line, input: input == nil ? nil : bytes, code: failure.code, message: failure.message)
                } else {
                    unsafe result.withUnsafeBytes { result in
                        unsafe writer.writeResult(line: line, input: bytes, result: result)
                    }
                }
            }
        }
    }

    // MARK: - What it has to be

    func check(_ text: [UInt8], in format: RecordFormat) {
        expect(text.last == 0x0A && text.firstIndex(of: 0x0A) == text.count - 1, "not one line: \(text)")
        let line = Array(text.dropLast())
        switch format.shape {
        case .bare: checkBare(line, in: format)
        case .verdict: fatalError("finding: verdicts are no records")
        case .json: checkJSON(line, in: format)
        case .member: fatalError("finding: a shape that was not asked for")
        }
    }

    private func checkBare(_ line: [UInt8], in format: RecordFormat) {
        if failure != nil { return expect(line.isEmpty, "an error that is not an empty line") }
        guard format.encoding == .text else { return checkResult(line, in: format) }
        guard case .string(let contents)? = try? StrictJSON.value(of: [0x22] + line + [0x22]) else {
            fatalError("finding: not the contents of a string: \(line)")
        }
        checkResult(contents, in: format)
    }

    private func checkJSON(_ line: [UInt8], in format: RecordFormat) {
        let members: [JSONMember]
        do throws(JSONFault) {
            guard case .object(let found) = try StrictJSON.value(of: line, allowsWhiteSpace: false) else {
                fatalError("finding: no object: \(line)")
            }
            members = found
        } catch {
            fatalError("finding: \(error) in \(line)")
        }
        var expected = [JSONMember("line", .number("\(self.line)"))]
        var inputName: String?
        if format.includesInput, let input {
            let isText = String(validating: input, as: UTF8.self) != nil
            let name = isText ? "input" : "input_base64"
            inputName = name
            let value = members.first { $0.name == name }?.value
            guard case .string(let contents)? = value else { fatalError("finding: no \(name) in \(members)") }
            expect((isText ? contents : StrictBase64.bytes(of: contents)) == input, "another \(name): \(members)")
            expected.append(JSONMember(name, .string(contents)))
        }
        expected += format.tagMembers
        if let failure {
            expected.append(JSONMember("error", .string(Array(failure.code.rawValue.utf8))))
            expected.append(JSONMember("message", .string(shortened(failure.message))))
        } else {
            guard case .string(let contents)? = members.last?.value else {
                fatalError("finding: no result: \(members)")
            }
            checkResult(contents, in: format)
            expected.append(JSONMember(format.resultMember, .string(contents)))
        }
        expect(members == expected, "\(members) instead of \(expected)")
        expect(line.count == shortestBytes(of: members), "longer or shorter than it has to be: \(line)")
        expect(!format.includesInput || input == nil || inputName != nil, "the input is not there")
    }

    private func checkResult(_ contents: [UInt8], in format: RecordFormat) {
        switch format.encoding {
        case .hexadecimal: expect(contents == ByteReference.hexadecimal(result), "another result: \(contents)")
        case .base64: expect(StrictBase64.bytes(of: contents) == result, "another result: \(contents)")
        case .text:
            let text = String(decoding: result, as: UTF8.self)
            expect(contents.elementsEqual(text.utf8), "another result: \(contents)")
        }
    }

    /// The first characters of a message, as many as may be written.
    private func shortened(_ message: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var room = RecordErrorCode.maximumMessageBytes
        for scalar in message.unicodeScalars {
            let character = Array(String(scalar).utf8)
            // What needs an escape is charged as the longest.
            let isEscaped = !ByteReference.isPlain(character[0]) && character.count == 1
            room -= isEscaped ? 6 : character.count
            if room < 0 { break }
            bytes += character
        }
        return bytes
    }

    /// Bytes that an object of strings and numbers takes without white space and with no escape that is not demanded.
    private func shortestBytes(of members: [JSONMember]) -> Int {
        let sizes = members.map { member in
            let name = member.name.utf8.count + 3
            switch member.value {
            case .string(let contents): return name + 2 + contents.reduce(0) { $0 + escapedBytes(of: $1) }
            case .number(let text): return name + text.utf8.count
            case .null, .boolean, .array, .object: fatalError("finding: a member of another kind: \(member)")
            }
        }
        // Braces, and commas between the members.
        return sizes.reduce(members.count + 1, +)
    }

    private func escapedBytes(of byte: UInt8) -> Int {
        switch byte {
        case 0x08, 0x09, 0x0A, 0x0C, 0x0D, UInt8(ascii: "\""), UInt8(ascii: "\\"): 2
        case 0x00..<0x20: 6
        default: 1
        }
    }
}
