import PhashTestKit
import Testing

@testable import PhashWire

/// RFC 8259: what is one JSON object and what is not. The lists follow those of JSONTestSuite.
struct MemberGrammarTests {
    /// Values, to be put into an object.
    static let values = [
        "null", "true", "false", "\"\"", "{}", "[]", "[ ]", "{ }", "[[]]", "[{}]", "{\"b\":{}}", "[1,2,3]", "[null]",
        // Numbers
        "0", "-0", "1", "-1", "10", "123456789012345678901234567890", "0.5", "-0.5", "1.0", "1.000", "0e0", "0E0",
        "1e5", "1E5", "1e+5", "1e-5", "1E+05", "1.5e10", "-1.5E-10", "1.0000000000000000001e400", "0.0000000001",
        "20e1", "123e65", "-237462374673276894279832749832423479823246327846", "1e999999999",
        // Strings
        #""\"\\\/\b\f\n\r\t""#, #""\u0000""#, #""\u00e9\u20AC""#, #""\ud83d\ude00""#, #""\uDFFF""#, #""\uD800x""#,
        #""\ud800\n""#, "\"é€😀\"", "\"\u{7F}\"", "\"/\"", #""a\\""#, #""\\\\""#, #""\\\"""#, "\"{[,:]}\"",
        "\"\u{2028}\u{2029}\u{FEFF}\"", "\"12345678\"", "\"123456789012345\"", "\"1234567890123456\"",
    ]

    @Test(arguments: values)
    func everyProductionIsTaken(value: String) throws {
        for record in [
            #"{"a":\#(value)}"#, #"{"b":\#(value)}"#, #"{"b":[\#(value)]}"#, #"{"b":[1,\#(value),2],"c":\#(value)}"#,
            " \t\r\n{ \t\r\n\"b\" \t\r\n: \t\r\n\(value) \t\r\n, \t\r\n\"c\" \t\r\n:[ \t\r\n\(value) \t\r\n] } \t\r\n",
        ] {
            #expect(try fault(in: record) == nil, "\(record)")
            let reference = MemberReference.outcome(of: Array(record.utf8), at: [[0x61]], maximumStrings: 4)
            #expect(reference != .invalid || value.contains("\\u"), "\(record)")
        }
    }

