import Foundation
import Testing

extension TheProgram {
    /// Contract section 3: the options that say what a record looks like.
    @Suite struct RecordOptions {
        private static let input =
            Array("hello\n\nquote \" back \\ slash\n".utf8) + [0xFF, 0x00, 0x0A, 0x1B, 0x0A] + Array("last".utf8)

        @Test func everyCombinationIsRight() throws {
            var runs: [Oracle.Run] = []
            for order in [[], ["-u"], ["-k"], ["--keep-order"], ["--line-buffered"]] {
                for tag in [[], ["--tag"]] {
                    for plaintext in [[], ["--no-input"]] {
                        for encoding in [[], ["--encoding", "hex"], ["--encoding", "base64"]] {
                            let arguments = ["-r", "2", "--format", "json"] + order + tag + plaintext + encoding
                            let outcome = try phash(arguments, input: Self.input)
                            outcome.expect(0)
                            runs.append(Oracle.Run(arguments: arguments, input: Self.input, output: outcome.output))
                        }
                    }
                }
            }
            try Oracle.expectRight(runs)
        }

        @Test func tagNamesAlgorithmAndRoundsAfterTheInput() throws {
            let outcome = try phash("-r", "3", "-a", "sha256", "--tag", input: "hello\n")
            outcome.expect(0)
            let start = #"{"line":1,"input":"hello","algorithm":"sha256","rounds":3,"hash":""#
            #expect(outcome.outputText.hasPrefix(start), outcome.story)
        }

        @Test func base64IsOfTheDigestsBytes() throws {
            let outcome = try phash("-r", "1", "-a", "sha256", "--encoding", "base64", input: "hello\n")
            outcome.expect(
                0, #"{"line":1,"input":"hello","hash":"LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="}"# + "\n")
        }

        @Test func noInputLeavesThePlaintextOutEverywhere() throws {
            let secret = "swordfish"
            for arguments in [["-r", "1"], ["-r", "1", "-u", "--tag"], ["-r", "1", "-v"]] {
                let outcome = try phash(
                    arguments + ["--no-input", "--max-line", "30"],
                    input: Array("\(secret)\n\(secret) \(secret) \(secret) \(secret)\n\(secret)\u{1}\n".utf8)
                        + [0xFF] + Array(secret.utf8))
                #expect(outcome.ending == .exit(1), outcome.story)
                let everything = outcome.outputText + outcome.errorText
                #expect(!everything.contains(secret) && !everything.contains("input"), outcome.story)
                #expect(!everything.contains(Data(secret.utf8).base64EncodedString().prefix(8)), outcome.story)
                #expect(outcome.lines.count == 4, outcome.story)
            }
        }

        @Test func bareHashesAreAlignedWithTheInput() throws {
            let arguments = ["-r", "2", "--format", "hex", "--max-line", "10"]
            let outcome = try phash(arguments, input: Self.input)
            outcome.expect(1)
            #expect(outcome.lines.map(\.count) == [128, 128, 0, 128, 128, 128], outcome.story)
            try Oracle.expectRight([Oracle.Run(arguments: arguments, input: Self.input, output: outcome.output)])
        }

        @Test func bareHashesAgainstSHA512SUM() throws {
            let sum = try tool("sha512sum", [], input: Array("hello".utf8)).prefix(128)
            try phash("-r", "1", "--format", "hex", input: "hello\nhello").expect(0, "\(sum)\n\(sum)\n")
        }

        @Test(arguments: [["-u"], ["--unordered"], ["--tag"], ["--encoding", "base64"]])
        func whatBareHashesCannotCarryIsRefused(_ more: [String]) throws {
            try phash(["--format", "hex"] + more, input: Self.input).expect(64, "")
            try phash(more + ["--format", "hex"], input: Self.input).expect(64, "")
        }
    }
}
