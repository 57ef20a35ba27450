import Glibc
import Testing

extension TheProgram {
    /// What was broken once. Each test names what it was.
    @Suite struct Regression {
        /// With input ready in the turn that brought the signal, the parent read on after the end of all reading and
        /// trapped.
        @Test(arguments: 0..<6)
        func aSignalWhileInputIsReady(attempt: Int) throws {
            let program = try RunningProgram("-j", "2", "-r", "1")
            program.feedForEver()
            _ = try program.nextLines(1_000 * (attempt + 1))
            program.signal(SIGTERM)
            let outcome = try program.waitForEnd()
            #expect(outcome.ending == .signal(SIGTERM), outcome.story)
            #expect(outcome.output.last == 0x0A)
        }

        /// A CONT, which systemd and timeout(1) send after TERM, turned the clock back: the drain was not announced, and
        /// a second TERM taken for an echo of the first.
        @Test func aContinueAfterTheSignal() throws {
            let program = try RunningProgram("-j", "1", "-r", "9223372036854775807")
            program.send("for ever\n")
            try program.wait("the record to be read") { program.hasReadAll }
            program.watch(seconds: 1)
            program.signal(SIGTERM)
            program.signal(SIGCONT)
            try program.wait("the note about records left") { countNewlines(program.errorOutput) > 0 }
            program.signal(SIGCONT)
            program.signal(SIGTERM)
            #expect(try program.waitForExit() == .signal(SIGTERM), program.story)
        }

        /// A line that was too long cost nothing, and the dear ones behind it were then read and batched by thousands.
        @Test func dearRecordsBehindALineThatIsTooLong() throws {
            let rounds = try Pace.rounds(seconds: 0.2)
            let program = try RunningProgram("-j", "1", "-r", rounds, "--max-line", "10")
            program.send("this line is too long\n")
            _ = try program.nextLine()
            program.send((0..<2_000).map { "r\($0)\n" }.joined())
            #expect(try program.nextLine().contains("\"r0\""))
            let status = try program.status()
            #expect(try #require(status["in_flight"] as? Int) < 100, program.story)
            program.signal(SIGKILL)
            _ = try program.waitForExit()
        }

        /// A line without end, of records that were thought to be dear, was read in a loop that looked at nothing else.
        @Test func aDearLineWithoutEnd() throws {
            let program = try RunningProgram(
                Launch(arguments: ["-j", "1"], wrapper: Launch.shell("exec < /dev/zero")))
            #expect(try program.nextLine().contains("\"line_too_long\""))
            #expect(try program.status()["records_in"] as? Int == 1, program.story)
            program.signal(SIGTERM)
            #expect(try program.waitForExit() == .signal(SIGTERM), program.story)
        }

        /// Nobody read stderr, and with it full the whole loop stood still.
        @Test func aStalledReaderOfStderr() throws {
            let fill = "mkfifo full; exec 9<>full; head -c 65536 /dev/zero >&9; exec 2>&9 9>&-"
            let program = try RunningProgram(Launch(arguments: ["-v", "-r", "1"], wrapper: Launch.shell(fill)))
            program.send("before\n")
            #expect(try program.nextLine().contains("\"before\""))
            for _ in 0..<1_000 { program.signal(SIGUSR1) }
            program.send("after\n")
            #expect(try program.nextLine().contains("\"after\""))
            program.signal(SIGTERM)
            #expect(try program.waitForExit() == .signal(SIGTERM), program.story)
        }

        /// Each slot is reserved for the worst case, which `ulimit -v` and `ulimit -f` count although no page is used.
        @Test(arguments: ["ulimit -v 4000000", "ulimit -f 100000", "ulimit -n 40"])
        func limitsOfTheShell(limit: String) throws {
            let input = Inputs.lines(5_000, distinct: 5_000)
            let arguments = ["-j", "16", "-r", "1"]
            let outcome = try run(Launch(arguments: arguments, wrapper: Launch.shell(limit)), input: input)
            outcome.expect(0)
            try Oracle.expectRight([Oracle.Run(arguments: arguments, input: input, output: outcome.output)])
        }

        /// Records of a few kilobytes went into a pipe in pieces, and a stop could leave the last of them cut off.
        @Test(arguments: [100, 5_000, 20_000, 60_000])
        func noRecordIsCutOffByAStopWithAStalledReader(length: Int) throws {
            let stalled = try RunningProgram("-j", "1", "-r", "1")
            stalled.drainsOutput = false
            let line = [UInt8](repeating: 0x7A, count: length) + [0x0A]
            for _ in 0..<(400_000 / length) { stalled.send(line) }
            try stalled.waitUntilReady()
            try stalled.waitForRest()
            stalled.signal(SIGTERM)
            try stalled.wait("the note about records left") { countNewlines(stalled.errorOutput) > 0 }
            stalled.signal(SIGTERM)
            #expect(try stalled.waitForExit() == .signal(SIGTERM), stalled.story)
            stalled.drainsOutput = true
            let outcome = try stalled.waitForEnd()
            #expect(outcome.output.last == 0x0A, outcome.story)
        }

        /// Typed by hand it waited for ever for what only a parent says.
        @Test func aWorkerWithoutAParent() throws {
            let outcome = try phash("--worker")
            outcome.expect(64)
            #expect(outcome.errorText.contains("--worker"), outcome.story)
        }
    }
}