    /// Each with what is wrong and the offset where that shows.
    static let broken: [(String, JSONComplaint, Int)] = [
        ("", .noObject, 0), (" ", .noObject, 1), ("null", .noObject, 0), ("[]", .noObject, 0), ("\"a\"", .noObject, 0),
        ("1", .noObject, 0), ("a", .noObject, 0), ("}", .noObject, 0), ("]", .noObject, 0), ("[{}]", .noObject, 0),
        ("{", .unfinished, 1), ("{ ", .unfinished, 2), ("{\"", .unfinished, 2), ("{\"a", .unfinished, 3),
        ("{\"a\"", .unfinished, 4), ("{\"a\":", .unfinished, 5), ("{\"a\":1", .unfinished, 6),
        ("{\"a\":1,", .unfinished, 7), ("{\"a\":[", .unfinished, 6), ("{\"a\":[1", .unfinished, 7),
        ("{\"a\":[1,", .unfinished, 8), ("{\"a\":{", .unfinished, 6), ("{\"a\":\"\\", .unfinished, 7),
        ("{\"a\":\"\\u", .unfinished, 8), ("{\"a\":\"\\u00", .unfinished, 10), ("{\"a\":tru", .unfinished, 8),
        ("{\"a\":-", .unfinished, 6), ("{\"a\":1.", .unfinished, 7), ("{\"a\":1e", .unfinished, 7),
        ("{\"a\":1e+", .unfinished, 8), ("{\"a\":1}x", .trailing, 7), ("{} {}", .trailing, 3), ("{}}", .trailing, 2),
        ("{},", .trailing, 2), ("{}\u{0}", .trailing, 2), ("{}#", .trailing, 2), ("{}/**/", .trailing, 2),
        ("{,}", .noName, 1), ("{a:1}", .noName, 1), ("{'a':1}", .noName, 1), ("{1:1}", .noName, 1),
        ("{null:1}", .noName, 1), ("{\"a\":1,}", .noName, 7), ("{\"a\":1,,}", .noName, 7), ("{]", .noName, 1),
        ("{\"a\"}", .noColon, 4), ("{\"a\" 1}", .noColon, 5), ("{\"a\",\"b\":1}", .noColon, 4),
        ("{\"a\":}", .noValue, 5), ("{\"a\"::1}", .noValue, 5), ("{\"a\":,}", .noValue, 5),
        ("{\"a\":[,1]}", .noValue, 6), ("{\"a\":[1,]}", .noValue, 8), ("{\"a\":[1,,2]}", .noValue, 8),
        ("{\"a\":[}}", .noValue, 6), ("{\"a\":True}", .noValue, 5), ("{\"a\":trux}", .noValue, 8),
        ("{\"a\":nul}", .noValue, 8), ("{\"a\":NaN}", .noValue, 5), ("{\"a\":nan}", .noValue, 6),
        ("{\"a\":Infinity}", .noValue, 5), ("{\"a\":'x'}", .noValue, 5), ("{\"a\":undefined}", .noValue, 5),
        ("{\"a\":+1}", .noValue, 5), ("{\"a\":.5}", .noValue, 5), ("{\"a\":\u{B}1}", .noValue, 5),
        ("{\"a\":truex}", .noSeparatorInObject, 9), ("{\"a\":1 2}", .noSeparatorInObject, 7),
        ("{\"a\":\"x\" \"y\"}", .noSeparatorInObject, 9), ("{\"a\":1]", .noSeparatorInObject, 6),
        ("{\"a\":1:2}", .noSeparatorInObject, 6), ("{\"a\":01}", .noSeparatorInObject, 6),
        ("{\"a\":-01}", .noSeparatorInObject, 7), ("{\"a\":00}", .noSeparatorInObject, 6),
        ("{\"a\":0x1}", .noSeparatorInObject, 6), ("{\"a\":1.5.5}", .noSeparatorInObject, 8),
        ("{\"a\":1e5e5}", .noSeparatorInObject, 8), ("{\"a\":1_000}", .noSeparatorInObject, 6),
        ("{\"a\":1\u{A0}}", .noSeparatorInObject, 6), ("{\"a\":1\u{C}}", .noSeparatorInObject, 6),
        ("{\"a\":1;}", .noSeparatorInObject, 6), ("{\"a\":[1}", .noSeparatorInArray, 7),
        ("{\"a\":[1 2]}", .noSeparatorInArray, 8), ("{\"a\":[1:2]}", .noSeparatorInArray, 7),
        ("{\"a\":[\"b\":1]}", .noSeparatorInArray, 9), ("{\"a\":-}", .badNumber, 6), ("{\"a\":-a}", .badNumber, 6),
        ("{\"a\":--1}", .badNumber, 6), ("{\"a\":-.5}", .badNumber, 6), ("{\"a\":1.}", .badNumber, 7),
        ("{\"a\":1.e5}", .badNumber, 7), ("{\"a\":1e}", .badNumber, 7), ("{\"a\":1e+}", .badNumber, 8),
        ("{\"a\":1e+-1}", .badNumber, 8), ("{\"a\":1.-5}", .badNumber, 7), ("{\"a\":-Infinity}", .badNumber, 6),
        ("{\"a\":\"\\x\"}", .badEscape, 7), ("{\"a\":\"\\'\"}", .badEscape, 7), ("{\"a\":\"\\0\"}", .badEscape, 7),
        ("{\"a\":\"\\N\"}", .badEscape, 7), ("{\"a\":\"\\U0041\"}", .badEscape, 7),
        ("{\"a\":\"\\u00g0\"}", .badEscape, 10), ("{\"a\":\"\\u+041\"}", .badEscape, 8),
        ("{\"a\":\"\\u12\"}", .badEscape, 10), ("{\"a\":\"\\\u{0}\"}", .badEscape, 7),
        ("{\"a\":\"\\é\"}", .badEscape, 7), ("{\"\\x\":1}", .badEscape, 3),
        ("{\"a\":\"\u{0}\"}", .controlCharacter, 6), ("{\"a\":\"\n\"}", .controlCharacter, 6),
        ("{\"a\":\"x\t\"}", .controlCharacter, 7), ("{\"a\":\"\u{1F}\"}", .controlCharacter, 6),
        ("{\"a\":\"0123456789abcdef\r\"}", .controlCharacter, 22), ("{\"a\n\":1}", .controlCharacter, 3),
        ("{\"a\":\"\\n\n\"}", .controlCharacter, 8), ("\u{FEFF}{\"a\":1}", .noObject, 0),
        ("{\u{FEFF}\"a\":1}", .noName, 1), ("//\n{}", .noObject, 0), ("{/**/\"a\":1}", .noName, 1),
    ]

