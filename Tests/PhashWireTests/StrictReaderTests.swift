import PhashTestKit
import Testing

/// The readers that records are held against: a reader that takes anything would prove nothing.
struct StrictReaderTests {
    private static func value(_ text: String) throws -> JSONValue { try StrictJSON.value(of: Array(text.utf8)) }

    private static func text(_ text: String) -> JSONValue { .string(Array(text.utf8)) }

    @Test(
        arguments: [
            ("null", .null), ("true", .boolean(true)), (" false\r\n", .boolean(false)), ("0", .number("0")),
            ("-0.50e+007", .number("-0.50e+007")), ("123E-1", .number("123E-1")), ("[]", .array([])),
            ("{}", .object([])), ("[ 1 ,\t[2] ]", .array([.number("1"), .array([.number("2")])])),
            (#"{"a":1, "":[null]}"#, .object([.init("a", .number("1")), .init("", .array([.null]))])),
            (#""""#, text("")), (#""\"\\\/\b\f\n\r\t""#, text("\"\\/\u{8}\u{C}\n\r\t")),
            ("\"\u{7F}é\u{2028}𐍈\"", text("\u{7F}é\u{2028}𐍈")),
            (#""\u0000\u00e9\u20AC\uFFFF""#, text("\0é€\u{FFFF}")), (#""\ud800\udf48""#, text("𐍈")),
            (#""\uDBFF\uDFFF""#, text("\u{10FFFF}")),
        ] as [(String, JSONValue)])
    func whatIsJSONIsRead(written: String, expected: JSONValue) throws {
        #expect(try Self.value(written) == expected)
    }

    @Test(arguments: [
        "", " ", "nul", "nullx", "True", "'a'", "01", "-", "-01", "+1", ".5", "5.", "1e", "1e+", "0x1", "1 2", "NaN",
        "Infinity", "[", "]", "[1", "[1,]", "[,1]", "[1 2]", "{", "{}}", "{1:2}", "{a:1}", #"{"a"}"#, #"{"a":}"#,
        #"{"a":1,}"#,
        #"{"a":1 "b":2}"#, #"{"a":1,"a":2}"#, #"{"a":1,"\u0061":2}"#, "\"", "\"a", "\"\n\"", "\"\u{1F}\"", "\"\0\"",
        #""\a""#, #""\x41""#, #""\u12""#, #""\u12g4""#, #""\u+123""#, #""\ud800""#, #""\udc00""#, #""\ud800\u0041""#,
        #""\ud800x""#,
        #""\ud800\ud800""#, "\u{FEFF}1", "\u{A0}1", "\u{B}1", "// a\n1", "/**/1", "1\0",
    ])
    func whatIsNotJSONIsRefused(written: String) {
        #expect(throws: JSONFault.self) { try Self.value(written) }
    }

    @Test(
        arguments: [[0x80], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82]] as [[UInt8]])
    func whatIsNotUTF8IsRefused(bytes: [UInt8]) {
        #expect(throws: JSONFault.self) { try StrictJSON.value(of: [0x22] + bytes + [0x22]) }
    }

    @Test func whiteSpaceCanBeRefused() throws {
        for text in [" 1", "1\n", "[1, 2]", #"{"a" :1}"#, #"{"a": 1}"#, "[ ]"] {
            #expect(throws: JSONFault.self) { try StrictJSON.value(of: Array(text.utf8), allowsWhiteSpace: false) }
        }
        let value = try StrictJSON.value(of: Array(#"{"a b":[" ",1]}"#.utf8), allowsWhiteSpace: false)
        #expect(value == .object([.init("a b", .array([Self.text(" "), .number("1")]))]))
    }

    @Test func depthHasALimit() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try Self.value(nested(64))
        #expect(throws: JSONFault.self) { try Self.value(nested(65)) }
        #expect(throws: JSONFault.self) { try Self.value(nested(100_000)) }
    }

    @Test func stringsThatLookAlikeAreNotEqual() throws {
        #expect(try Self.value("\"\u{E9}\"") != Self.value("\"e\u{301}\""))
        // As strings of the standard library the two names would be one.
        _ = try Self.value("{\"\u{E9}\":1,\"e\u{301}\":2}")
    }

    @Test(arguments: [("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYg==", "foob")])
    func base64IsRead(written: String, expected: String) {
        #expect(StrictBase64.bytes(of: Array(written.utf8)) == Array(expected.utf8))
    }

    @Test(arguments: [
        "Z", "Zg", "Zg=", "=", "====", "Z===", "Zh==", "Zm9=", "Zm8=Zm8=", "Zm-v", "Zm_v", "Zm9v\n", " Zm9",
    ])
    func whatIsNotBase64IsRefused(written: String) {
        #expect(StrictBase64.bytes(of: Array(written.utf8)) == nil)
    }

    @Test func base64OfEveryByteIsRead() {
        // Three digits of the alphabet and one for each value of the last one.
        #expect(StrictBase64.bytes(of: Array("+/+/".utf8)) == [0xFB, 0xFF, 0xBF])
        #expect(StrictBase64.bytes(of: Array("//8=".utf8)) == [0xFF, 0xFF])
    }
}
