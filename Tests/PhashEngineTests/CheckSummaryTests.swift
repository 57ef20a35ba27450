import PhashCore
import PhashEngine
import Testing

/// What a check comes to: its exit status and what it says at the end.
struct CheckSummaryTests {
    private static func summary(
        lines: UInt64, errors: UInt64 = 0, skipped: UInt64 = 0, unchecked: UInt64 = 0, balance: UInt64 = 0,
        failures: UInt64 = 0, change: (inout CheckRules) -> Void = { _ in }
    ) -> CheckSummary {
        var statistics = Statistics()
        statistics.recordsIn = lines
        statistics.errors = errors
        statistics.skipped = skipped
        statistics.unhashed = unchecked
        statistics.lineBalance = balance
        var rules = CheckRules(algorithmName: "sha256")
        change(&rules)
        return CheckSummary(rules: rules, statistics: statistics, failures: failures)
    }

    private static let warning = "phash: check: WARNING: "

    @Test func whatHoldsIsNotSpokenOf() {
        let summary = Self.summary(lines: 5)
        #expect(summary.status == .success && summary.messages.isEmpty)
        #expect(ExitReason.checked(summary).message == nil && ExitReason.checked(summary).status == .success)
    }

    @Test func countsAreSpokenOfInTheSingularAndThePlural() {
        let one = Self.summary(lines: 9, errors: 1, skipped: 1, unchecked: 1)
        #expect(one.status == .errorRecords)
        #expect(
            one.messages == [
                Self.warning + "1 line is not a record of phash", Self.warning + "1 record could not be checked",
                Self.warning + "1 hash did NOT match",
            ])
        #expect(ExitReason.checked(one).message == one.messages.joined(separator: "\n"))
        let two = Self.summary(lines: 9, errors: 2, skipped: 2, unchecked: 2)
        #expect(
            two.messages == [
                Self.warning + "2 lines are not records of phash", Self.warning + "2 records could not be checked",
                Self.warning + "2 hashes did NOT match",
            ])
    }

    /// A record that kills its workers has no wrong hash.
    @Test func recordsThatKillCouldNotBeChecked() {
        let summary = Self.summary(lines: 9, errors: 3, unchecked: 1, failures: 2)
        #expect(summary.status == .errorRecords)
        #expect(
            summary.messages == [
                Self.warning + "3 records could not be checked", Self.warning + "1 hash did NOT match",
            ])
    }

    @Test func linesThatAreNoRecordsMatterOnlyIfThatIsAskedFor() {
        #expect(Self.summary(lines: 9, skipped: 8).status == .success)
        let strict = Self.summary(lines: 9, skipped: 8) { $0.isStrict = true }
        #expect(strict.status == .malformedInput && strict.messages.count == 1)
        #expect(Self.summary(lines: 9) { $0.isStrict = true }.status == .success)
        // The graver of the two: nobody knows what the line should have been.
        #expect(Self.summary(lines: 9, errors: 1, skipped: 1) { $0.isStrict = true }.status == .malformedInput)
        #expect(Self.summary(lines: 9, errors: 1) { $0.isStrict = true }.status == .errorRecords)
    }

    @Test func nothingToCheckIsAnErrorOfTheInput() {
        let none = Self.summary(lines: 3, skipped: 3)
        #expect(none.status == .malformedInput && none.messages.count == 1)
        #expect(none.messages[0].contains("sha256, see --algorithm"))
        let empty = Self.summary(lines: 0)
        #expect(empty.status == .malformedInput)
        #expect(empty.messages == ["phash: check: standard input is empty: there is nothing to check"])
    }

    @Test func numbersHaveToBeRightUnlessAnyAreAccepted() {
        let wrong = Self.summary(lines: 3, balance: 1)
        #expect(wrong.status == .errorRecords && wrong.messages.count == 1)
        #expect(wrong.messages[0].contains("from 1 to 3, each once") && wrong.messages[0].contains("--partial"))
        let partial = Self.summary(lines: 3, balance: 1) { $0.acceptsAnyNumbers = true }
        #expect(partial.status == .success && partial.messages.isEmpty)
    }

    @Test func withStatusOnlyTheStatusTells() {
        for summary in [
            Self.summary(lines: 3, errors: 1, unchecked: 1, balance: 1) { $0.isSilent = true },
            Self.summary(lines: 3, skipped: 3) { $0.isSilent = true }, Self.summary(lines: 0) { $0.isSilent = true },
        ] {
            #expect(summary.messages.isEmpty && summary.status != .success)
        }
    }
}
