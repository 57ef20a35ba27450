import Foundation
import Testing

extension TheProgram {
    /// Contract section 2: a record longer than `--max-line` becomes an error record and the run goes on.
    @Suite struct LongLines {
        private func expectErrors(
            _ arguments: [String], input: [UInt8], sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            let outcome = try phash(arguments, input: input)
            outcome.expect(1, sourceLocation: sourceLocation)
            let run = Oracle.Run(arguments: arguments, input: input, output: outcome.output)
            try Oracle.expectRight([run], sourceLocation: sourceLocation)
        }

        private func line(_ count: Int) -> [UInt8] {
            [UInt8](repeating: 0x78, count: count)
        }

        @Test(arguments: [[], ["-u"], ["-0"], ["--format", "hex"], ["--no-input"]])
        func tooLongIsAnErrorRecordAndTheRunGoesOn(_ more: [String]) throws {
            let end: [UInt8] = more == ["-0"] ? [0] : [0x0A]
            let lines = [9, 10, 11, 0, 12, 10, 30_000, 1].map { line($0) }
            let input = Array(lines.joined(separator: end)) + end
            try expectErrors(["-r", "1", "--max-line", "10"] + more, input: input)
            // The last record without its delimiter, too long.
            try expectErrors(["-r", "1", "--max-line", "10"] + more, input: input + line(11))
        }

        @Test func exactlyTheLimitIsFine() throws {
            try Oracle.expectRight(["-r", "1", "--max-line", "10"], input: line(10) + [0x0A] + line(10))
            try Oracle.expectRight(["-r", "1"], input: line(1 << 20) + [0x0A])
            try expectErrors(["-r", "1"], input: line((1 << 20) + 1) + [0x0A])
        }

        @Test func theRecordCarriesNeitherInputNorHash() throws {
            let outcome = try phash("-r", "1", "--max-line", "4", input: "short\nok\n")
            outcome.expect(1)
            let first = try object(outcome.lines[0])
            #expect(Set(first.keys) == ["line", "error", "message"], outcome.story)
            #expect(first["error"] as? String == "line_too_long", outcome.story)
            #expect(!outcome.lines[0].contains("short"), outcome.story)
        }

        @Test func aHugeLineInTheMiddle() throws {
            let input = Array("before\n".utf8) + line(40 << 20) + Array("\nafter\nlast".utf8)
            try expectErrors(["-r", "2"], input: input)
            try expectErrors(["-r", "2", "-u"], input: input)
        }

        @Test func aHugeLineAtTheEnd() throws {
            try expectErrors(["-r", "2"], input: Array("before\n".utf8) + line(9 << 20))
        }
    }
}
