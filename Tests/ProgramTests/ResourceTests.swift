import Foundation
import Glibc
import Testing

extension TheProgram {
    /// Contract section 4 (bounded memory), and that nothing spins in any state in which nothing can be done.
    @Suite struct Resources {
        /// The bound of the whole process tree with two children.
        private static let limit = 200 << 20

        private func idle(_ input: String) throws {
            let program = try RunningProgram("-j", "2", "-r", "1")
            program.send(input)
            if !input.isEmpty { _ = try program.nextLine() }
            try program.waitUntilReady()
            try program.waitForRest(windowSeconds: 2)
            try program.finish().expect(0)
        }

        @Test(arguments: ["", "hello\n", "hello\nhalf a line"])
        func idleOnOpenStdin(_ input: String) throws {
            try idle(input)
        }

        /// The parent has nothing to do while its children work.
        @Test func theParentRestsWhileChildrenWork() throws {
            let program = try RunningProgram("-j", "2", "-r", Pace.endless)
            program.send(Inputs.lines(100, distinct: 100))
            try program.wait("two children") { program.children.count == 2 }
            func ticks() -> Int { ProcessTable.entry(program.processIdentifier)?.ticks ?? 0 }
            try program.wait("a rest of the parent") {
                let before = ticks()
                program.watch(seconds: 1, every: 50)
                return ticks() - before <= 3
            }
        }

        @Test func stdoutIsStalledAndStdinIsFull() throws {
            let program = try RunningProgram("-j", "2", "-r", "1")
            program.drainsOutput = false
            program.feedForEver()
            try program.waitUntilReady()
            try program.waitForRest(windowSeconds: 2)
            #expect(program.unreadInput > 0 && program.inputLeft > 0, "still reading: \(program.story)")
        }

        /// A writer that went away while reading is paused: poll(2) would report the hang-up again and again.
        @Test(arguments: [["-k"], ["-u"]])
        func stdinIsHungUpWhileReadingIsPaused(_ order: [String]) throws {
            let arguments = ["-j", "2", "-r", "1", "--buffer", "200000"] + order
            let program = try RunningProgram(Launch(arguments: arguments))
            program.drainsOutput = false
            program.feedForEver()
            try program.waitUntilReady()
            try program.waitForRest()
            program.hangUp()
            try program.waitForRest(windowSeconds: 2)
            #expect(program.ending == nil, program.story)
            program.drainsOutput = true
            let outcome = try program.waitForEnd()
            outcome.expect(0)
            let sent = program.inputRead + program.unreadInput
            let input = Array(program.fed.prefix(sent))
            try Oracle.expectRight([Oracle.Run(arguments: arguments, input: input, output: outcome.output)])
        }

        /// Watches the memory of the tree until the end of the program and gives its highest value.
        private func peak(_ program: RunningProgram, seconds: Double) throws -> (outcome: Outcome, bytes: Int) {
            var highest = 0
            var next = ContinuousClock.now
            let outcome = try program.waitForEnd(seconds: seconds) {
                guard ContinuousClock.now >= next else { return }
                highest = max(highest, ProcessTable.memory(ofTree: program.processIdentifier))
                next = ContinuousClock.now + .milliseconds(50)
            }
            return (outcome, highest)
        }

        @Test(arguments: [["-k"], ["-u"]])
        func aLongStreamOfShortLines(_ order: [String]) throws {
            let lineBytes = 64
            let blockLines = 16_384
            let blocks = isDeep ? 1_500 : 200
            let block = Array(
                repeating: Array("\(String(repeating: "x", count: lineBytes - 1))\n".utf8), count: blockLines
            )
            .flatMap { $0 }
            let program = try RunningProgram(Launch(arguments: ["-j", "2", "-r", "1"] + order))
            program.keepsOutput = false
            var given = 0
            program.inputSource = {
                given += 1
                return given <= blocks ? block : nil
            }
            program.closeInput()
            let (outcome, bytes) = try peak(program, seconds: 600)
            outcome.expect(0)
            #expect(bytes < Self.limit && bytes > 0, "\(bytes) bytes")
            // Every record has the same length but for its number, so the sum of all lengths is known.
            let lines = blocks * blockLines
            var digits = 0
            var first = 1
            while first <= lines {
                digits += lines - first + 1
                first *= 10
            }
            let fixed = #"{"line":,"input":"","hash":""}"#.utf8.count + 1 + 128 + lineBytes - 1
            #expect(program.outputCount == lines * fixed + digits, program.story)
        }

