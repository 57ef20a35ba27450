package import PhashCore

/// What a check takes for a failure, and whether it says so.
package struct CheckRules: Equatable, Sendable {
    /// Whether each line has to be a record of phash: `--strict`.
    package var isStrict = false
    /// Whether the records may be a part of an output, so that their numbers can be any: `--partial`.
    package var acceptsAnyNumbers = false
    /// Whether nothing is said: `--status`.
    package var isSilent = false
    /// What is asked for of records that do not say, for messages.
    package var algorithmName: String

    package init(algorithmName: String) { self.algorithmName = algorithmName }
}

/// What a check has come to.
package struct CheckSummary: Equatable, Sendable {
    /// The exit status: 0, 1 or 65.
    package let status: ExitCode
    /// What stderr says about it, a line each.
    package let messages: [String]

    /// - Parameters:
    ///   - statistics: Those of the whole run.
    ///   - failures: Records that cost too many children their lives or took too long.
    package init(rules: CheckRules, statistics: Statistics, failures: UInt64) {
        let lines = statistics.recordsIn
        let malformed = statistics.skipped
        let mismatches = statistics.errors - min(failures, statistics.errors)
        let unchecked = statistics.unhashed + failures
        let isMisnumbered = statistics.lineBalance != 0 && !rules.acceptsAnyNumbers
        if malformed == lines {
            status = .malformedInput
            messages = rules.isSilent ? [] : [Self.nothingToCheck(lines: lines, rules: rules)]
            return
        }
        let hasFailed = mismatches > 0 || unchecked > 0 || isMisnumbered
        status = rules.isStrict && malformed > 0 ? .malformedInput : hasFailed ? .errorRecords : .success
        var warnings: [String] = []
        if malformed > 0 {
            warnings.append("\(Self.count(malformed, "line is not a record", "lines are not records")) of phash")
        }
        if unchecked > 0 { warnings.append(Self.count(unchecked, "record", "records") + " could not be checked") }
        if mismatches > 0 { warnings.append(Self.count(mismatches, "hash", "hashes") + " did NOT match") }
        if isMisnumbered {
            let cause = malformed > 0 ? "there are lines that are not records" : "some are missing, or there twice"
            warnings.append(
                "the records are not numbered from 1 to \(lines), each once: \(cause); --partial accepts that")
        }
        messages = rules.isSilent ? [] : warnings.map { "phash: check: WARNING: \($0)" }
    }

    private static func nothingToCheck(lines: UInt64, rules: CheckRules) -> String {
        if lines == 0 { return "phash: check: standard input is empty: there is nothing to check" }
        return "phash: check: no line is a record of phash with a hash of \(rules.algorithmName), see --algorithm; "
            + "what --format hex or --json-field writes cannot be checked"
    }

    private static func count(_ number: UInt64, _ one: String, _ many: String) -> String {
        "\(number) \(number == 1 ? one : many)"
    }
}
