import Foundation
import Glibc
import Testing

extension TheProgram {
    /// Contract section 12: a member inside JSON.
    @Suite struct Member {
        /// Objects with a member to be hashed, and what has to become of them.
        private struct Sample {
            let input: [UInt8]
            let expected: [UInt8]

            init(_ options: [String] = []) throws {
                let directory = try TemporaryDirectory()
                _ = try tool("python3", ["-c", memberScript, directory.path] + options)
                input = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(directory.path)/input")))
                expected = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(directory.path)/expected")))
            }
        }

        private static let email = ["-r", "1", "--json-field", "/user/email"]

        /// SHA-256 of "x", by sha256sum.
        private static func hashOfX() throws -> String {
            String(try tool("sha256sum", [], input: Array("x".utf8)).prefix(64))
        }

        /// A record is a line of the output, whatever white space it came with.
        @Test func newlinesBetweenTokensBecomeSpaces() throws {
            let record = "{\n  \"a\": \"hello\",\r\n\t\"b\": 1\n}\n"
            let outcome = try phash("-0", "-r", "1", "-a", "md5", "--json-field", "/a", input: record)
            outcome.expect(0, "{   \"a\": \"5d41402abc4b2a76b9719d911017c592\",\r \t\"b\": 1 } \n")
            let passed = try phash("-0", "--json-field", "/c", "--missing", "pass", input: record)
            passed.expect(0, "{   \"a\": \"hello\",\r \t\"b\": 1 } \n")
        }

        @Test(arguments: [
            ([], []), (["-a", "sha256"], ["--algorithm", "sha256"]), (["-a", "md5"], ["--algorithm", "md5"]),
            (["--encoding", "base64"], ["--encoding", "base64"]), (["-r", "3"], ["--rounds", "3"]),
            (["-j", "1"], ["--count", "3000"]), (["-j", "4"], ["--count", "3000"]), (["--no-input"], []),
            (["-0"], ["--ends", "null"]), (["--crlf"], ["--ends", "crlf"]), (["--missing", "skip"], []),
            (["--missing", "pass"], []), (["--buffer", "10K", "-j", "3"], []),
        ])
        func everyOtherByteStaysAsItWas(_ options: [String], _ oracleOptions: [String]) throws {
            for seed in 1...3 {
                let sample = try Sample(["--seed", "\(seed)"] + oracleOptions)
                let outcome = try phash(Self.email + options, input: sample.input)
                outcome.expect(0)
                // Not in the expectation itself, which would show every byte of both.
                let isRight = outcome.output == sample.expected
                #expect(isRight, "\(options), seed \(seed): \(outcome.story)")
            }
        }

        @Test(arguments: [("sha512", 1), ("sha256", 3), ("md5", 1)])
        func aKeyGoesIntoEveryString(_ algorithm: String, _ rounds: Int) throws {
            let key = "0123456789abcdef0123456789ABCDEF"
            let directory = try TemporaryDirectory()
            let path = try directory.file("key", holding: Array((key + "\n").utf8))
            let sample = try Sample(["--key", key, "--algorithm", algorithm, "--rounds", "\(rounds)"])
            let arguments = ["-a", algorithm, "-r", "\(rounds)", "--json-field", "/user/email", "--key-file", path]
            let outcome = try phash(arguments, input: sample.input)
            outcome.expect(0)
            let isRight = outcome.output == sample.expected
            #expect(isRight, outcome.story)
        }

        @Test func unorderedRecordsAreTheSameOnes() throws {
            let sample = try Sample(["--count", "3000"])
            let outcome = try phash(Self.email + ["-u", "-j", "4"], input: sample.input)
            outcome.expect(0)
            func lines(_ bytes: [UInt8]) -> [String] {
                bytes.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }.sorted()
            }
            let isRight = lines(outcome.output) == lines(sample.expected)
            #expect(isRight, outcome.story)
        }

        /// What is in a pipe stays there, so each result has to come before the next record goes in.
        @Test func eachRecordComesOutAtOnce() throws {
            let program = try RunningProgram("-r", "1", "-a", "sha256", "--json-field", "/a", "--missing", "skip")
            for number in 1...5 {
                program.send("{\"b\":\"left out\"}\n{\"n\":\(number),\"a\":\"x\"}\n")
                #expect(try program.nextLine() == "{\"n\":\(number),\"a\":\"\(try Self.hashOfX())\"}")
            }
            try program.finish().expect(0)
        }

