import Foundation
import Testing

extension TheProgram {
    /// Contract section 5, the record at fault: found by halving, given up alone, its neighbours unharmed.
    @Suite struct Poison {
        private static let codes = [
            "phash-test-hook crash": "worker_crashed", "phash-test-hook exit": "worker_crashed",
            "phash-test-hook hang": "timeout",
        ]

        @discardableResult
        private func expectErrors(
            _ arguments: [String], lines: [String], sourceLocation: SourceLocation = #_sourceLocation
        ) throws -> Outcome {
            try Hooks.expectErrors(arguments, lines: lines, codes: Self.codes, sourceLocation: sourceLocation)
        }

        private func neighbours(_ count: Int) -> [String] { Hooks.neighbours(count) }

        @Test(arguments: ["crash", "exit"], [["-j", "2"], ["-j", "1"], ["-j", "2", "-u"]])
        func aRecordThatKillsItsWorkerIsGivenUp(_ hook: String, _ order: [String]) throws {
            let poison = "phash-test-hook \(hook)"
            try expectErrors(order, lines: neighbours(300) + [poison] + neighbours(300))
            try expectErrors(order, lines: [poison])
            try expectErrors(order, lines: [poison] + neighbours(5))
            try expectErrors(order, lines: neighbours(5) + [poison])
        }

        @Test(arguments: [["-j", "2"], ["-j", "4", "-u"]])
        func manyRecordsAtFault(_ order: [String]) throws {
            let crash = "phash-test-hook crash"
            let exit = "phash-test-hook exit"
            try expectErrors(order, lines: [crash, exit, "a", crash, crash] + neighbours(50) + [exit, "b", exit])
        }

        @Test(arguments: [["-j", "2"], ["-j", "2", "-u"]])
        func aRecordThatHangsTimesOut(_ order: [String]) throws {
            let lines = neighbours(2) + ["phash-test-hook hang"] + neighbours(1)
            let outcome = try expectErrors(["--timeout", "0.3"] + order, lines: lines)
            #expect(outcome.outputText.contains("tried 3 times"), outcome.story)
        }

        @Test func messagesNameTheTries() throws {
            for (retries, words) in [("0", "tried 1 time\""), ("1", "tried 2 times\""), ("5", "tried 6 times\"")] {
                let outcome = try expectErrors(["--retries", retries], lines: ["a", "phash-test-hook crash", "b"])
                #expect(outcome.outputText.contains(words), outcome.story)
            }
            let byDefault = try expectErrors([], lines: ["phash-test-hook crash"])
            #expect(byDefault.outputText.contains("tried 3 times\""), byDefault.story)
            let hang = try expectErrors(["--timeout", "0.3", "--retries", "0"], lines: ["phash-test-hook hang"])
            #expect(hang.outputText.contains("no result within 0.3 s, tried 1 time\""), hang.story)
        }

        @Test func anErrorRecordIsAnEmptyLineOfBareHashes() throws {
            try expectErrors(["--format", "hex"], lines: ["a", "phash-test-hook crash", "b"])
        }

        @Test func theMessageDoesNotHoldTheRecord() throws {
            let outcome = try expectErrors(["--no-input"], lines: ["a", "phash-test-hook crash", "b"])
            #expect(!outcome.outputText.contains("test-hook"), outcome.story)
        }

        @Test func workersThatNeverGetReadyEndTheProgram() throws {
            let launch = Launch(binary: .hooks, environment: ["PHASH_TEST_HOOK": "start-crash"])
            let outcome = try run(launch, input: Array("hello\n".utf8))
            outcome.expect(70, "")
            #expect(countNewlines(outcome.errorOutput) == 1, outcome.story)
        }

        /// What only tests may use is not in the program that people get.
        @Test func theShippedBuildHasNoHooks() throws {
            let lines = Self.codes.keys.sorted().map { $0 + "\n" }.joined()
            var launch = Launch(arguments: ["-r", "1"])
            launch.environment["PHASH_TEST_HOOK"] = "start-crash"
            let outcome = try run(launch, input: Array(lines.utf8))
            outcome.expect(0)
            let run = Oracle.Run(arguments: launch.arguments, input: Array(lines.utf8), output: outcome.output)
            try Oracle.expectRight([run])
            let binary = try Data(contentsOf: URL(fileURLWithPath: try Binary.phash.path()), options: .alwaysMapped)
            #expect(binary.range(of: Data("phash-test-hook".utf8)) == nil)
        }
    }
}
