import PhashCore
import PhashTestKit
import Testing

@testable import PhashWire

/// What is said of records that were checked.
struct VerdictTests {
    private static let verdicts: [(Verdict, said: String)] =
        [
            (.matches, ": OK"), (.differs, ": FAILED"), (.noInput, ": FAILED (no input)"),
            (.noKey, ": FAILED (no key)"),
            (.otherKey, ": FAILED (another key)"), (.unknownAlgorithm, ": FAILED (unknown algorithm)"),
            (.unkeyed, ": FAILED (made without a key)"),
        ] + RecordErrorCode.allCases.map { (.noHash($0), ": FAILED (no hash: \($0.rawValue))") }

    private static func format(_ style: VerdictStyle = VerdictStyle()) -> RecordFormat {
        RecordFormat(maximumResultBytes: Verdict.resultBytes) {
            $0.shape = .verdict
            $0.verdicts = style
        }
    }

    /// What a writer makes of verdicts, in exactly the room that is reserved for them.
    private static func written(
        _ verdicts: [(Verdict, line: UInt64)], firstLine: UInt64, _ style: VerdictStyle = VerdictStyle()
    ) -> (text: String, tally: PartTally, malformed: [UInt64]) {
        let format = format(style)
        var results = ResultBuffer(maximumResultBytes: Verdict.resultBytes)
        for (verdict, line) in verdicts {
            unsafe results.append(count: 1, size: Verdict.resultBytes) { unsafe verdict.store(line: line, into: $0) }
        }
        var memory = [UInt8](repeating: 0, count: verdicts.count * format.worstBytesPerRecord)
        return unsafe memory.withUnsafeMutableBytes { memory in
            var writer = unsafe RecordWriter(format: format, memory: memory)
            let inputs = unsafe [UnsafeRawBufferPointer](repeating: .init(start: nil, count: 0), count: verdicts.count)
            let tally = unsafe inputs.withUnsafeBufferPointer { inputs in
                unsafe writer.writeResults(firstLine: firstLine, inputs: inputs, results: results)
            }
            let text = unsafe String(decoding: memory[..<writer.byteCount], as: UTF8.self)
            return (text, tally, writer.malformedLines)
        }
    }

    @Test func eachHasItsWords() {
        for (verdict, said) in Self.verdicts {
            #expect(Self.written([(verdict, 7)], firstLine: 7).text == "line 7\(said)\n")
        }
        let all = Self.written(Self.verdicts.map { ($0.0, .max) }, firstLine: .max - UInt64(Self.verdicts.count))
        #expect(all.text.split(separator: "\n").count == Self.verdicts.count)
        let lengths = Self.verdicts.map { Self.written([($0.0, 1)], firstLine: .max).text.utf8.count }
        #expect(lengths.max() == Verdict.longestLineBytes)
    }

    @Test func theyComeBackAsTheyWereStored() {
        for verdict in Self.verdicts.map(\.0) + [.malformed] {
            var bytes = [UInt8](repeating: 0xEE, count: Verdict.resultBytes)
            unsafe bytes.withUnsafeMutableBytes { unsafe verdict.store(line: 0x0102_0304_0506_0708, into: $0) }
            let loaded = unsafe bytes.withUnsafeBytes { unsafe Verdict.load($0) }
            #expect(loaded.0 == verdict && loaded.line == 0x0102_0304_0506_0708)
        }
    }

    @Test func eachIsCountedOnce() {
        let verdicts: [(Verdict, line: UInt64)] = [
            (.matches, 1), (.differs, 2), (.differs, 3), (.malformed, 99), (.noHash(.timeout), 5), (.noInput, 6),
            (.noKey, 7), (.otherKey, 8), (.unknownAlgorithm, 9), (.unkeyed, 10),
        ]
        let written = Self.written(verdicts, firstLine: 1)
        #expect(written.tally == PartTally(errors: 2, skipped: 1, unhashed: 6))
        #expect(!written.text.contains("line 4:") && written.malformed.isEmpty)
    }

