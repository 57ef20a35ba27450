import PhashTestKit
import Testing

@testable import PhashWire

struct JSONPointerTests {
    @Test(arguments: [
        ("/user", ["user"]), ("/user/email", ["user", "email"]), ("/", [""]), ("//", ["", ""]), ("/a/", ["a", ""]),
        ("/a~1b", ["a/b"]), ("/m~0n", ["m~n"]), ("/~01", ["~1"]), ("/~10", ["/0"]), ("/~0~1", ["~/"]),
        ("/ ", [" "]), ("/c%d", ["c%d"]), ("/k\"l", ["k\"l"]), ("/é", ["é"]), ("/-", ["-"]), ("/01", ["01"]),
    ])
    func tokensAreDecoded(text: String, tokens: [String]) throws {
        let pointer = try JSONPointer(text)
        #expect(pointer.tokens == tokens.map { Array($0.utf8) } && pointer.text == text)
    }

    @Test(arguments: [
        ("", JSONPointer.Fault.empty), ("user", .withoutSlash), ("#/user", .withoutSlash), (" /user", .withoutSlash),
        ("/~", .tilde), ("/a~", .tilde), ("/~2", .tilde), ("/~~0", .tilde), ("/a~/b", .tilde), ("/~é", .tilde),
    ])
    func whatIsNoPointerIsRefused(text: String, fault: JSONPointer.Fault) {
        let error = #expect(throws: JSONPointer.Fault.self) { try JSONPointer(text) }
        #expect(error == fault && fault.reason.count > 10)
    }

    @Test func theLongestPointerIsTaken() throws {
        let most = String(repeating: "/", count: JSONPointer.maximumBytes)
        #expect(try JSONPointer(most).tokens.count == JSONPointer.maximumBytes)
        let error = #expect(throws: JSONPointer.Fault.self) { try JSONPointer(most + "a") }
        #expect(error == .tooLong && error?.reason == "is longer than 1024 bytes")
    }

    /// An index is written in one way only, so that no two pointers lead to the same element.
    @Test(arguments: [
        ("0", 0), ("1", 1), ("10", 10), ("9223372036854775807", Int.max), ("", nil), ("-", nil), ("00", nil),
        ("01", nil), ("-1", nil), ("+1", nil), ("1 ", nil), ("1.0", nil), ("1e0", nil), ("٣", nil),
        ("9223372036854775808", nil),
    ])
    func indicesHaveNoLeadingZero(token: String, index: Int?) {
        #expect(JSONPointer.index(Array(token.utf8)) == index)
    }
}
