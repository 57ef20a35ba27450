import Foundation
import PhashCore
import PhashWire
import Testing

struct RecordWriterTests {
    static let digest: [UInt8] = [0x9B, 0x71, 0xD2, 0x00, 0xFF]
    static let tag = ",\"algorithm\":\"sha512\",\"rounds\":1000000"

    struct Golden: Sendable {
        let format: RecordFormat
        let record: WrittenRecord
        let expected: String
    }

    static let plain = RecordFormat(maximumResultBytes: 64)
    static let failure = WrittenRecord.failure(
        line: 3, input: Array("a\"b".utf8), code: .timeout, message: "no result within 5 s, tried 1 time")

    static let goldens: [Golden] = [
        .init(
            format: plain, record: .result(line: 1, input: Array("hello".utf8), result: digest),
            expected: "{\"line\":1,\"input\":\"hello\",\"hash\":\"9b71d200ff\"}\n"),
        .init(
            format: plain, record: .result(line: 2, input: [0xFF, 0xFE, 0x62, 0x61, 0x64], result: digest),
            expected: "{\"line\":2,\"input_base64\":\"//5iYWQ=\",\"hash\":\"9b71d200ff\"}\n"),
        .init(
            format: plain, record: failure,
            expected: "{\"line\":3,\"input\":\"a\\\"b\",\"error\":\"timeout\","
                + "\"message\":\"no result within 5 s, tried 1 time\"}\n"),
        .init(
            format: plain, record: .failure(line: 4, input: nil, code: .lineTooLong, message: "over 9 bytes"),
            expected: "{\"line\":4,\"error\":\"line_too_long\",\"message\":\"over 9 bytes\"}\n"),
        .init(
            format: plain, record: .failure(line: 5, input: [0x80], code: .workerCrashed, message: "\n\"\\é"),
            expected: "{\"line\":5,\"input_base64\":\"gA==\",\"error\":\"worker_crashed\","
                + "\"message\":\"\\n\\\"\\\\é\"}\n"),
        .init(
            format: plain, record: .result(line: .max, input: [], result: []),
            expected: "{\"line\":18446744073709551615,\"input\":\"\",\"hash\":\"\"}\n"),
        .init(
            format: .init(maximumResultBytes: 64) { $0.tag = tag },
            record: .result(line: 10, input: Array("x".utf8), result: digest),
            expected: "{\"line\":10,\"input\":\"x\"\(tag),\"hash\":\"9b71d200ff\"}\n"),
        .init(
            format: .init(maximumResultBytes: 64) { $0.tag = tag }, record: failure,
            expected: "{\"line\":3,\"input\":\"a\\\"b\"\(tag),\"error\":\"timeout\","
                + "\"message\":\"no result within 5 s, tried 1 time\"}\n"),
        .init(
            format: .init(maximumResultBytes: 64) {
                $0.includesInput = false
                $0.encoding = .base64
                $0.resultMember = "result_2"
            },
            record: .result(line: 0, input: Array("secret".utf8), result: digest),
            expected: "{\"line\":0,\"result_2\":\"m3HSAP8=\"}\n"),
        .init(
            format: .init(maximumResultBytes: 64) { $0.includesInput = false }, record: failure,
            expected: "{\"line\":3,\"error\":\"timeout\",\"message\":\"no result within 5 s, tried 1 time\"}\n"),
        .init(
            format: .init(maximumResultBytes: 64) { $0.encoding = .text },
            record: .result(line: 1, input: [], result: Array("tab\tquote\" é\u{2028}/\u{7F}".utf8) + [0xFF]),
            expected: "{\"line\":1,\"input\":\"\",\"hash\":\"tab\\tquote\\\" é\u{2028}/\u{7F}\u{FFFD}\"}\n"),
        .init(
            format: .init(maximumResultBytes: 64) { $0.shape = .bare },
            record: .result(line: 1, input: Array("hello".utf8), result: digest), expected: "9b71d200ff\n"),
        .init(
            format: .init(maximumResultBytes: 64) {
                $0.shape = .bare
                $0.encoding = .text
                $0.tag = tag
            },
            record: .result(line: 1, input: [], result: Array("two\nlines".utf8)), expected: "two\\nlines\n"),
        .init(format: .init(maximumResultBytes: 64) { $0.shape = .bare }, record: failure, expected: "\n"),
    ]

    @Test(arguments: goldens.indices)
    func goldenRecords(index: Int) {
        let golden = Self.goldens[index]
        #expect(writtenText(golden.record, in: golden.format) == golden.expected)
    }

    @Test func recordsFollowEachOther() {
        let records = (1...3).map { WrittenRecord.result(line: $0, input: [0x61], result: [UInt8($0)]) }
        let expected = (1...3).map { "{\"line\":\($0),\"input\":\"a\",\"hash\":\"0\($0)\"}\n" }.joined()
        #expect(String(decoding: written(records, in: Self.plain), as: UTF8.self) == expected)
    }

