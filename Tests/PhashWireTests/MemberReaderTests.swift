import Foundation
import PhashCore
import PhashTestKit
import Testing

@testable import PhashWire

/// From records to what is written for them.
struct MemberReaderTests {
    private static func hash(_ text: String, bytes: Int = 20) -> String {
        referenceHexadecimal(standInDigest(text.utf8, count: bytes))
    }

    @Test func onlyTheStringIsReplaced() throws {
        var rewriter = try Rewriter("/user/email")
        let record =
            " {\"n\" : 1.0000000000000000001e400,\t\"user\":{\"email\":\"%\",\"x\":\"\\u00e9\\/\"}, \"é\":[] } "
        let lines = rewriter.lines([record.replacingOccurrences(of: "%", with: "alice@example.com")])
        #expect(lines == [record.replacingOccurrences(of: "%", with: Self.hash("alice@example.com"))])
    }

    @Test func escapesAreHashedDecoded() throws {
        var rewriter = try Rewriter("/a")
        let lines = rewriter.lines([#"{"a":"\u0061lice\n"}"#, #"{"a":"alice\u000A"}"#, #"{"a":"plain"}"#, #"{"a":""}"#])
        let alice = "{\"a\":\"\(Self.hash("alice\n"))\"}"
        #expect(lines == [alice, alice, "{\"a\":\"\(Self.hash("plain"))\"}", "{\"a\":\"\(Self.hash(""))\"}"])
        #expect(rewriter.hashedBytes == 17)
    }

    @Test func aNameThatIsThereTwiceIsReplacedTwice() throws {
        var rewriter = try Rewriter("/a/b")
        let lines = rewriter.lines([#"{"a":{"b":"x","b":"\u0079"},"a":{"c":1,"b":"z"}}"#])
        let expected =
            "{\"a\":{\"b\":\"\(Self.hash("x"))\",\"b\":\"\(Self.hash("y"))\"},\"a\":{\"c\":1,\"b\":\"\(Self.hash("z"))\"}}"
        #expect(lines == [expected])
    }

    @Test func errorRecordsSayWhatIsWrongAndQuoteNothing() throws {
        var rewriter = try Rewriter("/a")
        let (output, tally) = rewriter.run(
            [
                #"{"b":"secret"}"#, #"{"a":["secret"]}"#, #"{"a":"secret}"#, #"{"a":"x\ud800secret"}"#, "secret",
                #"{"a":"\#("secret")","a":"","a":"","a":"","a":""}"#, "",
            ].map { Array($0.utf8) }, firstLine: 9)
        let expected = """
            {"line":9,"error":"field_missing","message":"no such member in the record, see --missing"}
            {"line":10,"error":"field_not_string","message":"the member is no string"}
            {"line":11,"error":"invalid_json","message":"the record ends too early, at byte 14"}
            {"line":12,"error":"invalid_json","message":"half a surrogate pair in the string that is to be hashed, at byte 8"}
            {"line":13,"error":"invalid_json","message":"no JSON object: '{' is expected, at byte 1"}
            {"line":14,"error":"invalid_json","message":"the pointer reaches more than 4 strings, at byte 40"}
            {"line":15,"error":"invalid_json","message":"no JSON object: '{' is expected, at byte 1"}

            """
        #expect(String(decoding: output, as: UTF8.self) == expected)
        #expect(tally == PartTally(errors: 7))
    }

    @Test func whatIsMissingFailsOrIsSkippedOrPasses() throws {
        let records = [#"{"a":"x"}"#, #" {"b":"y"} "#, #"{"a":1}"#, "no", #"{"a":"z"}"#].map { Array($0.utf8) }
        let hashed = ["x", "z"].map { "{\"a\":\"\(Self.hash($0))\"}" }
        let cases: [(MemberReader.MissingMember, [String], PartTally)] = [
            (
                .fails,
                [#"{"line":2,"error":"field_missing","message":"no such member in the record, see --missing"}"#],
                PartTally(errors: 3)
            ),
            (.isSkipped, [], PartTally(errors: 2, skipped: 1)),
            (.isPassed, [#" {"b":"y"} "#], PartTally(errors: 2, unhashed: 1)),
        ]
        for (missing, second, expectedTally) in cases {
            var rewriter = try Rewriter("/a")
            rewriter.missing = missing
            let (output, tally) = rewriter.run(records)
            let lines = String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
            let others = [
                #"{"line":3,"error":"field_not_string","message":"the member is no string"}"#,
                #"{"line":4,"error":"invalid_json","message":"no JSON object: '{' is expected, at byte 1"}"#,
            ]
            #expect(lines == [hashed[0]] + second + others + [hashed[1]] && tally == expectedTally)
        }
    }

    @Test func allRecordsMayBeLeftOut() throws {
        var rewriter = try Rewriter("/a")
        rewriter.missing = .isSkipped
        let (output, tally) = rewriter.run(Array(repeating: Array("{}".utf8), count: 100))
        #expect(output.isEmpty && tally == PartTally(skipped: 100))
        #expect(RecordFormat.member(digestBytes: 20).mayLeaveOut)
        #expect(rewriter.run([]).output.isEmpty)
    }

    /// What was decoded for one record stays while those behind it are read, whatever becomes of them.
    @Test func batchesWithEscapesOfAnySizeAreRight() throws {
        var rewriter = try Rewriter("/a")
        // Longer than what is kept between batches, then shorter again.
        for size in [10, 400_000, 3, 100] {
            let texts = (0..<5).map { String(repeating: "\($0)é", count: size) }
            var records = texts.map { text in
                "{\"a\":\"" + text.replacingOccurrences(of: "é", with: "\\u00e9") + "\"}"
            }
            records.insert("{\"a\":\"\\u0041\",\"a\":\"\\n\\ud800\"}", at: 2)
            records.insert("{\"a\":\"\\n\\ud800\"}", at: 0)
            let lines = rewriter.lines(records)
            try #require(lines.count == 7)
            #expect(lines[0].contains("invalid_json") && lines[3].contains("invalid_json"))
            #expect([1, 2, 4, 5, 6].map { lines[$0] } == texts.map { "{\"a\":\"\(Self.hash($0))\"}" })
        }
    }

    @Test(arguments: [1, 20, 32, 64, 1000], [RecordFormat.Encoding.hexadecimal, .base64])
    func noRecordExceedsItsReservation(digestBytes: Int, encoding: RecordFormat.Encoding) throws {
        var rewriter = try Rewriter("/a")
        rewriter.digestBytes = digestBytes
        rewriter.encoding = encoding
        let records = [
            "", "x", "{}", "{\"a\":1}", "{\"a\":\"\"}", "{\"a\":\"\",\"a\":\"\",\"a\":\"\",\"a\":\"\"}",
            "{\"a\":\"\\ud800\"}",
            "{\"a\":\"",
        ]
        // The writer traps where one exceeds the room.
        for record in records { _ = rewriter.run([Array(record.utf8)], firstLine: .max) }
        let format = RecordFormat.member(digestBytes: digestBytes, encoding: encoding)
        let four = rewriter.run([Array(records[5].utf8)]).output.count
        #expect(four == records[5].utf8.count + 4 * rewriter.encodedDigest([]).count + 1)
        #expect(digestBytes < 64 || four == records[5].utf8.count + format.worstBytesPerRecord)
        #expect(MemberResult.digestBytes(in: format) == digestBytes)
    }

    @Test func errorRecordsOfTheParentCarryNoInput() {
        let format = RecordFormat.member(digestBytes: 32)
        let record = WrittenRecord.failure(
            line: 3, input: Array("{\"a\":\"secret\"}".utf8), code: .workerCrashed, message: "its worker died")
        #expect(
            writtenText(record, in: format) == #"{"line":3,"error":"worker_crashed","message":"its worker died"}"#
                + "\n")
    }

    @Test func aFormatThatCouldShowTheInputIsNone() {
        var format = RecordFormat.member(digestBytes: 32)
        #expect(format.isValid)
        format.includesInput = true
        #expect(!format.isValid)
        format = .member(digestBytes: 32, encoding: .text)
        #expect(!format.isValid)
        format = .member(digestBytes: 32)
        format.tag = ",\"rounds\":1"
        #expect(!format.isValid)
    }

    @Test func theFormatTravels() throws {
        let format = RecordFormat.member(digestBytes: 48, encoding: .base64)
        var writer = ByteWriter()
        format.encode(into: &writer)
        var reader = ByteReader(writer.bytes)
        #expect(RecordFormat(decoding: &reader) == format)
    }

    /// Random objects and pointers, right and nearly right, against the reference, byte for byte.
    @Test(arguments: 0..<8 as Range<UInt64>)
    func randomRecordsAreAsTheReferenceSays(seed: UInt64) throws {
        var samples = JSONSamples(SeededGenerator(seed: seed))
        var kinds: Set<String> = []
        for _ in 0..<150 {
            let tokens = samples.tokens()
            var rewriter = try Rewriter(pointerText(tokens))
            rewriter.missing = .isPassed
            rewriter.encoding = seed % 2 == 0 ? .hexadecimal : .base64
            let records = (0..<20).map { _ in samples.record() }
            let output = rewriter.run(records).output
            var expected: [UInt8] = []
            for (index, record) in records.enumerated() {
                let tokens = tokens.map { Array($0.utf8) }
                switch MemberReference.outcome(of: record, at: tokens, maximumStrings: 4) {
                case .strings(let found):
                    kinds.insert(found.count == 1 ? "one" : "several")
                    expected += MemberReference.replacing(found, in: record, by: rewriter.encodedDigest) + [0x0A]
                case .missing: expected += record + [0x0A]
                case .notString, .invalid:
                    // Everything about it but the byte where it goes wrong.
                    let start = Array("{\"line\":\(index + 1),\"error\":\"".utf8)
                    try #require(output.dropFirst(expected.count).starts(with: start))
                    let end = try #require(output[expected.count...].firstIndex(of: 0x0A))
                    expected += output[expected.count...end]
                    kinds.insert("error")
                }
            }
            #expect(output == expected, "seed \(seed), \(tokens)")
        }
        #expect(kinds == ["one", "several", "error"])
    }
}

/// A pointer as RFC 6901 writes it.
func pointerText(_ tokens: [String]) -> String {
    tokens.map {
        "/" + $0.replacingOccurrences(of: "~", with: "~0").replacingOccurrences(of: "/", with: "~1")
    }.joined()
}
