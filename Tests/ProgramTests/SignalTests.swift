import Foundation
import Glibc
import Testing

extension TheProgram {
    /// Contract section 7.
    @Suite struct Signals {
        /// Eight slow records, read by the program, and stdin still open.
        private func withEightSlowRecords(_ arguments: [String], rounds: String) throws -> RunningProgram {
            let program = try RunningProgram(Launch(arguments: ["-j", "2", "-r", rounds] + arguments))
            program.send(Inputs.lines(8, distinct: 8))
            try program.wait("the records to be read") { program.hasReadAll }
            try program.wait("two children") { program.children.count == 2 }
            return program
        }

        @Test func whatWasReadIsWrittenBeforeTheEnd() throws {
            let rounds = try Pace.rounds(seconds: 0.15)
            let input = Inputs.lines(8, distinct: 8)
            var runs: [Oracle.Run] = []
            for signal in [SIGINT, SIGTERM, SIGHUP] {
                for order in [["-k"], ["-u"]] {
                    let program = try withEightSlowRecords(order, rounds: rounds)
                    program.signalGroup(signal)
                    let outcome = try program.waitForEnd()
                    #expect(outcome.ending == .signal(signal), outcome.story)
                    runs.append(Oracle.Run(arguments: ["-r", rounds] + order, input: input, output: outcome.output))
                }
            }
            try Oracle.expectRight(runs)
        }

        @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
        func anIdleProgramEndsSilently(_ signal: Int32) throws {
            let program = try RunningProgram("-r", "1")
            program.send("hello\n")
            _ = try program.nextLine()
            let children = program.children
            program.signalGroup(signal)
            let outcome = try program.waitForEnd()
            #expect(outcome.ending == .signal(signal) && outcome.errorOutput.isEmpty, outcome.story)
            try program.waitForDeath(of: children)
        }

        /// In the middle of a stream: every whole record that was read comes out, and nothing of one that was cut.
        @Test func aStreamIsDrained() throws {
            let rounds = "20"
            let program = try RunningProgram("-j", "2", "-r", rounds, "--buffer", "2000000")
            program.feedForEver()
            _ = try program.nextLines(2_000)
            program.signal(SIGTERM)
            let outcome = try program.waitForEnd()
            #expect(outcome.ending == .signal(SIGTERM), outcome.story)
            let read = Array(program.fed.prefix(program.inputRead))
            let whole = Array(read.prefix(through: read.lastIndex(of: 0x0A) ?? 0))
            try Oracle.expectRight([Oracle.Run(arguments: ["-r", rounds], input: whole, output: outcome.output)])
        }

        /// After a second of draining a note tells how many records are left; a second signal then ends it at once.
        @Test(arguments: [["-k"], ["-u"]])
        func aSecondSignalEndsItAtOnce(_ order: [String]) throws {
            let program = try withEightSlowRecords(order, rounds: Pace.endless)
            let children = program.children
            program.signalGroup(SIGTERM)
            try program.wait("the note about records left") { countNewlines(program.errorOutput) > 0 }
            #expect(program.errorText.hasPrefix("phash: ") && program.errorText.contains("8"), program.story)
            #expect(program.children == children, program.story)
            program.signalGroup(SIGTERM)
            let outcome = try program.waitForEnd()
            #expect(outcome.ending == .signal(SIGTERM) && outcome.output.isEmpty, outcome.story)
            #expect(countNewlines(outcome.errorOutput) == 1, outcome.story)
            try program.waitForDeath(of: children)
        }

        /// A program whose stdout is full, with much input still to come.
        private func stalled(_ order: [String]) throws -> RunningProgram {
            let program = try RunningProgram(Launch(arguments: ["-j", "2", "-r", "1", "--buffer", "1000000"] + order))
            program.drainsOutput = false
            program.feedForEver()
            try program.waitUntilReady()
            try program.waitForRest()
            return program
        }

        @Test(arguments: [["-k"], ["-u"]])
        func aSecondSignalEndsItAtOnceWithAStalledReaderToo(_ order: [String]) throws {
            let program = try stalled(order)
            let children = program.children
            program.signalGroup(SIGTERM)
            try program.wait("the note about records left") { countNewlines(program.errorOutput) > 0 }
            program.signalGroup(SIGTERM)
            #expect(try program.waitForExit() == .signal(SIGTERM), program.story)
            try program.waitForDeath(of: children)
            program.drainsOutput = true
            let outcome = try program.waitForEnd()
            #expect(outcome.output.last == 0x0A, outcome.story)
            var run = Oracle.Run(arguments: ["-r", "1"] + order, input: program.fed, output: outcome.output)
            run.isCutShort = true
            try Oracle.expectRight([run])
        }

        /// The first signal waits for a stalled reader without spinning, and loses nothing when it reads again.
        @Test func aStalledReaderGetsAllWhenItReadsAgain() throws {
            let program = try stalled(["-k"])
            program.signalGroup(SIGTERM)
            try program.wait("the note about records left") { countNewlines(program.errorOutput) > 0 }
            try program.waitForRest(windowSeconds: 2)
            program.drainsOutput = true
            let outcome = try program.waitForEnd()
            #expect(outcome.ending == .signal(SIGTERM), outcome.story)
            let read = Array(program.fed.prefix(program.inputRead))
            let whole = Array(read.prefix(through: read.lastIndex(of: 0x0A) ?? 0))
            try Oracle.expectRight([Oracle.Run(arguments: ["-r", "1"], input: whole, output: outcome.output)])
        }

