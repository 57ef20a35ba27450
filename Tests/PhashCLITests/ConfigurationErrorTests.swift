import PhashEngine
import Testing

@testable import PhashCLI

/// What is complained about when everything is resolved.
private func complaint(
    _ arguments: [String] = [], environment: [String: String] = [:], file: String? = nil
) throws -> SettingsError {
    let error = #expect(throws: SettingsError.self) {
        let values = try settingValues(arguments, environment: environment, file: file)
        _ = try Settings(resolving: values, on: Machine(processors: 4, readsFromTerminal: false))
    }
    return try #require(error)
}

@Suite("Configuration errors")
struct ConfigurationErrorTests {
    @Test(
        "a bad variable is named with its value and what is allowed",
        arguments: [
            ("PHASH_ROUNDS", "abc", "'abc' is not a whole number from 1 to 9223372036854775807"),
            ("PHASH_JOBS", "many", "'many' is none of N (1 to 1024), P% of the CPUs"),
            ("PHASH_MAX_LINE", "2G", "'2G' is not a size from 1 to 1G"),
            ("PHASH_ALGORITHM", "rot13", "'rot13' is not one of those that 'phash --list-algorithms' names"),
            ("PHASH_FORMAT", "xml", "'xml' is not json or hex"),
            ("PHASH_TAG", "maybe", "'maybe' is none of 1, true, yes, on and 0, false, no, off"),
            ("PHASH_TIMEOUT", "1\n", "'1\\n' is not a number of seconds"),
        ]
    )
    func badVariable(name: String, value: String, why: String) throws {
        let error = try complaint(environment: [name: value])
        #expect(error.what == name)
        #expect(error.why.hasPrefix(why))
        #expect(error.status == .configuration)
        #expect(CommandLineInterface.message(for: error) == "phash: \(name): \(error.why)\n")
    }

    @Test(
        "a bad value in the file is named with the file and the key",
        arguments: [
            ("rounds = 'abc'", "rounds: 'abc' is not a whole number from 1 to"),
            ("rounds = 0", "rounds: '0' is not a whole number from 1 to"),
            ("rounds = 5.0", "rounds: '5.0' is not a whole number from 1 to"),
            ("rounds = true", "rounds: 'true' is a boolean, not a number or a string"),
            ("timeout = inf", "timeout: 'inf' is not a number of seconds"),
            ("timeout = 1979-05-27", "timeout: '"),
            ("algorithm = 256", "algorithm: '256' is an integer, not a string"),
            ("algorithm = 'rot13'", "algorithm: 'rot13' is not one of those"),
            ("tag = 1", "tag: '1' is an integer, not true or false"),
            ("tag = 'yes'", "tag: '\"yes\"' is a string, not true or false"),
            ("jobs = [1, 2]", "jobs: '[ 1, 2 ]' is an array, not a number or a string"),
            ("[rounds]", "rounds: '{…}' is a table, not a number or a string"),
            ("format = 'hex'\ntag = true", "format = \"hex\": does not go with tag = true: a bare hash has no"),
        ]
    )
    func badValue(text: String, expected: String) throws {
        let error = try complaint(file: text)
        #expect(error.status == .configuration)
        #expect(error.description.hasPrefix("/etc/phash.toml: \(expected)"), "\(error)")
    }

    @Test(
        "a key that is no setting is refused, with those that are",
        arguments: [
            "ruonds = 1", "keep-order = true", "config = 'x'", "help = true", "a.b = 1", "max_line = 1",
            "'a\u{202E}' = 1",
        ]
    )
    func unknownKey(text: String) throws {
        let error = try complaint(file: "rounds = 1\n" + text)
        #expect(error.what == "/etc/phash.toml")
        let allowed = SettingsTable.all.map(\.name).joined(separator: ", ")
        #expect(error.why.hasSuffix("is no setting; those are \(allowed)"))
        #expect(!error.why.contains("\u{202E}"))
    }

