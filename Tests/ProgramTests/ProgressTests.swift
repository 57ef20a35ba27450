import Foundation
import Glibc
import Testing

extension TheProgram {
    /// Contract section 11: the progress line, in a terminal and without one.
    @Suite struct Progress {
        /// A file with so many lines.
        private func input(_ count: Int) throws -> (directory: TemporaryDirectory, path: String) {
            let directory = try TemporaryDirectory()
            return (directory, try directory.file("input", holding: Inputs.lines(count, distinct: count)))
        }

        @Test(arguments: [80, 40, 10, 7])
        func aRunLeavesItsLastLine(_ columns: Int) throws {
            let input = try input(2_000)
            defer { withExtendedLifetime(input.directory) {} }
            let rounds = try Pace.rounds(seconds: 0.001)
            let session = try TerminalSession(
                "exec $PHASH --progress -j 2 -r \(rounds) < \(input.path) > /dev/null", columns: columns, steps: [])
            #expect(session.ending == .exit(0), "\(session)")
            #expect(session.wrapped.isEmpty && session.unknown.isEmpty, "\(session)")
            // The line, and the cursor below it.
            #expect(session.lines.count == 2 && session.lines[1] == "" && session.column == 0, "\(session)")
            let expected = [80: "2,000 records  100%  in ", 40: "2,000 records  100%  in ", 10: "2.00k", 7: "2.00k"]
            #expect(session.lines[0].hasPrefix(try #require(expected[columns])), "\(session)")
        }

        /// An endless run: what it shows changes with the window, and two interrupts end it.
        @Test func theWindowIsResizedAndTheRunInterrupted() throws {
            let input = try input(8)
            defer { withExtendedLifetime(input.directory) {} }
            let session = try TerminalSession(
                "exec $PHASH --progress -j 2 -r \(Pace.endless) < \(input.path) > /dev/null", columns: 40,
                steps: [
                    .until("^0  0%  ETA --:--  0/s  0 B/s  2/2 busy$"), .resize(90), .until("  8 in flight  2/2 busy$"),
                    .resize(20), .until("^0  0%  ETA --:--$"), .type("\u{3}"),
                    .until("^phash: stopping: 8 (.|\n)*\n0  0%  ETA --:--$"), .type("\u{3}"),
                ])
            #expect(session.ending == .signal(SIGINT), "\(session)")
            #expect(session.modesKept && session.unknown.isEmpty, "\(session)")
            // Only the message is longer than a line.
            #expect(session.wrapped.joined().allSatisfy { !$0.isNumber || $0 == "8" }, "\(session)")
            #expect(session.lines.last == "" && session.column == 0, "\(session)")
            #expect(session.lines.dropLast().last?.hasPrefix("0  0%") == true, "\(session)")
            #expect(session.lines.filter { $0.contains("0%") }.count == 1, "\(session)")
        }

        /// Standard input stays open until the line feed is typed.
        @Test func messagesStandAboveTheLine() throws {
            let input = try input(200)
            defer { withExtendedLifetime(input.directory) {} }
            let session = try TerminalSession(
                "stty -echo; (cat \(input.path); read line)"
                    + "| $PHASH --progress -v --stats 0.3 --summary -j 2 -r 1 > /dev/null",
                columns: 4_000, steps: [.until(#"^\{"elapsed_s".*\n200 records  "#), .type("\n")])
            #expect(session.ending == .exit(0) && session.wrapped.isEmpty, "\(session)")
            // Whole lines: messages, lines of statistics, the progress line, and what comes at the end.
            for line in session.lines.dropLast() {
                let isWhole =
                    line.hasPrefix("phash: worker ") || (line.hasPrefix("{") && line.hasSuffix("}"))
                    || line.hasPrefix("200 records  100%  in ")
                #expect(isWhole, "\(line)")
            }
            #expect(session.lines.filter { $0.contains("  100%  ") }.count == 1, "\(session)")
            #expect(session.lines.filter { $0.hasPrefix("{\"elapsed_s\"") }.count >= 1, "\(session)")
            #expect(session.lines.last == "")
        }

        /// Records go to the same terminal: each stands on a line of its own.
        @Test func recordsInTheSameTerminal() throws {
            let input = try input(12)
            defer { withExtendedLifetime(input.directory) {} }
            let rounds = try Pace.rounds(seconds: 0.15)
            let session = try TerminalSession(
                "exec $PHASH --progress -j 1 -r \(rounds) --format hex -a md5 < \(input.path)", columns: 60, steps: [])
            let expected = try run(
                Launch(arguments: ["-r", rounds, "--format", "hex", "-a", "md5"], input: .file(input.path)))
            #expect(session.ending == .exit(0) && session.wrapped.isEmpty, "\(session)")
            #expect(Array(session.lines.prefix(12)) == expected.lines, "\(session)")
            #expect(session.lines.count == 14 && session.lines[12].hasPrefix("12 records  100%  in "), "\(session)")
        }

        /// A shell with job control starts it in the background: it writes no line into what others do there.
        @Test func nothingIsDrawnInTheBackground() throws {
            let input = try input(300)
            defer { withExtendedLifetime(input.directory) {} }
            // Long enough for several drawings.
            let session = try TerminalSession(
                "set -m; (cat \(input.path); sleep 1) | $PHASH --progress -v -j 2 -r 1 > /dev/null & wait",
                columns: 200, steps: [])
            let lines = session.lines.filter { !$0.isEmpty && !$0.contains("Done") }
            #expect(!lines.isEmpty && lines.allSatisfy { $0.hasPrefix("phash: worker ") }, "\(session)")
            #expect(!session.raw.contains("\u{1B}"), "\(session)")
        }

        @Test func neverIsNever() throws {
            let session = try TerminalSession("exec $PHASH --progress=never -r 1 < /dev/null", columns: 80, steps: [])
            #expect(session.ending == .exit(0) && session.raw.isEmpty, "\(session)")
        }

        @Test func withoutATerminalThereIsNothing() throws {
            for arguments in [["--progress"], ["--progress=auto"], ["--progress", "auto"], ["--progress", "never"]] {
                try phash(["-r", "1"] + arguments, input: Array("a\nb\n".utf8)).expect(0)
            }
        }

        /// For a terminal at the other end of a connection, say.
        @Test func alwaysIsAlways() throws {
            let program = try RunningProgram("-r", "1", "--progress=always", "--total", "8")
            program.send(Inputs.lines(4, distinct: 4))
            try program.wait("half of it") { program.errorText.contains("\r4 records  50%  ETA ") }
            let outcome = try program.finish()
            #expect(outcome.ending == .exit(0) && outcome.errorOutput.last == 0x0A, outcome.story)
            #expect(outcome.errorText.contains("\r4 records  100%  in "), outcome.story)
        }

        @Test func theTotalIsWhatWasSaidUntilTheEndIsKnown() throws {
            let session = try TerminalSession(
                "(printf 'a\\nb\\nc\\n'; read line) | $PHASH --progress --total 4 -r 1 > /dev/null", columns: 80,
                steps: [.until("^3 records  75%  ETA "), .type("\n")])
            #expect(session.ending == .exit(0), "\(session)")
            #expect(session.lines.contains { $0.hasPrefix("3 records  100%  in ") }, "\(session)")
        }
    }
}
