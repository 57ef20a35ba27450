import Foundation
import Glibc
import Testing

extension TheProgram {
    /// Contract section 6: input that cannot be read, output that cannot be written, a reader that goes away.
    @Suite struct InputAndOutputFailures {
        private func expectSilentDeathByPipe(_ outcome: Outcome, sourceLocation: SourceLocation = #_sourceLocation) {
            #expect(outcome.ending == .signal(SIGPIPE), outcome.story, sourceLocation: sourceLocation)
            #expect(outcome.errorOutput.isEmpty, outcome.story, sourceLocation: sourceLocation)
        }

        private func namesStdin(_ outcome: Outcome) -> Bool {
            ["phash: stdin: ", "phash: standard input: "].contains { outcome.errorText.hasPrefix($0) }
        }

        @Test(arguments: [[], ["-u"], ["--format", "hex"]])
        func aFullDevice(_ more: [String]) throws {
            for input in [Array("hello\n".utf8), Inputs.lines(50_000, distinct: 50)] {
                let launch = Launch(arguments: ["-r", "1"] + more, output: .file("/dev/full"))
                let outcome = try run(launch, input: input)
                outcome.expect(74)
                #expect(countNewlines(outcome.errorOutput) == 1, outcome.story)
            }
        }

        /// One line to a full device with stdin held open: the failure shows at once, not at the end of input.
        @Test func aFullDeviceIsNoticedWhileStdinIsOpen() throws {
            let program = try RunningProgram(Launch(arguments: ["-r", "1"], output: .file("/dev/full")))
            program.send("hello\n")
            try program.waitForEnd().expect(74)
        }

        @Test func closedStdout() throws {
            for input in [Array("hello\n".utf8), Inputs.lines(50_000, distinct: 50)] {
                try run(Launch(arguments: ["-r", "1"], output: .closed), input: input).expect(74)
            }
        }

        @Test func closedStdin() throws {
            let outcome = try run(Launch(arguments: ["-r", "1"], input: .closed))
            outcome.expect(74, "")
            #expect(namesStdin(outcome), outcome.story)
        }

        @Test func aDirectoryAsStdin() throws {
            let outcome = try run(Launch(arguments: ["-r", "1"], input: .file("/")))
            outcome.expect(74, "")
            #expect(namesStdin(outcome), outcome.story)
        }

        @Test func filesAsStdinAndStdout() throws {
            let directory = try TemporaryDirectory()
            let input = Inputs.lines(20_000, distinct: 100)
            let launch = Launch(
                arguments: ["-r", "1", "-j", "2"], input: .file(try directory.file("in", holding: input)),
                output: .file("\(directory.path)/out"))
            try run(launch).expect(0)
            let output = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(directory.path)/out")))
            try Oracle.expectRight([Oracle.Run(arguments: launch.arguments, input: input, output: output)])
        }

        @Test(arguments: [["-k"], ["-u"]])
        func aReaderThatLeavesEndsItQuietly(_ order: [String]) throws {
            let program = try RunningProgram(Launch(arguments: ["-r", "1", "-j", "2"] + order))
            program.feedForEver()
            _ = try program.nextLine()
            let children = program.children
            program.closeOutput()
            expectSilentDeathByPipe(try program.waitForEnd())
            try program.waitForDeath(of: children)
        }

        @Test(arguments: [["-k"], ["-u"]])
        func aReaderThatLeavesIsNoticedWhileStdinIsIdle(_ order: [String]) throws {
            let program = try RunningProgram(Launch(arguments: ["-r", "1", "-j", "2"] + order))
            program.send("hello\n")
            _ = try program.nextLine()
            let children = program.children
            #expect(!children.isEmpty)
            program.closeOutput()
            expectSilentDeathByPipe(try program.waitForEnd())
            try program.waitForDeath(of: children)
        }

        @Test func aReaderThatLeavesIsNoticedBeforeAnyInputAndDuringSlowWork() throws {
            for input in ["", "endless\n"] {
                let program = try RunningProgram("-j", "2", "-r", Pace.endless)
                program.send(input)
                if input.isEmpty {
                    try program.waitUntilReady()
                } else {
                    try program.wait("a child") { !program.children.isEmpty }
                }
                let children = program.children
                program.closeOutput()
                expectSilentDeathByPipe(try program.waitForEnd())
                try program.waitForDeath(of: children)
            }
        }

        /// The shell's own view of it: status 141 of a pipeline's first command.
        @Test func headInAPipeline() throws {
            let script = #"set -o pipefail; yes | "$0" -r 1 | head -n 1; echo "${PIPESTATUS[1]}""#
            let launch = Launch(binary: .tool("bash"), arguments: ["-c", script, try Binary.phash.path()])
            let outcome = try run(launch)
            #expect(outcome.lines.count == 2 && outcome.lines.last == "141", outcome.story)
            #expect(outcome.errorOutput.isEmpty, outcome.story)
        }

        @Test func withBrokenPipesIgnoredItIsAnError() throws {
            for isIdle in [false, true] {
                let program = try RunningProgram(Launch(arguments: ["-r", "1"], wrapper: Launch.ignoring("PIPE")))
                if isIdle { program.send("hello\n") } else { program.feedForEver() }
                _ = try program.nextLine()
                let children = program.children
                program.closeOutput()
                try program.waitForEnd().expect(74)
                try program.waitForDeath(of: children)
            }
        }
    }
}
