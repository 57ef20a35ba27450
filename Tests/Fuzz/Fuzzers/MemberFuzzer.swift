import PhashCore
import PhashTestKit

@testable import PhashWire

/// Whatever the records and the pointer: each record becomes what a parser that builds the whole tree says of it, byte for
/// byte; nothing is read beyond a record and nothing written beyond the room that is reserved for it.
enum MemberFuzzer {
    @Sendable
    static func run(_ bytes: [UInt8]) {
        var input = FuzzInput(bytes)
        let pointer = pointer(&input)
        let kind = input.byte()
        let missing = [MemberReader.MissingMember.fails, .isSkipped, .isPassed, .fails][Int(kind & 3)]
        // Records end in NUL, which no JSON holds, so that a dictionary's words can be put together.
        let records = input.rest().split(separator: 0, omittingEmptySubsequences: false).prefix(8).map(Array.init)
        checkStrict(records)
        let format = format(kind)
        let output = written(records, at: pointer, missing, in: format)
        var rest = output.bytes[...]
        var tally = PartTally()
        for (index, record) in records.enumerated() {
            let outcome = MemberReference.outcome(
                of: record, at: pointer.tokens, maximumStrings: MemberScanner.maximumTargets)
            switch (outcome, missing) {
            case (.strings(let found), _):
                let expected = MemberReference.replacing(found, in: record) { encoded($0, in: format) }
                take(line(expected, in: format), from: &rest)
            case (.missing, .isPassed):
                take(line(record, in: format), from: &rest)
                tally.unhashed += 1
            case (.missing, .isSkipped): tally.skipped += 1
            case (.missing, .fails): takeError(index + 1, .fieldMissing, from: &rest, &tally)
            case (.notString, _): takeError(index + 1, .fieldNotString, from: &rest, &tally)
            case (.invalid, _): takeError(index + 1, .invalidJSON, from: &rest, &tally)
            }
        }
        expect(rest.isEmpty, "more than was expected: \(rest)")
        expect(output.tally == tally, "\(output.tally) instead of \(tally)")
    }

    private static func pointer(_ input: inout FuzzInput) -> JSONPointer {
        let text = "/" + String(decoding: input.bytes(input.number(in: 0...20)), as: UTF8.self)
        return (try? JSONPointer(text)) ?? (try! JSONPointer("/a"))
    }

    private static func format(_ kind: UInt8) -> RecordFormat {
        var format = RecordFormat(maximumResultBytes: MemberResult.maximumBytes(digestBytes: kind & 8 == 0 ? 4 : 20))
        format.shape = .member
        format.includesInput = false
        format.encoding = kind & 4 == 0 ? .hexadecimal : .base64
        format.joinsLines = kind & 16 != 0
        return format
    }

    /// A record as it comes out: where lines are joined, newlines have become spaces.
    private static func line(_ record: [UInt8], in format: RecordFormat) -> [UInt8] {
        record.map { format.joinsLines && $0 == 0x0A ? 0x20 : $0 } + [0x0A]
    }

    /// The reference and the strict reader agree wherever the strict one takes a record.
    private static func checkStrict(_ records: [[UInt8]]) {
        for record in records {
            guard case .object? = try? StrictJSON.value(of: record) else { continue }
            let outcome = MemberReference.outcome(of: record, at: [[0x61]], maximumStrings: 4)
            expect(outcome != .invalid, "the reference refuses JSON: \(record)")
        }
    }

    private static func take(_ expected: [UInt8], from rest: inout ArraySlice<UInt8>) {
        expect(rest.starts(with: expected), "\(rest) does not begin with \(expected)")
        rest = rest.dropFirst(expected.count)
    }

    private static func takeError(
        _ line: Int, _ code: RecordErrorCode, from rest: inout ArraySlice<UInt8>, _ tally: inout PartTally
    ) {
        let end = rest.firstIndex(of: 0x0A) ?? rest.endIndex
        guard case .object(let members)? = try? StrictJSON.value(of: Array(rest[..<end]), allowsWhiteSpace: false),
            members.map(\.name) == ["line", "error", "message"], members[0].value == .number("\(line)"),
            members[1].value == .string(Array(code.rawValue.utf8))
        else { fatalError("finding: no error record \(code): \(rest)") }
        rest = rest[end...].dropFirst()
        tally.errors += 1
    }

    /// No digest, but bytes that depend on every byte of the text.
    private static func digest(_ text: some Sequence<UInt8>, in format: RecordFormat) -> [UInt8] {
        var state: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return (0..<MemberResult.digestBytes(in: format)).map { UInt8(truncatingIfNeeded: state >> (8 * ($0 % 8))) }
    }

    private static func encoded(_ text: [UInt8], in format: RecordFormat) -> [UInt8] {
        let raw = digest(text, in: format)
        if format.encoding == .hexadecimal { return ByteReference.hexadecimal(raw) }
        return RecordsFuzzer.bytes(room: base64ByteCount(of: raw.count) + 1, .bareBase64(raw.count)) { writer in
            unsafe raw.withUnsafeBytes { raw in
                unsafe writer.writeResult(line: 1, input: .init(start: nil, count: 0), result: raw)
            }
        }.dropLast()
    }

    private static func written(
        _ records: [[UInt8]], at pointer: JSONPointer, _ missing: MemberReader.MissingMember, in format: RecordFormat
    ) -> (bytes: [UInt8], tally: PartTally) {
        // Each in memory of its own, so that the sanitizer sees what is read beyond it.
        let inputs = unsafe records.map { record in
            let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: record.count, alignment: 1)
            unsafe memory.copyBytes(from: record)
            return UnsafeRawBufferPointer(memory)
        }
        defer { for index in records.indices { unsafe inputs[index].deallocate() } }
        let room = records.reduce(0) { $0 + $1.count * format.worstBytesPerInputByte + format.worstBytesPerRecord }
        var results = ResultBuffer(maximumResultBytes: format.maximumResultBytes)
        var tally = PartTally()
        let reader = MemberReader(pointer, missing: missing, digestBytes: MemberResult.digestBytes(in: format))
        let bytes = unsafe inputs.withUnsafeBufferPointer { inputs in
            unsafe reader.run(RecordBatch(messages: inputs), into: &results) { strings, digests in
                let all = (0..<strings.count).flatMap { unsafe digest(strings[$0], in: format) }
                unsafe digests.copyBytes(from: all)
            }
            return RecordsFuzzer.bytes(room: room, format) { writer in
                unsafe tally = writer.writeResults(firstLine: 1, inputs: inputs, results: results)
            }
        }
        return (bytes, tally)
    }
}

extension RecordFormat {
    /// Bare results of that many bytes in base64.
    fileprivate static func bareBase64(_ byteCount: Int) -> RecordFormat {
        var format = RecordFormat(maximumResultBytes: byteCount)
        format.shape = .bare
        format.encoding = .base64
        return format
    }
}
