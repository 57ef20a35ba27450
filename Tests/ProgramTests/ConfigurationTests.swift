import Foundation
import Testing

extension TheProgram {
    /// Contract section 10: the command line over the environment over the file over what is built in.
    @Suite struct Configuration {
        private static let line = Array("hello\n".utf8)

        /// A launch whose user has `text` as a configuration file, in a directory that has to outlive it.
        private static func launch(
            _ arguments: [String], environment: [String: String] = [:], file text: String, in home: TemporaryDirectory
        ) throws -> Launch {
            let folder = "\(home.path)/phash"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(filePath: "\(folder)/config.toml"))
            var launch = Launch(arguments: arguments, environment: environment)
            launch.environment["XDG_CONFIG_HOME"] = home.path
            return launch
        }

        /// What a TOML reader that is not ours makes of a document: the values as Python writes them.
        private static func parsed(_ document: String) throws -> [String: String] {
            let script = """
                import json, sys, tomllib
                print(json.dumps({key: repr(value) for key, value in tomllib.load(sys.stdin.buffer).items()}))
                """
            let json = try tool("python3", ["-c", script], input: Array(document.utf8))
            return try #require(try object(json) as? [String: String])
        }

        @Test func eachLayerOverTheNext() throws {
            let home = try TemporaryDirectory()
            let file = "rounds = 4\nalgorithm = 'md5'\ntag = true\n"
            var runs: [Oracle.Run] = []
            for (arguments, environment, meaning) in [
                ([], [:], ["-r", "4", "-a", "md5", "--tag"]),
                ([], ["PHASH_ROUNDS": "3"], ["-r", "3", "-a", "md5", "--tag"]),
                (["-r", "2"], ["PHASH_ROUNDS": "3", "PHASH_TAG": "0"], ["-r", "2", "-a", "md5"]),
                (["-a", "sha256"], ["PHASH_ALGORITHM": "sha1"], ["-r", "4", "-a", "sha256", "--tag"]),
            ] as [([String], [String: String], [String])] {
                let launch = try Self.launch(arguments, environment: environment, file: file, in: home)
                let outcome = try run(launch, input: Self.line)
                outcome.expect(0)
                runs.append(Oracle.Run(arguments: meaning, input: Self.line, output: outcome.output))
            }
            try Oracle.expectRight(runs)
        }

        @Test func theUsersOwnFileIsBelowHome() throws {
            let home = try TemporaryDirectory()
            try FileManager.default.createDirectory(
                atPath: "\(home.path)/.config/phash", withIntermediateDirectories: true)
            _ = try home.file(".config/phash/config.toml", holding: Array("rounds = 7".utf8))
            for variable in ["", "relative"] {
                var launch = Launch(arguments: ["config"], environment: ["XDG_CONFIG_HOME": variable])
                launch.wrapper = ["env", "HOME=\(home.path)"]
                let outcome = try run(launch)
                let expected = "rounds = 7  # file \(home.path)/.config/phash/config.toml"
                #expect(outcome.lines.contains(expected), outcome.story)
            }
        }

        @Test func anotherFileIsNamed() throws {
            let home = try TemporaryDirectory()
            let one = try home.file("one.toml", holding: Array("rounds = 1".utf8))
            let two = try home.file("two.toml", holding: Array("rounds = 2".utf8))
            for (arguments, variable, expected) in [
                ([], one, "rounds = 1  # file \(one)"), (["--config", two], one, "rounds = 2  # file \(two)"),
                ([], "", "rounds = 3  # file \(home.path)/phash/config.toml"),
                ([], "/dev/null", "rounds = 1000000  # default"),
                (["--config", "/dev/null"], one, "rounds = 1000000  # default"),
            ] {
                let launch = try Self.launch(
                    ["config"] + arguments, environment: ["PHASH_CONFIG": variable], file: "rounds = 3", in: home)
                let outcome = try run(launch)
                outcome.expect(0)
                #expect(outcome.lines.contains(expected), outcome.story)
            }
        }

        @Test func aFileMayBeAPipe() throws {
            let script = #"echo 'rounds = 9' | "$@" config --config /dev/stdin"#
            let outcome = try tool("sh", ["-c", script, "sh", try Binary.phash.path()])
            #expect(outcome.contains("rounds = 9  # file /dev/stdin\n"))
        }

        @Test(
            arguments: [
                ("rounds = 'abc'", "rounds: 'abc' is not a whole number from 1 to 9223372036854775807"),
                ("rounds = [1]", "rounds: '[ 1 ]' is an array, not a number or a string"),
                ("\nrounds = \n", "line 2: Error while parsing"),
                ("ruonds = 1", "'ruonds' is no setting; those are null, crlf, "),
                ("tag = 'yes'", "tag: '\"yes\"' is a string, not true or false"),
                ("format = 'hex'\ntag = true", "format = \"hex\": does not go with tag = true: a bare hash has no"),
            ]
        )
        func aWrongFileIsNamed(text: String, complaint: String) throws {
            let home = try TemporaryDirectory()
            let outcome = try run(Self.launch([], file: text, in: home), input: Self.line)
            outcome.expect(78, "")
            #expect(outcome.errorText.hasPrefix("phash: \(home.path)/phash/config.toml: \(complaint)"), outcome.story)
            #expect(countNewlines(outcome.errorOutput) == 1, outcome.story)
        }