    @Test func quietStatusAndWarn() {
        let verdicts: [(Verdict, line: UInt64)] = [(.matches, 1), (.malformed, 0), (.differs, 3), (.malformed, 0)]
        let quiet = Self.written(verdicts, firstLine: 1, VerdictStyle(hidesMatches: true))
        #expect(quiet.text == "line 3: FAILED\n")
        let silent = Self.written(verdicts, firstLine: 1, VerdictStyle(isSilent: true))
        #expect(silent.text.isEmpty && silent.tally == quiet.tally && silent.tally.errors == 1)
        let warning = Self.written(verdicts, firstLine: 1, VerdictStyle(namesMalformed: true))
        #expect(warning.text == "line 1: OK\nline 3: FAILED\n" && warning.malformed == [2, 4])
    }

    @Test func whatTheParentSaysOfARecordThatKillsIsALineToo() {
        for code in RecordErrorCode.allCases {
            let record = WrittenRecord.failure(line: .max, input: [1, 2], code: code, message: "of no interest")
            #expect(
                writtenText(record, in: Self.format()) == "line \(UInt64.max): FAILED (\(code.rawValue))\n")
            #expect(writtenText(record, in: Self.format(VerdictStyle(isSilent: true))).isEmpty)
        }
    }

    /// However the lines are cut into batches and in whatever order they stand.
    @Test func theBalanceIsZeroExactlyIfEachLineIsThereOnce() {
        var generator = SeededGenerator(seed: 3)
        func balance(_ lines: [UInt64]) -> UInt64 {
            var sum = PartTally()
            var place: UInt64 = 1
            var rest = lines[...]
            while !rest.isEmpty {
                let batch = rest.prefix(Int.random(in: 1...7, using: &generator))
                sum += Self.written(batch.map { (.matches, $0) }, firstLine: place).tally
                place += UInt64(batch.count)
                rest = rest.dropFirst(batch.count)
            }
            return sum.lineBalance
        }
        for count in 1...60 as ClosedRange<UInt64> {
            var lines = Array(1...count).shuffled(using: &generator)
            #expect(balance(lines) == 0)
            lines[Int.random(in: lines.indices, using: &generator)] += 1
            #expect(balance(lines) != 0)
        }
        #expect(balance([2, 2]) != 0 && balance([1, 2, 3, 3, 5]) != 0 && balance([2, 3, 4]) != 0)
        // Two at once that would cancel out in a plain sum.
        #expect(balance([2, 1, 3, 3, 5, 5]) != 0 && balance([1, 4, 4, 1]) != 0)
    }

    @Test func theStyleTravelsToTheChild() throws {
        for bits in 0..<8 {
            let style = VerdictStyle(
                hidesMatches: bits & 1 != 0, isSilent: bits & 2 != 0, namesMalformed: bits & 4 != 0)
            var writer = ByteWriter()
            Self.format(style).encode(into: &writer)
            var reader = ByteReader(writer.bytes)
            #expect(RecordFormat(decoding: &reader) == Self.format(style))
        }
    }
}

/// Digests as the text that records hold.
struct HashTextTests {
    @Test func bothEncodingsAreWrittenAndToldApartByTheirLength() {
        var hashText = HashText(maximumDigestBytes: 64)
        for count in [16, 20, 28, 32, 48, 64] {
            let digest = (0..<count).map { UInt8($0 * 7 & 0xFF) }
            let texts = [RecordFormat.Encoding.hexadecimal, .base64].map { encoding in
                unsafe digest.withUnsafeBytes { digest in
                    unsafe Array(hashText.text(of: digest, in: encoding))
                }
            }
            #expect(texts[0] == ByteReference.hexadecimal(digest) && StrictBase64.bytes(of: texts[1]) == digest)
            #expect(HashText.encoding(textBytes: texts[0].count, digestBytes: count) == .hexadecimal)
            #expect(HashText.encoding(textBytes: texts[1].count, digestBytes: count) == .base64)
            #expect(HashText.encoding(textBytes: texts[0].count - 1, digestBytes: count) == nil)
            #expect(HashText.encoding(textBytes: 0, digestBytes: count) == nil)
        }
    }
}
