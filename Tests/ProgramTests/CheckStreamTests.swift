import Foundation
import Glibc
import Testing

extension TheProgram {
    /// What holds for hashing holds for checking too: it streams, it survives its children, its memory is bounded.
    @Suite struct CheckingAsAFilter {
        @Test func aLoneRecordIsAnsweredBeforeTheNextIsSent() throws {
            let made = String(decoding: try records(["-r", "1"], "a\nb\nc\n"), as: UTF8.self).split(separator: "\n")
            let program = try RunningProgram("check", "-r", "1")
            for (number, line) in made.enumerated() {
                program.send("\(line)\n")
                #expect(try program.nextLine() == "line \(number + 1): OK", program.story)
            }
            // Nothing is said of it, and that holds nobody up.
            program.send("nonsense\n")
            program.send("\(made[2])\n")
            #expect(try program.nextLine() == "line 5: OK", program.story)
            #expect(try program.finish().ending == .exit(1))
        }

        /// Children are killed while they work, and nothing is missing or there twice.
        @Test(arguments: [[], ["-u"]])
        func killedChildrenCostNothing(_ order: [String]) throws {
            let made = try records(["-r", "1", "-j", "2"], (1...4_000).map { "\($0)\n" }.joined())
            // As if hashed a hundred times: wrong, but slow enough to be disturbed.
            let program = try RunningProgram(
                Launch(arguments: ["check", "-j", "2", "-r", try Pace.rounds(seconds: 0.001)] + order))
            program.send(made)
            program.closeInput()
            for _ in 0..<5 {
                let before = program.outputCount
                try program.wait("progress") { program.outputCount > before || program.ending != nil }
                if let child = program.children.first { kill(child, SIGKILL) }
            }
            let outcome = try program.waitForEnd()
            #expect(outcome.ending == .exit(1), outcome.story)
            let expected = (1...4_000).map { "line \($0): FAILED" }
            #expect(
                (order.isEmpty ? outcome.lines : outcome.lines.sorted())
                    == (order.isEmpty ? expected : expected.sorted()))
            #expect(outcome.errorText == warning + "4000 hashes did NOT match\n", outcome.story)
        }

        @Test func aRecordThatKillsItsWorker() throws {
            let lines = [
                #"{"line":1,"input":"a","hash":"0"}"#, "phash-test-hook crash", #"{"line":3,"input":"a","hash":"0"}"#,
                "phash-test-hook hang",
            ]
            let outcome = try phash(
                ["check", "--retries", "1", "--timeout", "0.5"], input: Array(lines.joined(separator: "\n").utf8),
                binary: .hooks)
            #expect(outcome.ending == .exit(1), outcome.story)
            #expect(outcome.outputText == "line 2: FAILED (worker_crashed)\nline 4: FAILED (timeout)\n", outcome.story)
            #expect(outcome.errorText.contains(warning + "2 records could not be checked\n"), outcome.story)
        }

        /// Any number of rounds can be asked for, and a limit of time holds for checking too.
        @Test func aRecordThatTakesTooLong() throws {
            let line =
                #"{"line":1,"input":"a","algorithm":"md5","rounds":\#(Pace.endless),"hash":"\#(String(repeating: "0", count: 32))"}"#
            let outcome = try check(["--timeout", "0.2", "--retries", "0"], line)
            #expect(outcome.ending == .exit(1) && outcome.outputText == "line 1: FAILED (timeout)\n", outcome.story)
        }

        /// A record as long as `--max-line` lets through is checked with the same `--max-line`.
        @Test func longRecords() throws {
            let input = [UInt8](repeating: 0x01, count: 1 << 20) + [0x0A] + [UInt8](repeating: 0xFF, count: 1 << 20)
            let made = try phash(["-r", "1"], input: input)
            try check(["-r", "1"], made.output).expect(0, allRight(2))
            let outcome = try check(["-r", "1", "--max-line", "1000"], made.output)
            #expect(
                outcome.outputText == "line 1: FAILED (line_too_long)\nline 2: FAILED (line_too_long)\n", outcome.story)
            #expect(outcome.ending == .exit(1), outcome.story)
        }

        /// What is said is written whole or not at all, and a reader that goes away ends it.
        @Test func aReaderThatGoesAway() throws {
            let made = try records(["-r", "1"], (1...50_000).map { "\($0)\n" }.joined())
            let program = try RunningProgram(Launch(arguments: ["check", "-r", "1"]))
            program.send(made)
            _ = try program.nextLine()
            program.closeOutput()
            #expect(try program.waitForExit() == .signal(SIGPIPE), program.story)
            try run(Launch(arguments: ["check", "-r", "1"], output: .file("/dev/full")), input: made).expect(74)
        }

        /// A stream many times as large as what may be kept of it, answered while it comes.
        @Test func memoryStaysFlat() throws {
            let lines = String(
                decoding: try records(["-r", "1"], (1...2_000).map { "record \($0)\n" }.joined()), as: UTF8.self)
            let block = Array(lines.utf8)
            let program = try RunningProgram(Launch(arguments: ["check", "-r", "1", "-j", "2", "--partial"]))
            program.keepsOutput = false
            var blocks = 0
            program.inputSource = {
                blocks += 1
                return blocks <= 100 ? block : nil
            }
            program.closeInput()
            var peaks: [Int] = []
            let outcome = try program.waitForEnd {
                if peaks.count < 2, blocks > 20 + peaks.count * 70, program.ending == nil {
                    peaks.append(ProcessTable.memory(ofTree: program.processIdentifier))
                }
            }
            #expect(outcome.ending == .exit(0), outcome.story)
            #expect(program.outputCount > 100 * 2_000 * "line 1: OK\n".utf8.count)
            #expect(peaks.count == 2 && peaks[1] < peaks[0] + (16 << 20), "\(peaks)")
        }
    }
}
