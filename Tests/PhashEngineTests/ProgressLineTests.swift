import Testing

@testable import PhashEngine

/// The progress line in windows of any width.
struct ProgressLineTests {
    private static let full = ProgressLine(
        records: 1_234_567, errors: 3, recordsPerSecond: 123_456, bytesPerSecond: 4_560_000, share: 0.459,
        time: .left(754), inFlight: 1024, busy: 2, jobs: 16)
    private static let bare = ProgressLine(records: 1, jobs: 1)
    private static let largest = ProgressLine(
        records: .max, errors: .max, recordsPerSecond: 1e30, bytesPerSecond: 1e30, share: 1, time: .left(86_000_000),
        inFlight: .max, busy: 1024, jobs: 1024)
    private static let over = ProgressLine(
        records: 200_000, recordsPerSecond: 75_900, bytesPerSecond: 489_000, share: 1, time: .taken(2.64), jobs: 2)

    @Test func everythingIsThereWhereThereIsRoom() {
        #expect(
            Self.full.text(columns: 200)
                == "1,234,567 records  45%  ETA 12:34  3 errors  123k/s  4.56 MB/s  1,024 in flight  2/16 busy")
        #expect(Self.bare.text(columns: 200) == "1 record  0/s  0 B/s  0 in flight  0/1 busy")
        #expect(Self.over.text(columns: 80) == "200,000 records  100%  in 2.6 s  75.9k/s  489 kB/s")
    }

    @Test func theLeastImportantGoesFirst() {
        #expect(
            Self.full.text(columns: 80)
                == "1.23M  45%  ETA 12:34  3 errors  123k/s  4.56 MB/s  1.02k in flight  2/16 busy")
        #expect(Self.full.text(columns: 40) == "1.23M  45%  ETA 12:34  3 errors  123k/s")
        #expect(Self.full.text(columns: 24) == "1.23M  45%  ETA 12:34")
        #expect(Self.full.text(columns: 11) == "1.23M  45%")
        #expect(Self.full.text(columns: 10) == "1.23M")
        #expect(Self.full.text(columns: 5) == "")
        #expect(Self.over.text(columns: 40) == "200k  100%  in 2.6 s  75.9k/s  489 kB/s")
    }

    /// A character in the last column makes many terminals go on to the next line.
    @Test func itNeverReachesTheLastColumn() {
        for line in [Self.full, Self.bare, Self.largest, Self.over, ProgressLine()] {
            var earlier = 0
            for columns in 0...200 {
                let text = line.text(columns: columns)
                #expect(text.utf8.count < max(columns, 1), "\(columns): \(text)")
                #expect(text.utf8.allSatisfy { (0x20..<0x7F).contains($0) }, "\(columns): \(text)")
                // More room never shows fewer fields.
                let fields = text.isEmpty ? 0 : text.split(separator: "  ").count
                #expect(fields >= earlier, "\(columns): \(text)")
                earlier = fields
            }
            #expect(earlier >= 5)
        }
    }

    @Test func aShareIsRoundedDown() {
        var line = Self.bare
        line.share = 0.9999
        #expect(line.text(columns: 80).contains("  99%  "))
        line.share = 1
        #expect(line.text(columns: 80).contains("  100%  "))
    }
}