        @Test func childrenThatAreKilledAreNotNoticed() throws {
            let sample = try Sample(["--count", "4000", "--rounds", "30"])
            let program = try RunningProgram("-r", "30", "-j", "4", "--json-field", "/user/email")
            program.send(sample.input)
            program.closeInput()
            var killed = 0
            let outcome = try program.waitForEnd {
                guard program.outputCount > (killed + 1) * sample.expected.count / 12, killed < 10 else { return }
                if let victim = program.children.first { kill(victim, SIGKILL) }
                killed += 1
            }
            outcome.expect(0)
            let isRight = outcome.output == sample.expected
            #expect(killed == 10 && isRight, outcome.story)
        }

        // MARK: - What has no such member

        private static let mixed = """
            {"a":"x"}
             {"b" : 1}\u{20}
            {"a":["secret"]}
            {"a":"secret",}
            secret
            {"a":"x"}

            """

        @Test(arguments: [
            ([], [#"{"line":2,"error":"field_missing","message":"no such member in the record, see --missing"}"#]),
            (
                ["--missing", "error"],
                [#"{"line":2,"error":"field_missing","message":"no such member in the record, see --missing"}"#]
            ),
            (["--missing", "skip"], []), (["--missing", "pass"], [#" {"b" : 1} "#]),
        ])
        func missingMembersAreTreatedAsAsked(_ options: [String], _ second: [String]) throws {
            let arguments = ["-r", "1", "-a", "sha256", "--json-field", "/a"] + options
            let hashed = "{\"a\":\"\(try Self.hashOfX())\"}"
            let lines =
                [hashed] + second + [
                    #"{"line":3,"error":"field_not_string","message":"the member is no string"}"#,
                    #"{"line":4,"error":"invalid_json","message":"a member's name is expected, at byte 15"}"#,
                    #"{"line":5,"error":"invalid_json","message":"no JSON object: '{' is expected, at byte 1"}"#,
                    hashed,
                ]
            try phash(arguments, input: Array(Self.mixed.utf8)).expect(1, lines.map { $0 + "\n" }.joined())
            // Without the other errors, only the first way is one.
            let status: Int32 = second.first?.contains("error") == true ? 1 : 0
            let two = Array(Self.mixed.split(separator: "\n").prefix(2).joined(separator: "\n").utf8)
            try phash(arguments, input: two).expect(status, ([hashed] + second).map { $0 + "\n" }.joined())
        }

        @Test(arguments: [[], ["-u"], ["-j", "1"], ["--buffer", "1K"]])
        func allRecordsMayBeLeftOut(_ options: [String]) throws {
            let input = Array(String(repeating: "{\"b\":1}\n", count: 5_000).utf8)
            try phash(["-r", "1", "--json-field", "/a", "--missing", "skip"] + options, input: input).expect(0, "")
        }

        @Test func emptyInputGivesEmptyOutput() throws {
            try phash("--json-field", "/a").expect(0, "")
        }

        // MARK: - No plaintext leaves

        @Test func errorRecordsHoldNoTextOfTheRecord() throws {
            let records = [
                #"{"a":"swordfish",}"#, #"{"a":{"swordfish":1}}"#, "swordfish", #"{"swordfish":"a"}"#,
                #"{"a":"swordfish\ud800"}"#, #"{"a":"swordfish"}"# + String(repeating: " ", count: 100),
                #"{"a":"swordfish","a":"","a":"","a":"","a":""}"#, "{\"a\":\"swordfish\t\"}",
            ]
            for options in [[], ["-v"], ["-u"], ["--no-input"]] {
                let outcome = try phash(
                    ["-r", "1", "--json-field", "/a", "--max-line", "60"] + options,
                    input: Array(records.joined(separator: "\n").utf8))
                #expect(outcome.ending == .exit(1) && outcome.lines.count == records.count, outcome.story)
                let everything = outcome.outputText + outcome.errorText
                #expect(!everything.contains("swordfish") && !everything.contains("input"), outcome.story)
                #expect(outcome.lines.allSatisfy { $0.hasPrefix("{\"line\":") && $0.contains("\"error\":") })
                #expect(outcome.outputText.contains("line_too_long"), outcome.story)
            }
        }

        @Test func aRecordThatKillsItsWorkerOrHangsIsNotQuoted() throws {
            for (hook, code, options) in [
                ("crash", "worker_crashed", []), ("hang", "timeout", ["--timeout", "0.3"]),
            ] {
                let lines = ["{\"a\":\"x\"}", "phash-test-hook \(hook)", "{\"a\":\"x\"}"]
                let outcome = try phash(
                    ["-r", "1", "-a", "sha256", "--json-field", "/a"] + options,
                    input: Array(lines.joined(separator: "\n").utf8), binary: .hooks)
                #expect(outcome.ending == .exit(1), outcome.story)
                let hashed = "{\"a\":\"\(try Self.hashOfX())\"}"
                try #require(outcome.lines.count == 3, outcome.story)
                #expect(outcome.lines[0] == hashed && outcome.lines[2] == hashed, outcome.story)
                let start = "{\"line\":2,\"error\":\"\(code)\",\"message\":\""
                #expect(outcome.lines[1].hasPrefix(start), outcome.story)
                #expect(!outcome.outputText.contains("test-hook"), outcome.story)
            }
        }

        // MARK: - Usage

        @Test(arguments: [
            ("", "--json-field: '' is the whole record"), ("user", "'user' is no JSON pointer: those begin with '/'"),
            ("#/user", "'#/user' is no JSON pointer"), ("/a~2", "'/a~2' is no JSON pointer: a '~' in it is neither ~0"),
            ("/" + String(repeating: "x", count: 1024), "is longer than 1024 bytes"),
        ])
        func aMalformedPointerIsRefused(_ pointer: String, _ words: String) throws {
            let outcome = try phash("--json-field", pointer, input: "{}\n")
            outcome.expect(64, "")
            #expect(
                outcome.errorText.contains("phash: --json-field: ") && outcome.errorText.contains(words), outcome.story)
        }

        @Test(arguments: [
            (["--tag"], "--json-field /a: does not go with --tag: a record has"),
            (["--format", "hex"], "--json-field /a: does not go with --format hex: a record is"),
            (["--missing", "drop"], "--missing: 'drop' is not error or skip or pass"),
        ])
        func whatContradictsItIsRefused(_ options: [String], _ words: String) throws {
            for arguments in [["--json-field", "/a"] + options, options + ["--json-field", "/a"]] {
                let outcome = try phash(arguments, input: Array("{}\n".utf8))
                outcome.expect(64, "")
                #expect(outcome.errorText.contains(words), outcome.story)
            }
        }

        @Test func aPointerMayComeFromTheEnvironment() throws {
            for (pointer, status, start) in [
                ("/a", 0 as Int32, ""),
                ("a", 78, "phash: PHASH_JSON_FIELD: 'a' is no JSON pointer: those begin with '/'"),
            ] {
                let environment = ["PHASH_JSON_FIELD": pointer, "PHASH_MISSING": "skip"]
                let launch = Launch(arguments: ["-r", "1", "-a", "sha256"], environment: environment)
                let outcome = try run(launch, input: Array("{\"a\":\"x\"}\n{}\n".utf8))
                outcome.expect(status, status == 0 ? "{\"a\":\"\(try Self.hashOfX())\"}\n" : "")
                #expect(outcome.errorText.hasPrefix(start), outcome.story)
            }
        }

        @Test(arguments: ["error", "skip", "pass"])
        func missingAloneIsRefused(_ way: String) throws {
            let outcome = try phash("--missing", way, input: "{}\n")
            outcome.expect(64, "")
            #expect(outcome.errorText.contains("phash: --missing: "), outcome.story)
        }

        @Test func whatChangesNothingIsAccepted() throws {
            let arguments = [
                "-r", "1", "-a", "sha256", "--json-field", "/a", "--format", "json", "--line-buffered", "-k",
            ]
            try phash(arguments, input: Array("{\"a\":\"x\"}".utf8)).expect(0, "{\"a\":\"\(try Self.hashOfX())\"}\n")
        }
    }
}
