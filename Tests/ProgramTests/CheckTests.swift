import Foundation
import Glibc
import Testing

/// Runs `phash check` over `records` to its end.
func check(_ arguments: [String] = [], _ records: [UInt8]) throws -> Outcome {
    try phash(["check"] + arguments, input: records)
}

func check(_ arguments: [String] = [], _ records: String) throws -> Outcome {
    try check(arguments, Array(records.utf8))
}

/// `line 1: OK` and so on.
func allRight(_ count: Int) -> String { (1...count).map { "line \($0): OK\n" }.joined() }

/// What a line of the summary begins with.
let warning = "phash: check: WARNING: "

/// What phash writes of an input.
func records(_ arguments: [String], _ input: String) throws -> [UInt8] {
    let outcome = try phash(arguments, input: Array(input.utf8))
    #expect(outcome.ending == .exit(0), outcome.story)
    return outcome.output
}

extension TheProgram {
    /// Issue 5, and contract sections 1 and 6: what phash wrote is hashed again and compared.
    @Suite struct Checking {
        /// Text with every escape and characters of every length, an empty line, and bytes that are no text.
        private static let input: [UInt8] = {
            let records: [[UInt8]] = [
                Array("hello".utf8), [], Array("\"quoted\" \\ / \u{1}\u{1F}\t\r\u{8}\u{C}\u{7F}".utf8),
                Array("é日本語😀".utf8), [0xFF, 0xFE, 0x00], [0xC3], [UInt8](repeating: 0x61, count: 3_000),
            ]
            return records.flatMap { $0 + [0x0A] }
        }()

        @Test func everyAlgorithmAndEncoding() throws {
            let algorithms = try phash("--list-algorithms").lines
            #expect(algorithms.count > 10)
            for algorithm in algorithms {
                for encoding in ["hex", "base64"] {
                    let made = try phash(
                        ["--tag", "-r", "2", "-a", algorithm, "--encoding", encoding], input: Self.input)
                    try check([], made.output).expect(0, allRight(7))
                }
            }
        }

        @Test(arguments: [
            [], ["-a", "sha256"], ["-a", "sha1", "-r", "7"], ["--encoding", "base64"], ["-u"], ["-0"], ["-j", "3"],
            ["--crlf"],
        ])
        func whatIsNotTaggedIsCheckedWithTheSameOptions(_ options: [String]) throws {
            let rounds = options.contains("-r") ? [] : ["-r", "3"]
            let made = try phash(options + rounds, input: Self.input)
            let hashing = (options + rounds).filter { !["-0", "--crlf", "-u"].contains($0) }
            let count = countNewlines(made.output)
            let checked = try check(hashing, made.output)
            checked.expect(0, allRight(count))
            #expect(try check(hashing + ["-u", "-j", "2"], made.output).lines.sorted() == checked.lines.sorted())
        }

        @Test func aMixtureIsChecked() throws {
            var lines: [[UInt8]] = []
            for number in 1...400 {
                let algorithm = ["sha512", "sha256", "md5", "sha3-256"][number % 4]
                let made = try lineOf(number, algorithm: algorithm, rounds: 1 + number % 17, isTagged: number % 3 != 0)
                lines.append(Array(made.utf8))
            }
            // Those without a tag are of one kind only.
            try check(["-a", "sha512", "-r", "2"], lines.flatMap { $0 }).expect(0, allRight(400))
        }

        /// A record by way of Foundation and Python's digests, so that the check stands on its own feet.
        private func lineOf(_ number: Int, algorithm: String, rounds: Int, isTagged: Bool) throws -> String {
            let (algorithm, rounds) = isTagged ? (algorithm, rounds) : ("sha512", 2)
            let hash = try Self.python.get()["\(number) \(algorithm) \(rounds)"] ?? ""
            let tag = isTagged ? ",\"algorithm\":\"\(algorithm)\",\"rounds\":\(rounds)" : ""
            return "{\"line\":\(number),\"input\":\"record \(number)\"\(tag),\"hash\":\"\(hash)\"}\n"
        }

        private static let python = Result {
            let script = """
                import hashlib
                for number in range(1, 401):
                    algorithm = ["sha512", "sha256", "md5", "sha3-256"][number % 4]
                    rounds = 1 + number % 17
                    if number % 3 == 0: algorithm, rounds = "sha512", 2
                    current = b"record %d" % number
                    for _ in range(rounds):
                        current = hashlib.new(algorithm.replace("-", "_"), current).hexdigest().encode()
                    print(number, algorithm, rounds, current.decode())
                """
            let lines = try tool("python3", ["-c", script]).split(separator: "\n")
            return Dictionary(
                uniqueKeysWithValues: lines.map { line in
                    let words = line.split(separator: " ").map(String.init)
                    return (words[0...2].joined(separator: " "), words[3])
                })
        }

