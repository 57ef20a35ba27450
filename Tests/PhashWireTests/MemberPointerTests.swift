import PhashTestKit
import Testing

@testable import PhashWire

/// What a pointer reaches, and what is hashed then.
struct MemberPointerTests {
    @Test(arguments: [
        // The examples of RFC 6901, section 5, as far as strings can be reached.
        ("/foo/0", #"{"foo":["bar","baz"]}"#, ["bar"]), ("/foo/1", #"{"foo":["bar","baz"]}"#, ["baz"]),
        ("/", #"{"":"x"}"#, ["x"]), ("/a~1b", #"{"a/b":"x"}"#, ["x"]), ("/c%d", #"{"c%d":"x"}"#, ["x"]),
        ("/e^f", #"{"e^f":"x"}"#, ["x"]), ("/g|h", #"{"g|h":"x"}"#, ["x"]), ("/i\\j", #"{"i\\j":"x"}"#, ["x"]),
        ("/k\"l", #"{"k\"l":"x"}"#, ["x"]), ("/ ", #"{" ":"x"}"#, ["x"]), ("/m~0n", #"{"m~n":"x"}"#, ["x"]),
        // Deep, among others, in any order
        ("/user/email", #"{"id":1,"user":{"name":"n","email":"e","tags":["a"]},"email":"f"}"#, ["e"]),
        ("/user/email", #"{"email":"f","other":{"email":"g"},"user":{"email":"e"}}"#, ["e"]),
        ("/a/b", #"{"a":{"c":{"b":"no"},"b":"yes"},"b":"no"}"#, ["yes"]),
        ("/a/1/b/0", #"{"a":[{"b":["no"]},{"b":["yes","no"]},{"b":["no"]}]}"#, ["yes"]),
        ("/a/0/0", #"{"a":[["x"],["y"]]}"#, ["x"]), ("/a/1", #"{"a":[[[],{}],"x"]}"#, ["x"]),
        ("/a/10", #"{"a":[0,1,2,3,4,5,6,7,8,9,"x"]}"#, ["x"]),
        ("/a/2", #"{"a":[[0,0,0],{"2":"no"},"x",3]}"#, ["x"]), ("/0/0", #"{"0":{"0":"x"}}"#, ["x"]),
        ("/01", #"{"01":"x","1":"y"}"#, ["x"]), ("/-", #"{"-":"x"}"#, ["x"]), ("//", #"{"":{"":"x"}}"#, ["x"]),
        // Names with escapes
        ("/user", #"{"\u0075ser":"x"}"#, ["x"]), ("/user", #"{"\u0075\u0073\u0065\u0072":"x"}"#, ["x"]),
        ("/é", #"{"\u00e9":"x"}"#, ["x"]), ("/😀", #"{"\ud83d\uDE00":"x"}"#, ["x"]), ("/a\nb", #"{"a\nb":"x"}"#, ["x"]),
        ("/a~1b", #"{"a\/b":"x"}"#, ["x"]),
        // Twice
        ("/a", #"{"a":"x","a":"y"}"#, ["x", "y"]), ("/a", #"{"a":"x","b":1,"\u0061":"y","a":"z"}"#, ["x", "y", "z"]),
        ("/a/b", #"{"a":{"b":"x","b":"y"},"a":{"b":"z"}}"#, ["x", "y", "z"]),
        ("/a/b", #"{"a":{"b":"x"},"a":"not reached"}"#, ["x"]),
        ("/a/0", #"{"a":["x"],"a":{"0":"y"}}"#, ["x", "y"]),
        ("/a", #"{"a":"","a":"","a":"","a":""}"#, ["", "", "", ""]),
        // Texts
        ("/a", #"{"a":""}"#, [""]), ("/a", #"{"a":"\"\\\/\b\f\n\r\t"}"#, ["\"\\/\u{8}\u{C}\n\r\t"]),
        ("/a", #"{"a":"\u0041\u00e9\u20ac\ud83d\ude00\u0000"}"#, ["Aé€😀\u{0}"]), ("/a", #"{"a":"é"}"#, ["é"]),
        ("/a", #"{"a":"\uDBFF\uDFFF\uD800\uDC00"}"#, ["\u{10FFFF}\u{10000}"]), ("/a", #"{"a":"\\u0041"}"#, ["\\u0041"]),
        // Elsewhere a half pair does no harm.
        ("/a", #"{"\ud800":"\udc00","a":"x","b":"\ud800\ud800"}"#, ["x"]),
    ])
    func stringsAreReached(pointer: String, record: String, expected: [String]) throws {
        #expect(
            try texts(in: record, at: pointer)?.map { Array($0.utf8) } == expected.map { Array($0.utf8) }, "\(record)")
    }

    @Test(arguments: [
        ("/a", "{}"), ("/a", #"{"A":"x"}"#), ("/a", #"{"b":{"a":"x"}}"#), ("/a", #"{"b":["a"]}"#),
        ("/a", #"{"aa":"x"}"#),
        ("/aa", #"{"a":"x"}"#), ("/a/b", #"{"a":"b"}"#), ("/a/b", #"{"a":1}"#), ("/a/b", #"{"a":null}"#),
        ("/a/b", #"{"a":["b"]}"#), ("/a/b", #"{"a":{"c":"x"}}"#), ("/a/b", #"{"b":"x"}"#), ("/a/-", #"{"a":["x"]}"#),
        ("/a/00", #"{"a":["x"]}"#), ("/a/1", #"{"a":["x"]}"#), ("/a/0", #"{"a":[]}"#),
        ("/a/9999999999999999999", #"{"a":["x"]}"#),
        ("/a/0", #"{"a":"x"}"#), ("/a/", #"{"a":"x"}"#), ("/a/0/0", #"{"a":["x"]}"#), ("/0", #"{"a":"x"}"#),
        ("/a/b", #"{"a":{},"b":"x"}"#), ("/a/b/c", #"{"a":{"b":{}},"c":"x"}"#), ("/é", #"{"e\u0301":"x"}"#),
        ("/é", "{\"e\u{301}\":\"x\"}"), ("/a", #"{"\ud800":"x"}"#), ("/a", #"{"a\u0000":"x"}"#),
        ("/", #"{"\u0000":"x"}"#),
        ("/a", #"{"\u0061\u0061\u0061\u0061\u0061\u0061\u0061":"x"}"#), ("/a/0", #"{"a":[],"0":"y"}"#),
    ])
    func nothingIsReached(pointer: String, record: String) throws {
        #expect(try outcome(of: record, at: pointer) == .missing, "\(record)")
    }

    @Test(arguments: [
        "1", "-1.5e400", "true", "false", "null", "{}", "[]", "{\"a\":\"x\"}", "[\"x\"]",
    ])
    func anythingButAStringIsSaidSo(value: String) throws {
        #expect(try outcome(of: "{\"a\":\(value)}", at: "/a") == .notString)
        #expect(try outcome(of: "{\"a\":\"x\",\"a\":\(value)}", at: "/a") == .notString)
        #expect(try outcome(of: "{\"a\":\(value),\"a\":\"x\"}", at: "/a") == .notString)
        #expect(try outcome(of: "{\"b\":[[0],\(value)]}", at: "/b/1") == .notString)
        #expect(try outcome(of: "{\"b\":\(value)}", at: "/a") == .missing)
        // What is no JSON is that first of all.
        #expect(try outcome(of: "{\"a\":\(value),}", at: "/a") == .invalid)
    }

    @Test(arguments: [
        (#"\ud800"#, 0), (#"\udfff"#, 0), (#"ab\ud800"#, 2), (#"\ud800\ud800"#, 0), (#"\ud800\u0041"#, 0),
        (#"\ud83d\ude00\ude00"#, 12), (#"\ud800x\udc00"#, 0), (#"\ud800\n"#, 0), (#"\udc00\ud800"#, 0),
        (#"\ud83d\ude00\ud83d"#, 12), (#"\ud800\\udc00"#, 0),
    ])
    func halfAPairHasNoText(contents: String, offset: Int) throws {
        #expect(decoded(Array(contents.utf8)) == nil)
        #expect(try outcome(of: "{\"a\":\"\(contents)\"}", at: "/a") == .invalid)
        let bytes = Array(contents.utf8)
        unsafe bytes.withUnsafeBytes { bytes in
            var memory = [UInt8](repeating: 0, count: bytes.count)
            let error = unsafe memory.withUnsafeMutableBytes { memory in
                #expect(throws: LoneSurrogate.self) {
                    try unsafe decodeJSONString(bytes, into: memory.baseAddress!)
                }
            }
            #expect(error?.offset == offset)
        }
    }

    @Test func moreStringsThanFourAreRefused() throws {
        let found = try #require(try fault(in: #"{"a":"1","a":"2","a":"3","a":"4","a":"5"}"#))
        #expect(found.complaint == .tooManyStrings)
        let within = try #require(try fault(in: #"{"a":{"b":"1","b":"2"},"a":{"b":"3","b":"4","b":"5"}}"#, at: "/a/b"))
        #expect(within.complaint == .tooManyStrings)
    }

    @Test func theLongestPointerReachesTheDeepestString() throws {
        let tokens = MemberScanner.maximumDepth
        let pointer = String(repeating: "/", count: tokens)
        let record =
            String(repeating: "{\"\":", count: tokens) + "\"x\"" + String(repeating: "}", count: tokens)
        #expect(try texts(in: record, at: pointer) == ["x"])
        let longName = String(repeating: "n", count: JSONPointer.maximumBytes - 1)
        #expect(try texts(in: "{\"\(longName)\":\"x\",\"\(longName)n\":1}", at: "/\(longName)") == ["x"])
        let escaped = String(repeating: "\\u006e", count: JSONPointer.maximumBytes - 1)
        #expect(try texts(in: "{\"\(escaped)\":\"x\",\"\(escaped)n\":1}", at: "/\(longName)") == ["x"])
    }

    /// Every scalar, by each of its escapes.
    @Test func everyEscapeIsDecoded() {
        for value in UInt32.min...0xFFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let digits = String(value, radix: 16)
            let padded = String(repeating: "0", count: 4 - digits.count) + digits
            let text = Array(String(scalar).utf8)
            guard decoded(Array("\\u\(padded)".utf8)) == text,
                decoded(Array("\\u\(padded.uppercased())x".utf8)) == text + [0x78]
            else {
                Issue.record("\(padded)")
                return
            }
        }
        for value in stride(from: 0x10000 as UInt32, through: 0x10FFFF, by: 97) {
            let high = String(0xD800 + (value - 0x10000) >> 10, radix: 16)
            let low = String(0xDC00 + (value - 0x10000) & 0x3FF, radix: 16)
            #expect(decoded(Array("\\u\(high)\\u\(low)".utf8)) == Array(String(Unicode.Scalar(value)!).utf8))
        }
    }
}