        @Test func aFileThatCannotBeReadIsNamed() throws {
            let home = try TemporaryDirectory()
            for (path, why) in [
                ("\(home.path)/nosuch", "No such file or directory"), (home.path, "Is a directory"),
                ("/dev/zero", "is larger than 64 KiB"),
            ] {
                let outcome = try phash("--config", path)
                outcome.expect(78, "")
                #expect(outcome.errorText == "phash: --config: '\(path)': \(why)\n", outcome.story)
                let variable = try run(Launch(environment: ["PHASH_CONFIG": path]))
                variable.expect(78, "")
                #expect(variable.errorText == "phash: PHASH_CONFIG: '\(path)': \(why)\n", variable.story)
            }
            let nameless = try phash("--config", "")
            nameless.expect(64, "")
            #expect(nameless.errorText.hasPrefix("phash: --config: names no file\n"), nameless.story)
            // The user's own one, which is there, and no file.
            let path = "\(home.path)/phash/config.toml"
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            let outcome = try run(Launch(environment: ["XDG_CONFIG_HOME": home.path]))
            outcome.expect(78, "")
            #expect(outcome.errorText == "phash: \(path): Is a directory\n", outcome.story)
        }

        /// The library calls itself for each dot.
        @Test func noDepthOfKeysIsTooMuch() throws {
            let home = try TemporaryDirectory()
            let levels = Array(repeating: "a", count: 30_000).joined(separator: ".")
            for text in ["\(levels)=1", "[\(levels)]", "a={\(levels)=1}"] {
                let outcome = try phash("--config", try home.file("config.toml", holding: Array(text.utf8)))
                outcome.expect(78, "")
                #expect(outcome.errorText.hasPrefix("phash: \(home.path)/config.toml: "), outcome.story)
            }
        }

