import Testing

@testable import PhashCLI

@Suite("--jobs")
struct JobCountTests {
    @Test(
        "resolves what people write to a number of children",
        arguments: [
            ("1", 4, 1), ("16", 2, 16), ("1024", 2, 1024), ("0", 4, 4), ("00", 4, 4), ("007", 2, 7),
            ("50%", 8, 4), ("50%", 3, 2), ("50%", 1, 1), ("1%", 64, 1), ("33%", 2, 1), ("100%", 6, 6), ("200%", 2, 4),
            ("+0", 4, 4), ("+2", 4, 6), ("-0", 4, 4), ("-1", 4, 3), ("-1", 1, 1), ("-9", 4, 1),
        ]
    )
    func resolves(text: String, processors: Int, jobs: Int) throws {
        #expect(try JobCount(text).resolved(processors: processors) == jobs)
    }

    @Test(
        "stays within its limit on any machine",
        arguments: ["0", "+1024", "100%", "9000000000000000000%", "+9223372036854775807"]
    )
    func isLimited(text: String) throws {
        #expect(try JobCount(text).resolved(processors: 5000) == 1024)
    }

    @Test(
        "refuses anything else, and says what is allowed",
        arguments: [
            "", "x", "1025", "-", "+", "%", "0%", "-50%", "+5%", "1.5", "1 ", " 1", "--1", "+-1", "1e3", "0x10", "٣",
            "99999999999999999999",
        ]
    )
    func refuses(text: String) throws {
        let error = #expect(throws: InvalidValue.self) { try JobCount(text) }
        let reason = try #require(error?.reason)
        #expect(reason.hasPrefix("'\(text)' is none of N (1 to 1024), P% of the CPUs, "))
    }
}
