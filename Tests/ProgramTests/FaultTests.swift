import Foundation
import Glibc
import Testing

extension TheProgram {
    /// Contract section 5: workers die or hang, and nobody notices it in the output.
    @Suite struct Faults {
        private static let distinct = 500

        /// Runs the records through and sends signals to random children as the output advances.
        private func run(
            _ arguments: [String], signals: [Int32], times: Int, perTime: Int = 1, count: Int = 60_000, seed: UInt64
        ) throws -> Oracle.Run {
            var generator = SeededGenerator(seed: seed)
            let input = Inputs.lines(count, distinct: Self.distinct)
            let arguments = ["-r", "200"] + arguments
            let program = try RunningProgram(Launch(arguments: arguments))
            program.send(input)
            program.closeInput()
            // About 200 bytes a record; the last signals come well before the end.
            let stride = count * 180 / (times + 1)
            var sent = 0
            let outcome = try program.waitForEnd {
                guard program.outputCount > (sent + 1) * stride, sent != times else { return }
                let victims = program.children.shuffled(using: &generator).prefix(perTime)
                guard !victims.isEmpty else { return }
                for victim in victims { kill(victim, signals.randomElement(using: &generator)!) }
                sent += 1
            }
            outcome.expect(0)
            #expect(sent == times, "only \(sent) of \(times) signals were sent")
            return Oracle.Run(arguments: arguments, input: input, output: outcome.output)
        }

        @Test func randomWorkersAreKilled() throws {
            let deadly = [SIGKILL, SIGSEGV, SIGABRT]
            var runs: [Oracle.Run] = []
            runs.append(try run(["-j", "4"], signals: deadly, times: 60, seed: 6))
            runs.append(try run(["-j", "2", "-u"], signals: deadly, times: 60, seed: 7))
            runs.append(try run(["-j", "1"], signals: [SIGKILL], times: 15, count: 10_000, seed: 8))
            try Oracle.expectRight(runs)
        }

        /// A stopped worker is late: it is killed when its time is up, and another does its records.
        ///
        /// The limit is 0.1 s a record and a batch has some dozens, so each stop costs a few seconds.
        @Test(arguments: [["-j", "4"], ["-j", "4", "-u"]])
        func randomWorkersAreStopped(_ order: [String]) throws {
            let run = try run(order + ["--timeout", "0.1"], signals: [SIGSTOP], times: 2, perTime: 2, seed: 9)
            try Oracle.expectRight([run])
        }

        @Test func theWholeSetOfWorkersIsKilledAtOnce() throws {
            let run = try run(["-j", "4"], signals: [SIGKILL], times: 5, perTime: 4, count: 20_000, seed: 10)
            try Oracle.expectRight([run])
        }

        /// A worker that dies while it has nothing to do is replaced when there is work again.
        @Test func anIdleWorkerDies() throws {
            let program = try RunningProgram("-j", "2", "-r", "1")
            for number in 1...10 {
                program.send("line \(number)\n")
                #expect(try program.nextLine().hasPrefix(#"{"line":\#(number),"input":"line \#(number)","hash""#))
                for child in program.children { kill(child, SIGKILL) }
            }
            try program.finish().expect(0)
        }

        /// As many descriptors after 20,000 records and many deaths as before.
        @Test func noDescriptorIsLost() throws {
            let program = try RunningProgram("-j", "1", "-r", "50")
            program.send("first\n")
            _ = try program.nextLine()
            let before = ProcessTable.descriptors(program.processIdentifier)
            for _ in 0..<20 {
                program.send(Inputs.lines(1_000, distinct: 10))
                _ = try program.nextLines(300)
                for child in program.children { kill(child, SIGKILL) }
                _ = try program.nextLines(700)
            }
            program.send("last\n")
            _ = try program.nextLine()
            try program.wait("one child again") { program.children.count == 1 }
            let after = ProcessTable.descriptors(program.processIdentifier)
            #expect(after.count == before.count, "before: \(before), after: \(after)")
            try program.finish().expect(0)
        }
    }
}