        /// Whatever is done to one byte: no record of the output keeps its word, and the exit status says so.
        @Test func oneFlippedCharacterAnywhereIsFound() throws {
            let made = try phash(["--tag", "-r", "1", "-a", "sha256"], input: Array("a\u{1}é\n".utf8) + [0xFF, 0x0A])
            let lines: [[UInt8]] = made.output.split(separator: 0x0A).map { Array($0) }
            for line in lines {
                var changed: [[UInt8]] = []
                for place in line.indices {
                    for bit in 0..<8 {
                        var copy = line
                        copy[place] ^= 1 << UInt8(bit)
                        // Two lines instead of one are another matter.
                        if copy[place] != 0x0A { changed.append(copy) }
                    }
                    guard place + 1 < line.count, line[place] != line[place + 1] else { continue }
                    var copy = line
                    copy.swapAt(place, place + 1)
                    changed.append(copy)
                    copy = line
                    copy.remove(at: place)
                    changed.append(copy)
                }
                let input: [UInt8] = changed.flatMap { $0 + [0x0A] }
                let outcome = try check(["--partial", "-w", "-r", "1", "-a", "sha256", "--timeout", "5"], input)
                #expect(outcome.ending == .exit(1), outcome.story)
                let named = outcome.errorText.split(separator: "\n").filter { $0.hasSuffix("not a record of phash") }
                #expect(outcome.lines.count + named.count == changed.count, outcome.story)
                // Another number of the line is all that may pass here, and then the output as a whole does not.
                let passed = outcome.lines.filter { $0.hasSuffix("OK") }
                    .compactMap { Int($0.split(whereSeparator: { " :".contains($0) })[1]) }
                for number in passed {
                    let whole = lines.map { $0 == line ? changed[number - 1] : $0 }
                    let output: [UInt8] = whole.flatMap { $0 + [0x0A] }
                    let whyNot = try check([], output)
                    #expect(whyNot.ending == .exit(1) && whyNot.errorText.contains("numbered"), whyNot.story)
                }
            }
        }

        @Test func mismatchesAreNamedAndCounted() throws {
            let made = String(decoding: try records(["-r", "1"], "a\nb\nc\n"), as: UTF8.self)
            let wrong = made.replacingOccurrences(of: "\"b\"", with: "\"B\"")
            let one = try check(["-r", "1"], wrong)
            #expect(one.ending == .exit(1), one.story)
            #expect(one.outputText == "line 1: OK\nline 2: FAILED\nline 3: OK\n", one.story)
            #expect(one.errorText == warning + "1 hash did NOT match\n", one.story)
            let all = try check(["-r", "2"], made)
            #expect(all.ending == .exit(1) && all.errorText == warning + "3 hashes did NOT match\n", all.story)
            let quiet = try check(["-r", "1", "--quiet"], wrong)
            #expect(quiet.ending == .exit(1) && quiet.outputText == "line 2: FAILED\n", quiet.story)
            #expect(quiet.errorText == one.errorText, quiet.story)
            try check(["-r", "1", "--quiet"], made).expect(0, "")
        }

        /// With --status the exit status is all that there is.
        @Test func statusSaysNothing() throws {
            let made = try records(["-r", "1"], "a\nb\n")
            for (arguments, input, status) in [
                (["-r", "1"], made, 0), (["-r", "2"], made, 1), (["-a", "md5"], made, 65), ([], [], 65),
                (["-r", "1"], made + [0x0A], 0), (["-r", "1", "--strict"], made + [0x0A], 65),
                (["-r", "1", "-w"], made + [0x0A], 0), (["-r", "1"], made + made, 1),
            ] as [([String], [UInt8], Int32)] {
                let outcome = try check(arguments + ["--status"], input)
                #expect(outcome.ending == .exit(status), outcome.story)
                #expect(outcome.output.isEmpty && outcome.errorOutput.isEmpty, outcome.story)
            }
        }

        @Test func linesThatAreNoRecords() throws {
            let lines = String(decoding: try records(["-r", "1"], "a\nb\nc\n"), as: UTF8.self).split(separator: "\n")
            let input = "\(lines[0])\n\(lines[1]) \n\(lines[2])\n"
            let right = "line 1: OK\nline 3: OK\n"
            let counted = warning + "1 line is not a record of phash\n"
            for (arguments, status, message) in [
                ([], 0, counted), (["--strict"], 65, counted),
                (["--warn"], 0, "phash: check: line 2: not a record of phash\n" + counted),
                (["-w", "--strict"], 65, "phash: check: line 2: not a record of phash\n" + counted),
            ] as [([String], Int32, String)] {
                let outcome = try check(["-r", "1"] + arguments, input)
                #expect(outcome.ending == .exit(status) && outcome.outputText == right, outcome.story)
                #expect(outcome.errorText == message, outcome.story)
            }
        }

