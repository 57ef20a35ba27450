import Testing

/// Runs of the build that has the trait `TestHooks`.
enum Hooks {
    /// What starts a record that does harm.
    static let marker = "phash-test-hook "

    /// Runs that build with two rounds and expects one error record for each record at fault, and all else right.
    ///
    /// - Parameter codes: The error code for each text of a record at fault.
    @discardableResult
    static func expectErrors(
        _ arguments: [String], lines: [String], codes: [String: String],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Outcome {
        let arguments = ["-r", "2"] + arguments
        let input = Array(lines.map { $0 + "\n" }.joined().utf8)
        let outcome = try phash(arguments, input: input, binary: .hooks)
        // A child of a debug build tells on stderr why it dies; no record may be quoted there.
        let isExpected = outcome.ending == .exit(lines.contains { codes[$0] != nil } ? 1 : 0)
        #expect(isExpected, outcome.story, sourceLocation: sourceLocation)
        let quotes = outcome.errorText.contains("phash-test-hook") || outcome.errorText.contains("neighbour")
        #expect(!quotes, outcome.story, sourceLocation: sourceLocation)
        let run = Oracle.Run(arguments: arguments, input: input, output: outcome.output, errors: codes)
        try Oracle.expectRight([run], sourceLocation: sourceLocation)
        return outcome
    }

    static func neighbours(_ count: Int) -> [String] {
        (0..<count).map { "neighbour \($0)" }
    }
}
