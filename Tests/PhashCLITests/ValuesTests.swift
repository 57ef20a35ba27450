import Testing

@testable import PhashCLI

@Suite("Values of options")
struct ValuesTests {
    @Test(
        "a size is a number of bytes, K, M or G",
        arguments: [
            ("1", 1), ("4096", 4096), ("64K", 65536), ("64k", 65536), ("64KiB", 65536), ("64kib", 65536),
            ("1M", 1 << 20), ("1MiB", 1 << 20), ("1G", 1 << 30), ("1024m", 1 << 30), ("0001g", 1 << 30),
        ]
    )
    func size(text: String, bytes: Int) throws {
        #expect(try byteCount(text, in: 1...1 << 30) == bytes)
    }

    @Test(
        "a size of another form or outside its limits is refused",
        arguments: [
            "", "0", "K", "-1", "+1", "1.5M", "64MB", "64 M", "64T", "2G", "1073741825", "9223372036854775808",
            "9007199254740993K", "99999999999999999999G", "١", "1\u{301}",
        ]
    )
    func badSize(text: String) throws {
        let error = #expect(throws: InvalidValue.self) { try byteCount(text, in: 1...1 << 30) }
        #expect(try #require(error?.reason).contains("is not a size from 1 to 1G in bytes, or with K, M or G"))
    }

    @Test(
        "a time is seconds with an optional fraction",
        arguments: [
            ("1", 1_000_000_000), ("0.5", 500_000_000), (".5", 500_000_000), ("2.25", 2_250_000_000),
            ("0.001", 1_000_000), ("1.0000000019", 1_000_000_001), ("1000000", 1_000_000_000_000_000),
            ("1000000.0", 1_000_000_000_000_000), ("05", 5_000_000_000),
        ]
    )
    func time(text: String, expected: Int64) throws {
        #expect(try nanoseconds(fromSeconds: text) == expected)
    }

    @Test(
        "a time of another form, zero or beyond the limit is refused",
        arguments: [
            "", "0", "0.0", "0.0009999999", "0.0000000001", "5.", ".", "-1", "+1", "1e3", "inf", "nan", "0x1", "1,5",
            "1.5.2", "1.-5",
            "1000000.1", "1000001", "99999999999999999999",
        ]
    )
    func badTime(text: String) throws {
        let error = #expect(throws: InvalidValue.self) { try nanoseconds(fromSeconds: text) }
        #expect(try #require(error?.reason).contains("is not a number of seconds from 0.001 to 1000000"))
    }

    @Test("control characters of a value are spelled out")
    func printableText() {
        #expect(printable("a\nb\u{1B}[31m\u{202E}é'") == #"a\nb\u{1B}[31m\u{202E}é'"#)
    }
}
