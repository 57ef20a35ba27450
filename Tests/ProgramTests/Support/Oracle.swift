import Foundation
import Testing

/// Says by means of Python's hashlib and of jq whether outputs are right.
///
/// The oracle is told what phash was told (arguments and input) and works out on its own what must come out.
enum Oracle {
    /// One run of the program.
    struct Run {
        var arguments: [String]
        var input: [UInt8]
        var output: [UInt8]
        /// The error code that the contract demands for a record of this text.
        var errors: [String: String] = [:]
        /// Records in the order of completion are allowed to be fewer: the program was stopped.
        var isCutShort = false
        /// What the records become: "hash", or "vowels" for the example.
        var job = "hash"
    }

    private struct Header: Encodable {
        var arguments: [String]
        var inputCount: Int
        var outputCount: Int
        var errors: [String: String]
        var isCutShort: Bool
        var job: String
    }

    /// What is wrong with the runs, in words; empty when all is right. One Python and one jq do them all.
    static func problems(_ runs: [Run]) throws -> String {
        let headers = runs.map { run in
            Header(
                arguments: run.arguments, inputCount: run.input.count, outputCount: run.output.count,
                errors: run.errors, isCutShort: run.isCutShort, job: run.job)
        }
        let python = try RunningProgram(Launch(binary: .tool("python3"), arguments: ["-c", oracleScript]))
        python.send([UInt8](try JSONEncoder().encode(headers)) + [0x0A])
        for run in runs {
            python.send(run.input)
            python.send(run.output)
        }
        python.closeInput()
        let outcome = try python.waitForEnd(seconds: 300)
        guard outcome.ending == .exit(0), outcome.errorOutput.isEmpty else { throw Failure("\(outcome.story)") }
        return outcome.outputText + (try problemsOfJSON(runs))
    }

    /// What jq thinks: every line of JSON output is one value.
    private static func problemsOfJSON(_ runs: [Run]) throws -> String {
        let jq = try RunningProgram(
            Launch(binary: .tool("jq"), arguments: ["-n", "reduce inputs as $value (0; . + 1)"]))
        var lines = 0
        for run in runs where !run.arguments.contains("hex") || run.arguments.contains("json") {
            jq.send(run.output)
            lines += countNewlines(run.output)
        }
        let outcome = try jq.finish()
        guard outcome.ending == .exit(0), outcome.outputText == "\(lines)\n" else {
            return "jq reads no \(lines) values: \(outcome.story)"
        }
        return ""
    }

    static func expectRight(_ runs: [Run], sourceLocation: SourceLocation = #_sourceLocation) throws {
        let problems = try problems(runs)
        #expect(problems.isEmpty, "\(problems)", sourceLocation: sourceLocation)
    }

    /// Runs phash and expects that it ends well and that every record is right.
    @discardableResult
    static func expectRight(
        _ arguments: [String], input: [UInt8], sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Outcome {
        let outcome = try phash(arguments, input: input)
        outcome.expect(0, sourceLocation: sourceLocation)
        let run = Run(arguments: arguments, input: input, output: outcome.output)
        try expectRight([run], sourceLocation: sourceLocation)
        return outcome
    }
}

/// Newlines in a large buffer, fast in a debug build too.
func countNewlines(_ bytes: [UInt8]) -> Int {
    unsafe bytes.withUnsafeBytes { buffer in
        guard var place = buffer.baseAddress else { return 0 }
        var left = buffer.count
        var count = 0
        while let found = unsafe memchr(place, 0x0A, left) {
            let step = unsafe found - UnsafeMutableRawPointer(mutating: place) + 1
            unsafe place += step
            left -= step
            count += 1
        }
        return count
    }
}