        @Test(arguments: [("HUP", SIGHUP), ("INT", SIGINT), ("TERM", SIGTERM)])
        func aSignalIgnoredAtTheStartStaysIgnored(_ name: String, _ signal: Int32) throws {
            let program = try RunningProgram(Launch(arguments: ["-r", "1"], wrapper: Launch.ignoring(name)))
            program.send("before\n")
            _ = try program.nextLine()
            program.signalGroup(signal)
            program.send("after\n")
            #expect(try program.nextLine().contains("\"after\""))
            try program.finish().expect(0)
        }

        @Test func USR1TellsTheStatusAndGoesOn() throws {
            let program = try RunningProgram("-j", "2", "-r", "1", "--max-line", "10")
            program.send("hello\nworld\nmuch too long a line\n")
            let answers = try program.nextLines(3)
            let status = try program.status()
            let fields = [
                "elapsed_s", "records_in", "records_out", "errors", "bytes_in", "bytes_out", "records_per_s",
                "in_flight", "buffered_bytes", "jobs", "busy", "restarts", "workers",
            ]
            for field in fields { #expect(status[field] != nil, "\(field) is missing: \(program.story)") }
            #expect(status["records_in"] as? Int == 3 && status["records_out"] as? Int == 3, program.story)
            #expect(status["errors"] as? Int == 1 && status["jobs"] as? Int == 2, program.story)
            #expect(status["bytes_in"] as? Int == 33, program.story)
            #expect(status["bytes_out"] as? Int == answers.reduce(0) { $0 + $1.utf8.count + 1 }, program.story)
            #expect(status["in_flight"] as? Int == 0 && status["busy"] as? Int == 0, program.story)
            let workers = try #require(status["workers"] as? [[String: Any]], program.story)
            #expect(workers.compactMap { $0["pid"] as? Int }.map(pid_t.init).sorted() == program.children)
            for worker in workers {
                #expect(Set(["pid", "records", "busy_share", "restarts"]).isSubset(of: worker.keys), program.story)
            }
            program.send("again\n")
            #expect(try program.nextLine().contains("\"again\""))
            #expect(try program.finish().ending == .exit(1))
        }

        @Test func USR1DuringWorkAndBeforeAnyInput() throws {
            let program = try RunningProgram("-j", "2", "-r", Pace.endless)
            #expect(try program.status()["records_in"] as? Int == 0)
            program.send(Inputs.lines(2, distinct: 2))
            try program.wait("two children") { program.children.count == 2 }
            try program.wait("both busy") { try program.status()["busy"] as? Int == 2 }
            #expect(try program.status()["records_in"] as? Int == 2, program.story)
        }

        /// A terminal, systemd or pkill sends its signal to the children as well; they leave it to their parent.
        @Test func signalsToTheChildrenChangeNothing() throws {
            let program = try RunningProgram("-j", "2", "-r", try Pace.rounds(seconds: 0.05))
            program.send(Inputs.lines(8, distinct: 8))
            _ = try program.nextLines(8)
            let children = program.children
            #expect(children.count == 2, program.story)
            for signal in [SIGUSR1, SIGINT, SIGHUP, SIGTERM, SIGQUIT] {
                // Once while they rest and once while they work.
                for child in children { kill(child, signal) }
                program.send(Inputs.lines(8, distinct: 8))
                for child in children { kill(child, signal) }
                _ = try program.nextLines(8)
                #expect(program.children == children, "signal \(signal): \(program.story)")
            }
            try program.finish().expect(0)
        }

        /// New children are immune from their first moment.
        @Test func signalsToNewChildrenChangeNothing() throws {
            let program = try RunningProgram("-j", "16", "-r", try Pace.rounds(seconds: 0.01))
            program.send(Inputs.lines(400, distinct: 400))
            program.closeInput()
            var seen: Set<pid_t> = []
            let outcome = try program.waitForEnd {
                for child in program.children {
                    seen.insert(child)
                    kill(child, SIGTERM)
                    kill(child, SIGHUP)
                }
            }
            outcome.expect(0)
            #expect(seen.count <= 16, "\(seen)")
        }

        /// The time in which everything was stopped counts for no record.
        @Test func stoppedAndContinuedWithATimeout() throws {
            let rounds = try Pace.rounds(seconds: 0.02)
            let arguments = ["-j", "2", "-r", rounds, "--timeout", "3", "--retries", "0"]
            let input = Inputs.lines(400, distinct: 400)
            let program = try RunningProgram(Launch(arguments: arguments))
            program.send(input)
            program.closeInput()
            _ = try program.nextLine()
            program.signalGroup(SIGSTOP)
            program.watch(seconds: 4.5)
            #expect(countNewlines(program.output) < 400, "it stopped too late: \(program.story)")
            program.signalGroup(SIGCONT)
            let outcome = try program.waitForEnd()
            outcome.expect(0)
            try Oracle.expectRight([Oracle.Run(arguments: arguments, input: input, output: outcome.output)])
        }
    }
}