    @Test(arguments: broken.indices)
    func everythingElseIsRefusedWhereItGoesWrong(index: Int) throws {
        let (record, complaint, offset) = Self.broken[index]
        let found = try #require(try fault(in: record), "\(record)")
        #expect(found == (complaint, offset), "\(record)")
        #expect(MemberReference.outcome(of: Array(record.utf8), at: [[0x61]], maximumStrings: 4) == .invalid)
    }

    /// Every start of an object but the whole is unfinished, and names its own end.
    @Test func whatIsCutOffIsUnfinished() throws {
        let whole = Array(#"{"a":["é\u00e9\n",-1.5e+10,true,false,null,{"b":{}},[],""],"c" : "d"}"#.utf8)
        #expect(try fault(in: whole) == nil)
        for count in 1..<whole.count {
            let found = try #require(try fault(in: Array(whole[..<count])))
            #expect(found == (.unfinished, count))
        }
    }

    /// Every single byte outside of strings, where a structural one is expected and anywhere else.
    @Test func everyByteInEveryPlaceIsAsTheReferenceSays() throws {
        let whole = Array(#" {"a" :[ "x\n",-1.5e+1 ,tru"#.utf8) + Array(#"e],"b":{"c":null}} "#.utf8)
        let pointer = try JSONPointer("/b")
        for place in whole.indices {
            for byte in UInt8.min...UInt8.max {
                var record = whole
                record[place] = byte
                let expected = MemberReference.outcome(of: record, at: pointer.tokens, maximumStrings: 4)
                guard outcome(of: record, at: pointer) == expected else {
                    Issue.record("byte \(byte) at \(place): \(expected)")
                    return
                }
            }
        }
    }

    @Test(
        arguments: [[0x80], [0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xE9], [0xF4, 0x90, 0x80, 0x80]] as [[UInt8]])
    func bytesThatAreNoUTF8AreTakenInStringsOnly(bytes: [UInt8]) throws {
        let quoted = Array("{\"a\":\"".utf8) + bytes + Array("\"}".utf8)
        #expect(
            outcome(of: quoted, at: try JSONPointer("/a"))
                == .strings([.init(contents: 6..<6 + bytes.count, text: bytes)]))
        let bare = Array("{\"a\":".utf8) + bytes + Array("}".utf8)
        #expect(try fault(in: bare)! == (.noValue, 5))
    }

    @Test func nestingHasALimit() throws {
        // The record itself is a level.
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            func record(_ levels: Int) -> String {
                "{\"b\":" + String(repeating: open, count: levels - 1) + "1"
                    + String(repeating: close, count: levels - 1) + "}"
            }
            #expect(try fault(in: record(MemberScanner.maximumDepth)) == nil)
            let found = try #require(try fault(in: record(MemberScanner.maximumDepth + 1)))
            #expect(found == (.tooDeep, 5 + open.utf8.count * (MemberScanner.maximumDepth - 1)))
        }
    }

    @Test func theMessagesFitAndQuoteNothing() {
        for complaint in JSONComplaint.allCases {
            let message = MemberResult.invalidMessage(complaint, offset: 1 << 30)
            #expect(message.utf8.count <= RecordErrorCode.maximumMessageBytes && message.hasSuffix(" byte 1073741825"))
        }
        #expect(
            MemberResult.invalidMessage(.noColon, offset: 0) == "':' is expected, at byte 1")
    }
}
