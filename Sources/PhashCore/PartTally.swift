/// What became of the records of a part, besides the results themselves.
package struct PartTally: Hashable, Sendable {
    /// Error records; of a check also those that do not hold.
    package var errors = 0
    /// Records that have no place in the output by design, such as those that are to be left out.
    package var skipped = 0
    /// Records that there was nothing to hash of, though they have a place in the output: passed as they were, or such as a
    /// check can say nothing about.
    package var unhashed = 0
    /// What the line numbers that records of a check state differ by from their places, as a sum modulo 2^64 of numbers
    /// that tell lines apart: 0 when each place is stated once, in whatever order.
    package var lineBalance: UInt64 = 0

    package init(errors: Int = 0, skipped: Int = 0, unhashed: Int = 0, lineBalance: UInt64 = 0) {
        self.errors = errors
        self.skipped = skipped
        self.unhashed = unhashed
        self.lineBalance = lineBalance
    }

    /// Whether the counts are possible for that many records, each of which is counted once at most.
    package func isPossible(records: Int) -> Bool {
        // No overflow: each is looked at before the next is added.
        var left = records
        for count in [errors, skipped, unhashed] {
            guard count >= 0, count <= left else { return false }
            left -= count
        }
        return true
    }

    package static func += (tally: inout PartTally, other: PartTally) {
        tally.errors += other.errors
        tally.skipped += other.skipped
        tally.unhashed += other.unhashed
        tally.lineBalance &+= other.lineBalance
    }
}
