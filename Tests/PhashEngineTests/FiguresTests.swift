import Testing

@testable import PhashEngine

/// Numbers as they are shown.
struct FiguresTests {
    @Test func groups() {
        #expect(Figures.grouped(0) == "0")
        #expect(Figures.grouped(999) == "999")
        #expect(Figures.grouped(1000) == "1,000")
        #expect(Figures.grouped(1_234_567) == "1,234,567")
        #expect(Figures.grouped(.max) == "18,446,744,073,709,551,615")
    }

    @Test func shortNumbers() {
        let expected: [(Double, String)] = [
            (0, "0"), (0.52, "0.52"), (3, "3"), (9.994, "9.99"), (9.996, "10.0"), (99.94, "99.9"), (99.96, "100"),
            (999, "999"), (999.4, "999"), (999.5, "1.00k"), (1234, "1.23k"), (45_600, "45.6k"), (789_000, "789k"),
            (999_499, "999k"), (999_500, "1.00M"), (1_234_567, "1.23M"), (2e9, "2.00G"), (1.8e19, "18.0E"),
            (1e30, "999E"), (-1, "0"), (.nan, "0"), (.infinity, "0"),
        ]
        for (number, text) in expected { #expect(Figures.short(number) == text) }
    }

    @Test func shortNumbersStayShort() {
        var number = 0.001
        while number < 1e21 {
            #expect(Figures.short(number).utf8.count <= 5, "\(number)")
            number *= 1.07
        }
    }

    @Test func bytes() {
        #expect(Figures.bytes(0) == "0 B")
        #expect(Figures.bytes(36) == "36 B")
        #expect(Figures.bytes(13.4) == "13.4 B")
        #expect(Figures.bytes(4_500_000) == "4.50 MB")
        #expect(Figures.bytes(250e9) == "250 GB")
    }

    @Test func fixedDigits() {
        #expect(Figures.thousandths(0) == "0.000")
        #expect(Figures.thousandths(1.0004) == "1.000")
        #expect(Figures.thousandths(1.0006) == "1.001")
        #expect(Figures.thousandths(2.05) == "2.050")
        #expect(Figures.thousandths(-3) == "0.000")
        #expect(Figures.thousandths(1e300) == "1000000000000000.000")
        #expect(Figures.seconds(102_000) == "0.000102")
        #expect(Figures.seconds(1.5e9) == "1.500000")
    }

    @Test func durations() {
        #expect(Figures.duration(0) == "0:00")
        // What is left is rounded up: the last second is not over yet.
        #expect(Figures.duration(0.1) == "0:01")
        #expect(Figures.duration(59.5) == "1:00")
        #expect(Figures.duration(754) == "12:34")
        #expect(Figures.duration(3723) == "1:02:03")
        #expect(Figures.duration(86_400 * 3 + 4 * 3600) == "3d 04h")
        #expect(Figures.duration(86_399_999) == "999d 23h")
        #expect(Figures.duration(86_400_000) == "--:--")
        #expect(Figures.duration(.infinity) == "--:--")
        #expect(Figures.duration(.nan) == "--:--")
        #expect(Figures.duration(-5) == "0:00")
        #expect(Figures.timeTaken(2.61) == "2.6 s")
        #expect(Figures.timeTaken(59.96) == "1:00")
    }

    /// Against dates that `date -u -d @…` gives.
    @Test func timestamps() {
        let expected: [(Int64, String)] = [
            (0, "1970-01-01T00:00:00.000Z"), (951_782_400, "2000-02-29T00:00:00.000Z"),
            (951_868_799, "2000-02-29T23:59:59.000Z"), (951_868_800, "2000-03-01T00:00:00.000Z"),
            (1_077_926_399, "2004-02-27T23:59:59.000Z"), (1_735_689_599, "2024-12-31T23:59:59.000Z"),
            (1_735_689_600, "2025-01-01T00:00:00.000Z"), (4_107_542_400, "2100-03-01T00:00:00.000Z"),
        ]
        for (seconds, text) in expected { #expect(Figures.timestamp(seconds * 1_000_000_000) == text) }
        #expect(Figures.timestamp(1_234_567_890_123_456_789) == "2009-02-13T23:31:30.123Z")
        #expect(Figures.timestamp(1_000_000) == "1970-01-01T00:00:00.001Z")
    }
}
