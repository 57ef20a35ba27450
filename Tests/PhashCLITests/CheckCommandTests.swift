import ArgumentParser
import PhashDigest
import PhashEngine
import PhashWire
import Testing

@testable import PhashCLI

/// The settings that `arguments` mean, among which is the word check, on a machine with 4 CPUs.
private func settings(_ arguments: [String], environment: [String: String] = [:]) throws -> Settings {
    let command = try #require(
        try PhashCommand.parseAsRoot(ShortOptions.separated(arguments)) as? CheckCommand)
    return try command.settings(
        resolving: SettingValues(typed: command.root, environment: environment),
        on: Machine(processors: 4, readsFromTerminal: false))
}

private func checkSettings(_ arguments: String...) throws -> Settings { try settings(["check"] + arguments) }

@Suite("phash check")
struct CheckCommandTests {
    @Test("without options of its own, everything is said and nothing is strict")
    func defaults() throws {
        let settings = try checkSettings()
        #expect(settings.algorithm.name == "sha512" && settings.rounds == 1_000_000)
        let filter = settings.filter
        #expect(filter.check == CheckRules(algorithmName: "sha512"))
        #expect(filter.format.shape == .verdict && filter.format.verdicts == VerdictStyle())
        #expect(filter.jobs == 4 && filter.order == .input && filter.delimiter == 0x0A && !filter.stripsCarriageReturn)
        // A record that was let through when it was hashed is let through now.
        #expect(filter.maximumLineBytes > 6 << 20 && filter.maximumLineBytes < 7 << 20)
    }

    @Test("each switch reaches the filter")
    func switches() throws {
        #expect(try checkSettings("--quiet").filter.format.verdicts == VerdictStyle(hidesMatches: true))
        #expect(try checkSettings("-w").filter.format.verdicts == VerdictStyle(namesMalformed: true))
        #expect(try checkSettings("--warn").filter.format.verdicts.namesMalformed)
        let silent = try checkSettings("--status", "--warn").filter
        #expect(silent.format.verdicts == VerdictStyle(isSilent: true) && silent.check?.isSilent == true)
        #expect(try checkSettings("--strict").filter.check?.isStrict == true)
        #expect(try checkSettings("--partial").filter.check?.acceptsAnyNumbers == true)
    }

    @Test("the options of phash stand before or behind the word check")
    func options() throws {
        let behind = try checkSettings(
            "-a", "md5", "-r7", "-uwj2", "--buffer", "1M", "--timeout", "2", "--retries", "0")
        #expect(behind.algorithm.name == "md5" && behind.rounds == 7 && behind.filter.check?.algorithmName == "md5")
        let filter = behind.filter
        #expect(filter.order == .completion && filter.jobs == 2 && filter.bufferBytes == 1 << 20)
        #expect(filter.timeoutNanoseconds == 2_000_000_000 && filter.retries == 0)
        #expect(filter.format.verdicts.namesMalformed)
        let before = try settings(["-r", "3", "check", "-a", "md5"])
        #expect(before.rounds == 3 && before.algorithm.name == "md5")
    }

    /// Records may be tagged with any number of rounds: too small a guess would make batches that take hours.
    @Test("what a record costs is guessed high")
    func estimate() throws {
        #expect(try checkSettings("-r", "1").filter.estimatedRecordNanoseconds == 500_000_000)
        #expect(try checkSettings("-r", "2000000").filter.estimatedRecordNanoseconds == 1_000_000_000)
    }

    @Test("records are as long as their input lets them be, within what there is")
    func lengths() throws {
        #expect(try checkSettings("--max-line", "1").filter.maximumLineBytes > 600)
        #expect(
            try checkSettings("--max-line", "1G").filter.maximumLineBytes == FilterSettings.maximumLineBytesLimit)
    }

    @Test(
        "what has no meaning for a check is refused by name",
        arguments: [
            ["--null"], ["--crlf"], ["--tag"], ["--no-input"], ["--format", "hex"], ["--json-field", "/a"],
        ])
    func refused(option: [String]) throws {
        let error = #expect(throws: SettingsError.self) { try settings(["check"] + option) }
        #expect(error.map { "\($0)".hasPrefix("\(option.joined(separator: " ")): does not go with check") } == true)
    }

    @Test("what the environment says of the filter's output is no matter of a check")
    func environment() throws {
        let variables = ["PHASH_NULL": "1", "PHASH_TAG": "1", "PHASH_NO_INPUT": "yes", "PHASH_ROUNDS": "5"]
        let settings = try settings(["check"], environment: variables)
        #expect(settings.rounds == 5 && settings.filter.delimiter == 0x0A)
        #expect(settings.filter.format.shape == .verdict && settings.filter.format.tag.isEmpty)
        #expect(try checkSettings("--format", "json", "--encoding", "base64").filter.format.shape == .verdict)
    }
}