        /// A file that may be there and cannot be looked at may say what is to be kept out of the output.
        @Test func settingsThatCannotBeLookedUpAreNotPassedOver() throws {
            let home = try TemporaryDirectory()
            let folder = "\(home.path)/phash"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder)/config.toml", withDestinationPath: "\(home.path)/nosuch")
            let outcome = try run(Launch(environment: ["XDG_CONFIG_HOME": home.path]))
            outcome.expect(78, "")
            #expect(outcome.errorText == "phash: \(folder)/config.toml: No such file or directory\n", outcome.story)
        }

        /// Left out, it would let the plaintext through.
        @Test(arguments: [["--tag"], ["--format", "hex"]])
        func aConfiguredMemberIsNeverLeftOut(_ arguments: [String]) throws {
            let launch = Launch(arguments: arguments, environment: ["PHASH_JSON_FIELD": "/u"])
            let outcome = try run(launch, input: Array(#"{"u":"secret"}"#.utf8))
            outcome.expect(64, "")
            #expect(outcome.errorText.contains("does not go with PHASH_JSON_FIELD=/u"), outcome.story)
        }

        /// A shell gives any bytes; Swift's strings would have others.
        @Test func anArgumentOfOtherBytesThanTextIsRefused() throws {
            var launch = Launch(arguments: ["-r", "1"])
            launch.wrapper = ["sh", "-c", #"exec "$@" --metrics-file "$(printf 'x\377')""#, "sh"]
            let outcome = try run(launch)
            outcome.expect(64, "")
            #expect(outcome.errorText.hasPrefix("phash: argument 4: is not UTF-8\n"), outcome.story)
        }

        @Test func aVariableOfOtherBytesThanTextIsRefused() throws {
            var launch = Launch(arguments: ["-r", "1"])
            launch.wrapper = Launch.shell(#"PHASH_JSON_FIELD=$(printf '/x\377'); export PHASH_JSON_FIELD"#)
            let outcome = try run(launch)
            outcome.expect(78, "")
            #expect(outcome.errorText == "phash: PHASH_JSON_FIELD: is not UTF-8\n", outcome.story)
        }

        @Test(arguments: ["check", "config"])
        func algorithmsAreListedWithACommandToo(_ command: String) throws {
            let outcome = try phash(command, "--list-algorithms")
            outcome.expect(0, try phash("--list-algorithms").outputText)
        }

        @Test(
            arguments: [
                ("PHASH_ROUNDS", "abc", "'abc' is not a whole number from 1 to 9223372036854775807"),
                ("PHASH_TAG", "2", "'2' is none of 1, true, yes, on and 0, false, no, off"),
                ("PHASH_JOBS", "\u{1B}[2J", "'\\u{1B}[2J' is none of N (1 to 1024), P% of the CPUs"),
            ]
        )
        func aWrongVariableIsNamed(name: String, value: String, complaint: String) throws {
            let outcome = try run(Launch(environment: [name: value]), input: Self.line)
            outcome.expect(78, "")
            #expect(outcome.errorText.hasPrefix("phash: \(name): \(complaint)"), outcome.story)
            #expect(countNewlines(outcome.errorOutput) == 1, outcome.story)
        }

        /// The command line is a usage error, whatever else there is.
        @Test func aWrongOptionIsAUsageError() throws {
            let outcome = try run(Launch(arguments: ["-r", "x"], environment: ["PHASH_ROUNDS": "5"]))
            outcome.expect(64, "")
            #expect(outcome.errorText.hasPrefix("phash: --rounds: 'x' is not"), outcome.story)
        }

        // MARK: phash config

        @Test func whatConfigPrintsIsTOML() throws {
            let launch = Launch(
                arguments: ["config", "-u", "--timeout", "0.50", "-j", "+2", "--buffer", "12K", "--max-line", "0016"],
                environment: ["PHASH_ROUNDS": "5", "PHASH_NO_INPUT": "yes", "PHASH_ALGORITHM": "SHA256"])
            let outcome = try run(launch)
            outcome.expect(0)
            #expect(outcome.errorOutput.isEmpty, outcome.story)
            let expected = [
                "null": "False", "crlf": "False", "max-line": "16", "algorithm": "'SHA256'", "rounds": "5",
                "unordered": "True", "format": "'json'", "encoding": "'hex'", "tag": "False", "no-input": "True",
                "line-buffered": "False", "jobs": "'+2'", "buffer": "'12K'", "retries": "2", "timeout": "0.5",
                "verbose": "False",
            ]
            let parsed = try Self.parsed(outcome.outputText)
            for (key, value) in expected { #expect(parsed[key] == value, "\(key): \(outcome.story)") }
            let comments = ["rounds = 5  # environment PHASH_ROUNDS", "unordered = true  # command line"]
            for comment in comments { #expect(outcome.lines.contains(comment), outcome.story) }
        }

        @Test func whatConfigPrintsCanBeSaved() throws {
            let arguments = ["config", "-r", "3", "-a", "md5", "--tag", "-k", "--timeout", ".5", "--jobs", "50%"]
            let first = try phash(arguments)
            first.expect(0)
            let home = try TemporaryDirectory()
            let second = try run(Self.launch(["config"], file: first.outputText, in: home))
            second.expect(0)
            let (one, other) = (try Self.parsed(first.outputText), try Self.parsed(second.outputText))
            #expect(one == other && one["jobs"] == "'50%'", second.story)
            let file = "# file \(home.path)/phash/config.toml"
            #expect(second.lines.allSatisfy { $0.hasSuffix(file) || $0.hasSuffix(": not set") }, second.story)
        }

        /// Before and after the word, as one pleases.
        @Test func configTakesTheOptions() throws {
            for arguments in [["-r", "5", "config"], ["config", "-r", "5"], ["-uvr5", "config", "-k"]] {
                let outcome = try phash(arguments)
                outcome.expect(0)
                #expect(outcome.lines.contains("rounds = 5  # command line"), outcome.story)
            }
            for arguments in [["config", "operand"], ["config", "-r", "0"], ["config", "--nosuch"]] {
                try phash(arguments).expect(64, "")
            }
        }

        @Test func configNamesVariablesThatMeanNothing() throws {
            let environment = ["PHASH_RUONDS": "5", "PHASH_": "", "PHASH_KERNEL": "openssl", "PHASHROUNDS": "7"]
            let outcome = try run(Launch(arguments: ["config"], environment: environment))
            #expect(outcome.ending == .exit(0), outcome.story)
            let expected = "phash: PHASH_: no setting has this name\nphash: PHASH_RUONDS: no setting has this name\n"
            #expect(outcome.errorText == expected, outcome.story)
            // The filter itself is silent about them.
            let filter = try run(Launch(arguments: ["-r", "1"], environment: environment), input: Self.line)
            filter.expect(0)
            #expect(filter.errorText.isEmpty, filter.story)
        }

        /// What the library for settings would do by itself: tell in a file which values it was asked for.
        @Test func nothingIsLogged() throws {
            let directory = try TemporaryDirectory()
            let log = "\(directory.path)/log"
            let outcome = try run(
                Launch(arguments: ["-r", "1"], environment: ["CONFIG_ACCESS_LOG_FILE": log, "PHASH_TAG": "1"]),
                input: Self.line)
            outcome.expect(0)
            #expect(!FileManager.default.fileExists(atPath: log))
        }
    }
}
