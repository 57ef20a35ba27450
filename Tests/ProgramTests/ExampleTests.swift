import Foundation
import Glibc
import Testing

extension TheProgram {
    /// The place for one's own code: the example through the whole program.
    @Suite struct Example {
        private func expectRight(_ program: RunningProgram, input: [UInt8], killing: Bool) throws {
            var generator = SeededGenerator(seed: 11)
            program.send(input)
            program.closeInput()
            var next = 20_000
            var kills = 0
            let outcome = try program.waitForEnd {
                guard killing, program.outputCount > next else { return }
                guard let victim = program.children.randomElement(using: &generator) else { return }
                kill(victim, SIGKILL)
                kills += 1
                next += 100_000
            }
            outcome.expect(0)
            #expect(kills >= (killing ? 1 : 0))
            var run = Oracle.Run(arguments: [], input: input, output: outcome.output)
            run.job = "vowels"
            try Oracle.expectRight([run])
        }

        @Test func vowelsAreCounted() throws {
            let outcome = try phash([], input: Array("hello\n".utf8), binary: .example)
            outcome.expect(0, #"{"line":1,"input":"hello","vowels":"2"}"# + "\n")
        }

        @Test func anyRecords() throws {
            let program = try RunningProgram(Launch(binary: .example))
            try expectRight(program, input: Inputs.allShortStrings(delimiter: 0x0A), killing: false)
        }

        @Test func killedWorkersAreNotNoticed() throws {
            let program = try RunningProgram(Launch(binary: .example))
            try expectRight(program, input: Inputs.lines(40_000, distinct: 40_000), killing: true)
        }

        @Test func itStreams() throws {
            let program = try RunningProgram(Launch(binary: .example))
            for word in ["one", "eleven", "xyz"] {
                program.send("\(word)\n")
                #expect(try program.nextLine().contains("\"\(word)\",\"vowels\":\""))
            }
            try program.finish().expect(0)
        }
    }
}
