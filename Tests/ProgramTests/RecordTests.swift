import Foundation
import Testing

extension TheProgram {
    /// Contract sections 2 and 3: any bytes come back, whole, right and in a form that a JSON parser reads.
    @Suite struct Records {
        /// A delimiter and the option that asks for it.
        struct Mode: CustomTestStringConvertible {
            let delimiter: UInt8
            let arguments: [String]
            var testDescription: String { arguments.joined(separator: " ") }
        }

        static let modes = [
            Mode(delimiter: 0x0A, arguments: ["-j", "2"]),
            Mode(delimiter: 0x00, arguments: ["-j", "2", "-0"]),
        ]

        private func expectRight(_ mode: Mode, _ more: [String] = [], input: [UInt8]) throws {
            var runs: [Oracle.Run] = []
            for order in ["--keep-order", "--unordered"] {
                for rounds in ["1", "2", "5"] {
                    let arguments = mode.arguments + [order, "-r", rounds] + more
                    let outcome = try phash(arguments, input: input)
                    outcome.expect(0)
                    runs.append(Oracle.Run(arguments: arguments, input: input, output: outcome.output))
                }
            }
            try Oracle.expectRight(runs)
        }

        @Test(arguments: modes)
        func everyByteStringOfAtMostTwoBytes(_ mode: Mode) throws {
            try expectRight(mode, input: Inputs.allShortStrings(delimiter: mode.delimiter))
        }

        @Test(arguments: modes)
        func randomBytesAndTextOfEveryLength(_ mode: Mode) throws {
            var generator = SeededGenerator(seed: 2)
            var input: [UInt8] = []
            for center in [4 << 10, 64 << 10, 256 << 10, 1 << 20] {
                for count in center - 1...center + 1 {
                    let isText = (count + (center >> 18)).isMultiple(of: 2)
                    input +=
                        isText
                        ? Inputs.text(count, without: mode.delimiter)
                        : Inputs.randomBytes(count, without: mode.delimiter, &generator)
                    input.append(mode.delimiter)
                }
            }
            for count in 0...420 {
                input += Inputs.randomBytes(count, without: mode.delimiter, &generator) + [mode.delimiter]
                input += Inputs.text(count, without: mode.delimiter) + [mode.delimiter]
            }
            try expectRight(mode, ["--max-line", "2000000"], input: input)
        }

        /// Short records in bulk: batches of many sizes, and text that only looks like UTF-8.
        @Test(arguments: modes)
        func randomRecordsThatAreAlmostText(_ mode: Mode) throws {
            var generator = SeededGenerator(seed: 3)
            let pieces: [[UInt8]] = [
                [0x61], [0xC3, 0xA9], [0xC3], [0xE2, 0x82, 0xAC], [0xE2, 0x82], [0xED, 0xA0, 0x80],
                [0xF0, 0x9F, 0x98, 0x80],
                [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xC0, 0x80], [0x80], [0xFF], [0x22], [0x5C],
                [0x1F],
                [0x7F], [0xEF, 0xBB, 0xBF], [0xF4, 0x8F, 0xBF, 0xBF], [0xE0, 0x9F, 0xBF], [0xEF, 0xBF, 0xBF],
            ]
            var input: [UInt8] = []
            for _ in 0..<20_000 {
                for _ in 0..<Int.random(in: 0...3, using: &generator) {
                    input += pieces.randomElement(using: &generator)!
                }
                input.append(mode.delimiter)
            }
            try expectRight(mode, input: input)
        }

        @Test func theLastRecordNeedsNoDelimiter() throws {
            var runs: [Oracle.Run] = []
            for option in ["-k", "-u", "-0"] {
                for text in ["a", "a\nb", "a\n\nb", "a\0b", "a\0", "\n", "\0", "\n\n\n", "a\r\nb\r", "a\n\0\n\0"] {
                    let arguments = ["-r", "1", option]
                    let input = Array(text.utf8)
                    let outcome = try phash(arguments, input: input)
                    outcome.expect(0)
                    runs.append(Oracle.Run(arguments: arguments, input: input, output: outcome.output))
                }
            }
            try Oracle.expectRight(runs)
        }

        @Test func theEmptyInputGivesNothing() throws {
            for arguments in [[], ["-u"], ["-0"], ["--format", "hex"], ["--tag"], ["-j", "16"]] {
                try phash(arguments).expect(0, "")
            }
        }

        @Test func anEmptyLineIsARecord() throws {
            let outcome = try Oracle.expectRight(["-r", "1"], input: [0x0A])
            #expect(outcome.outputText.hasPrefix(#"{"line":1,"input":"","hash":"cf83e1357eefb8bd"#), outcome.story)
        }

        @Test func bytesThatAreNotUTF8AreBase64() throws {
            let outcome = try Oracle.expectRight(["-r", "1"], input: [0xFF, 0xFE, 0x62, 0x61, 0x64, 0x0A])
            #expect(outcome.outputText.hasPrefix(#"{"line":1,"input_base64":"//5iYWQ=","hash":""#), outcome.story)
        }

        /// The whole of what a person sees, once in letters.
        @Test func strictlyWhatMustBeEscapedIsEscaped() throws {
            let outcome = try phash("-r", "1", "-0", "-j", "1", input: "\"\\/\u{7F}é\u{2028}😀<>&'\n\0")
            outcome.expect(0)
            let start = "{\"line\":1,\"input\":\"\\\"\\\\/\u{7F}é\u{2028}😀<>&'\\"
            #expect(outcome.outputText.hasPrefix(start), outcome.story)
        }

        @Test func aCarriageReturnStaysUnlessCRLFIsAsked() throws {
            let input = Array("one\r\ntwo\n\r\nfour\r\r\nfi\rve\n".utf8)
            let kept = try Oracle.expectRight(["-r", "1"], input: input)
            #expect(
                try kept.lines.map { try object($0)["input"] as? String } == [
                    "one\r", "two", "\r", "four\r\r", "fi\rve",
                ])
            let removed = try Oracle.expectRight(["-r", "1", "--crlf"], input: input)
            #expect(
                try removed.lines.map { try object($0)["input"] as? String } == ["one", "two", "", "four\r", "fi\rve"])
        }

        @Test func aRecordThatComesInPiecesIsOneRecord() throws {
            let program = try RunningProgram("-r", "2")
            var input: [UInt8] = []
            var generator = SeededGenerator(seed: 4)
            for number in 0..<300 {
                let piece = Array(
                    repeating: UInt8(0x61 + number % 26), count: Int.random(in: 0...90, using: &generator))
                let end: [UInt8] = number.isMultiple(of: 3) ? [0x0A] : []
                input += piece + end
                program.send(piece + end)
                // The program has taken it before the next piece goes.
                try program.wait("piece \(number) to be read") { program.hasReadAll }
            }
            let outcome = try program.finish()
            outcome.expect(0)
            try Oracle.expectRight([Oracle.Run(arguments: ["-r", "2"], input: input, output: outcome.output)])
        }

        /// One record's result is larger than everything that `--buffer` allows.
        @Test func oneRecordAlwaysFits() throws {
            let record = Array(repeating: UInt8(0x01), count: 900_000)
            let input = Array("before\n".utf8) + record + Array("\nafter\n".utf8)
            try Oracle.expectRight(["-r", "1", "--buffer", "65536"], input: input)
            try Oracle.expectRight(["-r", "1", "-u", "--buffer", "65536"], input: input)
        }
    }
}