    @Test(
        "what is no TOML is refused with its line",
        arguments: [("rounds = 1\n\nrounds = 2", 3), ("rounds =\n", 1), ("tag = yes", 1), ("\n\"", 2), ("a", 1)]
    )
    func syntax(text: String, line: Int) throws {
        let error = try complaint(file: text)
        #expect(error.what == "/etc/phash.toml")
        #expect(error.why.hasPrefix("line \(line): "), "\(error)")
        #expect(error.status == .configuration)
        #expect(!error.why.contains("\n"))
    }

    @Test("a NUL and what is no UTF-8 are refused")
    func bytes() throws {
        for text in ["rounds = 1\0", "algorithm = \"md5\\u0000\"", "algorithm = \"md5\\U00000000\""] {
            #expect(try complaint(file: text).why == "holds a NUL, which no setting can have")
        }
        let error = #expect(throws: SettingsError.self) {
            try ConfigurationFile(path: "x\n", bytes: Array("algorithm = '".utf8) + [0xFF])
        }
        #expect(error?.description == "x\\n: is not UTF-8")
    }

    @Test("an empty file, and one with comments only, says nothing")
    func empty() throws {
        #expect(try configurationFile("").texts.isEmpty)
        #expect(try configurationFile("# rounds = 1\r\n").texts.isEmpty)
    }

    @Test("the user's own file is where the XDG specification says")
    func usersOwn() {
        let path = ConfigurationFile.usersOwn
        #expect(path("/x", "/home/me") == "/x/phash/config.toml")
        #expect(path(nil, "/home/me") == "/home/me/.config/phash/config.toml")
        #expect(path("", "/home/me") == "/home/me/.config/phash/config.toml")
        #expect(path("relative", "/home/me") == "/home/me/.config/phash/config.toml")
        #expect(path(nil, nil) == nil)
        #expect(path(nil, "relative") == nil)
    }
}

@Suite("Contradictions between settings")
struct ContradictionTests {
    @Test("what comes from a higher origin wins, and the other counts as not given")
    func higherWins() throws {
        let file = "tag = true\nunordered = true\nencoding = 'base64'"
        let typedFormat = try settingValues(["--format", "hex"], file: file)
        #expect(!typedFormat.isOn("tag"))
        #expect(!typedFormat.isOn("unordered"))
        #expect(try typedFormat.read("encoding") { $0 } == "hex")
        #expect(try typedFormat.read("format") { $0 } == "hex")
        #expect(typedFormat["tag"]?.defeat == "--format hex")

        let typedTag = try settingValues(["--tag"], environment: ["PHASH_FORMAT": "hex"])
        #expect(typedTag.isOn("tag"))
        #expect(try typedTag.read("format") { $0 } == "json")
        #expect(typedTag["format"]?.defeat == "--tag")

        let variable = try settingValues(environment: ["PHASH_CRLF": "1"], file: "null = true")
        #expect(variable.isOn("crlf"))
        #expect(!variable.isOn("null"))
        #expect(variable["null"]?.defeat == "PHASH_CRLF=true")
    }

    @Test("what has been defeated defeats nothing")
    func chain() throws {
        // What is typed defeats the format, which then leaves what is in the file alone.
        for (typed, other) in [("unordered", "tag"), ("tag", "unordered")] {
            let values = try settingValues(
                ["--\(typed)"], environment: ["PHASH_FORMAT": "hex"], file: "\(other) = true")
            #expect(values.isOn(typed) && values.isOn(other))
            #expect(try values.read("format") { $0 } == "json")
        }
    }

    @Test("two of the same origin are an error that quotes both")
    func sameOrigin() throws {
        let environment = try complaint(environment: ["PHASH_FORMAT": "hex", "PHASH_UNORDERED": "yes"])
        #expect(environment.what == "PHASH_FORMAT=hex")
        #expect(environment.why.hasPrefix("does not go with PHASH_UNORDERED=true: nothing would tell"))
        #expect(environment.status == .configuration)
        let typed = try complaint(["--crlf", "-0"])
        #expect(typed.description == "--crlf: does not go with --null: no record ends in a newline then")
        #expect(typed.status == .usage)
    }

    @Test("every setting of the table of contradictions exists")
    func names() {
        for contradiction in Contradiction.all {
            #expect(SettingsTable.setting(contradiction.first.name) != nil)
            #expect(SettingsTable.setting(contradiction.second.name) != nil)
        }
    }
}