        /// Many of them: each is named once and whole, by whichever child comes across it.
        @Test func manyLinesThatAreNoRecords() throws {
            let input = "{}\n" + String(repeating: "nonsense\n", count: 20_000)
            let outcome = try check(["-w", "-j", "4"], input)
            #expect(outcome.ending == .exit(65) && outcome.output.isEmpty, outcome.story)
            let lines = outcome.errorText.split(separator: "\n")
            let expected = Set((1...20_001).map { "phash: check: line \($0): not a record of phash" })
            #expect(lines.count == 20_002 && Set(lines.dropLast().map(String.init)) == expected, outcome.story)
        }

        /// sha512sum has nothing to say for itself either when there is nothing to check.
        @Test(arguments: ["", "\n", "x\n", "{}\n{}\n", "0a4d55a8d778e5022fab701977c5d840bbc486d0\n"])
        func nothingThatCanBeChecked(_ input: String) throws {
            let outcome = try check([], input)
            outcome.expect(65, "")
            #expect(countNewlines(outcome.errorOutput) == 1, outcome.story)
            let theirs = try run(
                Launch(binary: .tool("sha512sum"), arguments: ["--check"]), input: Array(input.utf8))
            #expect(theirs.ending != .exit(0), theirs.story)
        }

        @Test func bareHashesAreNoRecords() throws {
            let made = try records(["-r", "1", "--format", "hex"], "a\nb\n")
            let outcome = try check(["-r", "1"], made)
            outcome.expect(65, "")
            #expect(outcome.errorText.contains("--format hex"), outcome.story)
        }

        @Test func recordsThatHoldNoHashOrNoInput() throws {
            let errors = try phash(["-r", "1", "--max-line", "3"], input: Array("abc\nabcd\nab\n".utf8)).output
            let outcome = try check(["-r", "1"], errors)
            #expect(outcome.ending == .exit(1), outcome.story)
            #expect(
                outcome.outputText == "line 1: OK\nline 2: FAILED (no hash: line_too_long)\nline 3: OK\n", outcome.story
            )
            #expect(outcome.errorText == warning + "1 record could not be checked\n", outcome.story)
            let late = try phash(
                ["-r", Pace.endless, "--timeout", "0.001", "--retries", "0"], input: Array("a\n".utf8))
            let timeout = try check([], late.output)
            #expect(timeout.outputText == "line 1: FAILED (no hash: timeout)\n", timeout.story)
            let bare = try check(["-r", "1"], try records(["-r", "1", "--no-input"], "a\nb\n"))
            #expect(bare.ending == .exit(1), bare.story)
            #expect(bare.outputText == "line 1: FAILED (no input)\nline 2: FAILED (no input)\n", bare.story)
            #expect(bare.errorText == warning + "2 records could not be checked\n", bare.story)
        }

        @Test func anAlgorithmThatIsNotHere() throws {
            let made = String(decoding: try records(["-r", "1", "--tag"], "a\n"), as: UTF8.self)
            let outcome = try check([], made.replacingOccurrences(of: "sha512", with: "sha513"))
            #expect(outcome.ending == .exit(1), outcome.story)
            #expect(outcome.outputText == "line 1: FAILED (unknown algorithm)\n", outcome.story)
        }

        /// Each line is there once, in whatever order, unless a part is all that is wanted.
        @Test func theNumbersOfTheLines() throws {
            let made = String(decoding: try records(["-r", "1"], "a\nb\nc\nd\n"), as: UTF8.self)
            let lines: [String] = made.split(separator: "\n").map { "\($0)\n" }
            try check(["-r", "1"], lines.reversed().joined()).expect(0, allRight(4))
            let misnumbered: [[String]] = [
                Array(lines[1...]), lines + [lines[3]], [lines[0], lines[0]], [lines[0], lines[2], lines[3]],
                [lines[0].replacingOccurrences(of: "1,", with: "2,")],
            ]
            for part in misnumbered {
                let (input, count) = (part.joined(), part.count)
                let outcome = try check(["-r", "1"], input)
                #expect(outcome.ending == .exit(1) && outcome.outputText == allRight(count), outcome.story)
                #expect(
                    outcome.errorText.hasPrefix(warning + "the records are not numbered from 1 to \(count)"),
                    outcome.story)
                #expect(countNewlines(outcome.errorOutput) == 1, outcome.story)
                try check(["-r", "1", "--partial"], input).expect(0, allRight(count))
            }
            // The end of an output is not missed, as no checksum of parts can.
            try check(["-r", "1"], lines[0] + lines[1]).expect(0, allRight(2))
        }

        @Test(arguments: ["--null", "--crlf", "--tag", "--no-input"])
        func optionsWithoutAMeaningAreRefused(_ option: String) throws {
            let outcome = try check([option], "x\n")
            outcome.expect(64, "")
            #expect(outcome.errorText.contains(option) && outcome.errorText.contains("check"), outcome.story)
        }

        @Test func theHelpTellsOfIt() throws {
            #expect(try phash("--help").outputText.contains("check"))
            let outcome = try phash("check", "--help")
            outcome.expect(0)
            for word in ["--quiet", "--status", "--strict", "--warn", "--partial"] {
                #expect(outcome.outputText.contains(word), "\(word): \(outcome.story)")
            }
        }
    }
}
