import Foundation
import Glibc
import Testing

extension TheProgram {
    /// Contract section 4: order, line numbers, and that a result waits for nothing but its own work.
    @Suite struct OrderAndLatency {
        /// Mostly short records, and now and then one that takes thousands of times as long.
        private func skewed() -> [UInt8] {
            var generator = SeededGenerator(seed: 5)
            var input: [UInt8] = []
            for number in 0..<6_000 {
                let isHeavy = Int.random(in: 0..<300, using: &generator) == 0
                let count =
                    isHeavy
                    ? Int.random(in: 200_000...1_000_000, using: &generator) : Int.random(in: 0...60, using: &generator)
                input += Array("\(number) ".utf8) + [UInt8](repeating: 0x61, count: count) + [0x0A]
            }
            return input
        }

        @Test(arguments: [["-j", "4"], ["-j", "4", "-u"], ["-j", "1"], ["-j", "16", "-u"], ["-j", "3", "-k"]])
        func everyLineOnceWithItsNumberHoweverLongOthersTake(_ order: [String]) throws {
            try Oracle.expectRight(["-r", "3"] + order, input: skewed())
        }

        /// One of two children stands still: the records of the other come out all the same, and its own at the end.
        @Test func unorderedMeansAsCompleted() throws {
            let program = try RunningProgram("-j", "2", "-u", "-r", try Pace.rounds(seconds: 0.02))
            program.send(Inputs.lines(100, distinct: 100))
            try program.wait("two children") { program.children.count == 2 }
            let still = program.children[0]
            kill(still, SIGSTOP)
            let early = try program.nextLines(50)
            kill(still, SIGCONT)
            let lines = try early + program.nextLines(50)
            let numbers = try lines.map { try object($0)["line"] as? Int ?? 0 }
            #expect(numbers.sorted() == Array(1...100), program.story)
            #expect(numbers != Array(1...100), "nothing came out of order: \(program.story)")
            try program.finish().expect(0)
        }

        /// A small buffer makes the program pause and go on again and again.
        @Test(arguments: [["-k"], ["-u"]])
        func aSmallBufferChangesNothing(_ order: [String]) throws {
            try Oracle.expectRight(["-r", "1", "-j", "4", "--buffer", "65536"] + order, input: skewed())
        }

        @Test(arguments: [["-k"], ["-u"], ["-j", "1"], ["-j", "16", "--line-buffered"], ["-0"]])
        func aLoneLineIsAnsweredBeforeTheNextIsSent(_ more: [String]) throws {
            let program = try RunningProgram(Launch(arguments: ["-r", "1"] + more))
            let end = more == ["-0"] ? "\0" : "\n"
            for number in 1...20 {
                program.send("line \(number)\(end)")
                let answer = try program.nextLine()
                #expect(answer.hasPrefix(#"{"line":\#(number),"input":"line \#(number)","hash":""#), program.story)
            }
            try program.finish().expect(0)
        }

        @Test(arguments: [["-k"], ["-u"]])
        func aLoneLineIsAnsweredAfterABurstAndARest(_ order: [String]) throws {
            let program = try RunningProgram(Launch(arguments: ["-r", "1", "-j", "4"] + order))
            var sent = 0
            for burst in [5_000, 1, 3, 1] {
                program.send(Inputs.lines(burst, distinct: 10))
                let answers = try program.nextLines(burst)
                sent += burst
                if order == ["-k"] { #expect(answers.last!.hasPrefix(#"{"line":\#(sent),"#), program.story) }
                try program.waitForRest(windowSeconds: 0.5)
            }
            try program.finish().expect(0)
        }

        /// What is complete is answered though the next record has begun.
        @Test func aHalfLineDelaysNothing() throws {
            let program = try RunningProgram("-r", "1")
            program.send("whole\nha")
            #expect(try program.nextLine().contains("\"whole\""))
            program.send("lf\nthi")
            #expect(try program.nextLine().contains("\"half\""))
            program.send("rd")
            let outcome = try program.finish()
            outcome.expect(0)
            #expect(outcome.lines.last!.contains("\"third\""), outcome.story)
        }

        /// An answer does not wait for slower records behind it.
        @Test func whatIsAheadInOrderComesOutWhileOthersRun() throws {
            let program = try RunningProgram("-j", "2", "-r", try Pace.rounds(seconds: 0.02))
            program.send(Inputs.lines(2_000, distinct: 2_000))
            #expect(try program.nextLine().contains("\"line\":1,"))
            #expect(countNewlines(program.output) < 2_000)
            program.signal(SIGKILL)
            _ = try program.waitForExit()
        }
    }
}
