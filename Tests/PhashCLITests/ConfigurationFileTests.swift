import ArgumentParser
import Configuration
import Testing

@testable import PhashCLI

@Suite("The configuration file as a source of settings")
struct ConfigurationFileTests {
    /// All the ways to ask that swift-configuration has, of which phash uses the first.
    @Test("every way to ask for a value gives the same one")
    func provider() async throws {
        let file = try configurationFile("rounds = 7")
        #expect(file.providerName == "ConfigurationFile[/etc/phash.toml]")
        let (rounds, jobs): (AbsoluteConfigKey, AbsoluteConfigKey) = (["phash", "rounds"], ["phash", "jobs"])
        let expected = LookupResult(encodedKey: "rounds", value: ConfigValue(.string("7"), isSecret: false))
        #expect(file.value(forKey: rounds, type: .string) == expected)
        #expect(file.value(forKey: jobs, type: .string).value == nil)
        #expect(await file.fetchValue(forKey: rounds, type: .string) == expected)
        #expect(try file.snapshot().value(forKey: rounds, type: .string) == expected)
        var updateCount = 0
        try await file.watchValue(forKey: rounds, type: .string) { updates in
            for await update in updates {
                let result = try update.get()
                #expect(result == expected)
                updateCount += 1
                break
            }
        }
        try await file.watchSnapshot { updates in
            for await update in updates {
                let result = try update.value(forKey: rounds, type: .string)
                #expect(result == expected)
                updateCount += 1
                break
            }
        }
        #expect(updateCount == 2)
    }

    @Test("a value that is written and read again is the same")
    func writing() throws {
        let strange = "a\"b\\c\n\t\u{1}\u{7F}\u{202E}é😀#"
        let written = "algorithm = \(TOMLText.value(strange, of: .text))"
        #expect(try configurationFile(written).texts == ["algorithm": strange])
        #expect(written.unicodeScalars.allSatisfy { !isInvisible($0) })
        // No NUL: its backslash is one itself.
        for text in ["\\u0000", "\\\\U00000000", "é\\u0000"] {
            let written = "algorithm = \(TOMLText.value(text, of: .text))"
            #expect(try configurationFile(written).texts == ["algorithm": text])
        }
        for (text, toml) in [
            ("1000", "1000"), ("007", "7"), ("0.50", "0.50"), ("00.5", "0.5"), (".5", "\".5\""), ("5.", "\"5.\""),
            ("-1", "\"-1\""), ("+2", "\"+2\""), ("50%", "\"50%\""), ("1e3", "\"1e3\""), ("", "\"\""),
            ("9223372036854775808", "\"9223372036854775808\""), ("1.5.2", "\"1.5.2\""),
        ] {
            #expect(TOMLText.value(text, of: .number) == toml)
        }
        #expect(TOMLText.value("true", of: .flag) == "true")
    }

    @Test("phash config tells where each value comes from")
    func lines() throws {
        let values = try settingValues(
            ["-r", "5", "--format", "hex"], environment: ["PHASH_JOBS": "3"], file: "tag = true\nretries = 0")
        let lines = ConfigCommand.lines(values)
        #expect(lines.count == SettingsTable.all.count)
        for line in [
            "rounds = 5  # command line", "jobs = 3  # environment PHASH_JOBS",
            "retries = 0  # file /etc/phash.toml", "max-line = \"1M\"  # default", "# timeout: not set",
            "tag = false  # file /etc/phash.toml, which does not go with --format hex",
        ] {
            #expect(lines.contains(line), "\(line)")
        }
    }

    @Test("variables without a meaning are found")
    func unknownVariables() {
        let environment = [
            "PHASH_RUONDS": "1", "PHASH_JOBS": "2", "PHASH_CONFIG": "x", "PHASH_KERNEL": "avx2", "PHASH_A": "",
        ]
        #expect(SettingValues.unknownVariables(in: environment) == ["PHASH_A", "PHASH_RUONDS"])
    }

    @Test("the parser is told not to look for a completion script only while it cannot be asked for one")
    func completionScripts() throws {
        #expect(try CommandLineInterface.parse(["-r", "5"]) is PhashCommand)
        #expect(try CommandLineInterface.parse(["config", "-r", "5"]) is ConfigCommand)
        #expect(PhashCommand.configuration._superCommandName == nil)
        for arguments in [["--generate-completion-script", "bash"], ["--generate-completion-script=fish"]] {
            let error = #expect(throws: (any Error).self) { try CommandLineInterface.parse(arguments) }
            #expect(PhashCommand.exitCode(for: try #require(error)) == .success)
        }
    }
}