    /// What a child does with a batch is what writing its records one by one does, whatever the format.
    @Test(arguments: ReservationTests.formats.indices)
    func aBatchIsWrittenAsItsRecords(index: Int) {
        let format = ReservationTests.formats[index]
        let inputs =
            ["", "plain", "q\"uote", "é\n", String(repeating: "x", count: 70)].map { Array($0.utf8) } + [[0xFF]]
        let firstLine: UInt64 = 99_999_997
        var results = ResultBuffer(maximumResultBytes: format.maximumResultBytes)
        var expected: [WrittenRecord] = []
        for (place, input) in inputs.enumerated() {
            let result = [UInt8](repeating: UInt8(place), count: format.maximumResultBytes * place / inputs.count)
            results.append(result)
            expected.append(.result(line: firstLine + UInt64(place), input: input, result: result))
        }
        let bytes = written(expected, in: format)
        var memory = [UInt8](repeating: 0, count: bytes.count)
        let byteCount = unsafe memory.withUnsafeMutableBytes { memory in
            // The records lie one after another, as in a slot.
            let joined = inputs.flatMap { $0 }
            return unsafe joined.withUnsafeBytes { joined in
                var start = 0
                let records = unsafe inputs.map { input in
                    defer { start += input.count }
                    return unsafe UnsafeRawBufferPointer(rebasing: joined[start..<start + input.count])
                }
                var writer = unsafe RecordWriter(format: format, memory: memory)
                let tally = unsafe records.withUnsafeBufferPointer { records in
                    unsafe writer.writeResults(firstLine: firstLine, inputs: records, results: results)
                }
                #expect(tally == PartTally())
                return writer.byteCount
            }
        }
        #expect(byteCount == bytes.count && memory == bytes)
    }

    @Test func restartBeginsAtTheFrontOfOtherMemory() {
        var first = [UInt8](repeating: 0, count: 4)
        var second = [UInt8](repeating: 0, count: 4)
        let format = RecordFormat(maximumResultBytes: 1) { $0.shape = .bare }
        let byteCount = unsafe first.withUnsafeMutableBytes { first in
            var writer = unsafe RecordWriter(format: format, memory: first)
            writer.write(.result(line: 1, input: [], result: [0xAB]))
            return unsafe second.withUnsafeMutableBytes { second in
                unsafe writer.restart(in: second)
                writer.write(.result(line: 2, input: [], result: [0xCD]))
                return writer.byteCount
            }
        }
        #expect(byteCount == 3)
        #expect(first == Array("ab\n\0".utf8))
        #expect(second == Array("cd\n\0".utf8))
    }

    @Test(arguments: [0, 1, 9, 10, 11, 99, 100, 12_345, 999_999_999, 1 << 63, .max - 1, .max] as [UInt64])
    func lineNumbersAreDecimal(line: UInt64) {
        let text = writtenText(.result(line: line, input: [], result: []), in: Self.plain)
        #expect(text == "{\"line\":\(line),\"input\":\"\",\"hash\":\"\"}\n")
    }

    /// RFC 4648 section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func base64Vectors(text: String, expected: String) {
        let format = RecordFormat(maximumResultBytes: 6) {
            $0.shape = .bare
            $0.encoding = .base64
        }
        #expect(writtenText(.result(line: 1, input: [], result: Array(text.utf8)), in: format) == expected + "\n")
    }

    @Test func resultsOfEveryLengthAndByte() {
        for length in 0...260 {
            let result = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ length) }
            let record = WrittenRecord.result(line: 1, input: [], result: result)
            var format = RecordFormat(maximumResultBytes: length) { $0.shape = .bare }
            #expect(writtenText(record, in: format) == referenceHexadecimal(result) + "\n")
            format.encoding = .base64
            #expect(writtenText(record, in: format) == Data(result).base64EncodedString() + "\n")
        }
    }

    @Test func longMessagesAreCutBetweenCharacters() {
        let limit = RecordErrorCode.maximumMessageBytes
        for character in ["a", "é", "€", "𐍈"] {
            for length in (limit / 4 - 2)...(limit + 3) {
                let message = "m" + String(repeating: character, count: length)
                let record = WrittenRecord.failure(line: 1, input: nil, code: .timeout, message: message)
                // The longest start of whole characters that fits.
                var kept = message
                while kept.utf8.count > limit { kept.removeLast() }
                let expected = "{\"line\":1,\"error\":\"timeout\",\"message\":\"\(kept)\"}\n"
                #expect(writtenText(record, in: Self.plain) == expected)
            }
        }
    }

    /// Both parent and child write it, and it is never cut.
    @Test(arguments: [1, 1 << 20, Int.max])
    func theMessageOfALineThatIsTooLongNamesTheLimit(limit: Int) {
        let message = RecordErrorCode.lineTooLongMessage(maximumLineBytes: limit)
        #expect(message == "longer than \(limit) bytes, see --max-line")
        #expect(message.utf8.count <= RecordErrorCode.maximumMessageBytes)
    }

    @Test func outgrowingTheMemoryTraps() async {
        await #expect(processExitsWith: .failure) {
            let record = WrittenRecord.result(line: 1, input: Array("hello".utf8), result: [1, 2])
            let format = RecordFormat(maximumResultBytes: 2)
            _ = written([record], in: format, capacity: written(record, in: format).count - 1)
        }
    }

    @Test func aResultLongerThanAnnouncedTraps() async {
        await #expect(processExitsWith: .failure) {
            _ = written(.result(line: 1, input: [], result: [1, 2]), in: .init(maximumResultBytes: 1))
        }
    }

    @Test func anExactFitIsEnough() {
        for golden in Self.goldens {
            let expected = Array(golden.expected.utf8)
            #expect(written([golden.record], in: golden.format, capacity: expected.count) == expected)
        }
    }
}