        @Test func aLineLongerThanMemoryShouldHold() throws {
            let program = try RunningProgram("-j", "2", "-r", "1")
            let block = [UInt8](repeating: 0x78, count: 1 << 20)
            var given = 0
            program.send("before\n")
            program.inputSource = {
                given += 1
                let last = isDeep ? 600 : 100
                return given <= last ? block : given == last + 1 ? Array("\nafter\n".utf8) : nil
            }
            program.closeInput()
            let (outcome, bytes) = try peak(program, seconds: 300)
            outcome.expect(1)
            #expect(bytes < Self.limit && bytes > 0, "\(bytes) bytes")
            #expect(outcome.lines.count == 3 && outcome.lines[2].contains("\"after\""), outcome.story)
            #expect(outcome.lines[1].hasPrefix(#"{"line":2,"error":"line_too_long","message":""#), outcome.story)
        }

        /// The longest lines that are hashed, and as many of them as the buffer may hold.
        @Test func longLinesWithinTheLimit() throws {
            let program = try RunningProgram("-j", "2", "-r", "1")
            program.keepsOutput = false
            let line = [UInt8](repeating: 0x01, count: 1 << 20) + [0x0A]
            var given = 0
            program.inputSource = {
                given += 1
                return given <= 60 ? line : nil
            }
            program.closeInput()
            let (outcome, bytes) = try peak(program, seconds: 300)
            outcome.expect(0)
            #expect(bytes < Self.limit && bytes > 0, "\(bytes) bytes")
        }

        /// What a long line or a flood of empty ones behind a stalled reader made the parent take, it gives back.
        @Test func whatWasTakenForTheUnusualGoesBack() throws {
            let program = try RunningProgram("-j", "2", "-r", "1")
            program.keepsOutput = false
            func memory() -> Int { ProcessTable.ownMemory(program.processIdentifier) ?? 0 }
            func answer(_ input: [UInt8], outputBytes: Int) throws {
                let before = program.outputCount
                program.send(input)
                try program.wait("answers", seconds: 300) { program.outputCount - before >= outputBytes }
            }
            try answer(Inputs.lines(20_000, distinct: 1_000), outputBytes: 20_000 * 150)
            try program.waitForRest()
            let usual = memory()
            let long = [UInt8](repeating: 0x78, count: 1 << 20) + [0x0A]
            for _ in 0..<4 { try answer(long, outputBytes: 1 << 20) }
            program.drainsOutput = false
            program.send([UInt8](repeating: 0x0A, count: 1_500_000))
            try program.wait("the flood to be felt") { memory() > usual + 2 << 20 }
            program.drainsOutput = true
            try answer(long, outputBytes: 1_500_000 * 150)
            try program.waitForRest()
            try program.wait("memory to go back") { memory() < usual + 1 << 20 }
            program.closeInput()
            try program.waitForEnd(seconds: 300).expect(0)
        }

        @Test(arguments: [["-k"], ["-u"]])
        func aReaderThatStopsReading(_ order: [String]) throws {
            let program = try RunningProgram(Launch(arguments: ["-j", "2", "-r", "1"] + order))
            let block = Inputs.lines(30_000, distinct: 1_000)
            program.inputSource = { block }
            _ = try program.nextLines(1_000)
            program.drainsOutput = false
            try program.waitForRest()
            let before = ProcessTable.memory(ofTree: program.processIdentifier)
            program.watch(seconds: 1, every: 50)
            let after = ProcessTable.memory(ofTree: program.processIdentifier)
            #expect(before > 0 && before < Self.limit && after < Self.limit, "\(before) then \(after) bytes")
            #expect(abs(after - before) < 1 << 20, "\(before) then \(after) bytes")
        }
    }
}
