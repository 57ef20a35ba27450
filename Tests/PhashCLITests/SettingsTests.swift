import ArgumentParser
import PhashDigest
import PhashEngine
import PhashWire
import Testing

@testable import PhashCLI

/// The settings that `arguments` mean on a machine with `processors` CPUs and, if it is not nil, that `PHASH_KERNEL`.
private func settings(_ arguments: String..., processors: Int = 4, kernelName: String? = nil) throws -> Settings {
    var machine = Machine(processors: processors, readsFromTerminal: false)
    machine.environment["PHASH_KERNEL"] = kernelName
    return try Settings(resolving: settingValues(arguments), on: machine)
}

@Suite("Settings")
struct SettingsTests {
    @Test("without options, the contract's defaults hold")
    func defaults() throws {
        let settings = try settings()
        #expect(settings.algorithm.name == "sha512")
        #expect(settings.rounds == 1_000_000)
        let filter = settings.filter
        #expect(filter.jobs == 4)
        #expect(filter.processors == 4)
        #expect(filter.delimiter == 0x0A)
        #expect(!filter.stripsCarriageReturn)
        #expect(filter.maximumLineBytes == 1 << 20)
        #expect(filter.bufferBytes == 64 << 20)
        #expect(filter.order == .input)
        #expect(filter.retries == 2)
        #expect(filter.timeoutNanoseconds == nil)
        #expect(filter.format == RecordFormat(maximumResultBytes: 64))
        #expect(filter.estimatedRecordNanoseconds == 500_000_000)
        #expect(!filter.isVerbose)
    }

    @Test("each option reaches the filter")
    func everyOption() throws {
        let input = try settings("-0", "--max-line", "2K").filter
        #expect(input.delimiter == 0x00)
        #expect(input.maximumLineBytes == 2048)
        #expect(try settings("--crlf").filter.stripsCarriageReturn)
        let hashing = try settings("-a", "sha256", "-r", "7", "--tag")
        #expect(hashing.algorithm.digestBytes == 32)
        #expect(hashing.rounds == 7)
        #expect(hashing.filter.format.maximumResultBytes == 32)
        #expect(hashing.filter.format.tag == #","algorithm":"sha256","rounds":7"#)
        #expect(hashing.filter.estimatedRecordNanoseconds == 3500)
        let output = try settings("--no-input", "--encoding", "base64", "--line-buffered").filter.format
        #expect(!output.includesInput)
        #expect(output.encoding == .base64)
        #expect(try settings("--format", "hex").filter.format.shape == .bare)
        let processes = try settings("--buffer=1G", "--retries", "0", "--timeout", "1.5", "-v").filter
        #expect(processes.bufferBytes == 1 << 30)
        #expect(processes.retries == 0)
        #expect(processes.timeoutNanoseconds == 1_500_000_000)
        #expect(processes.isVerbose)
        let watching = try settings(
            "--progress=always", "--total", "12", "--stats", "0.5", "--summary", "--metrics-file", "a b"
        ).filter.introspection
        #expect(watching.progress == .always)
        #expect(watching.totalRecords == 12)
        #expect(watching.statsNanoseconds == 500_000_000)
        #expect(watching.writesSummary)
        #expect(watching.metricsPath == "a b")
        #expect(watching.version == PhashCommand.version)
    }

    @Test("the largest number of rounds is allowed, and its estimate does not overflow")
    func mostRounds() throws {
        let settings = try settings("-r", "9223372036854775807")
        #expect(settings.rounds == Int.max)
        #expect(settings.filter.estimatedRecordNanoseconds == Int64.max)
    }

    @Test("of -k and -u the last one counts")
    func lastOrderCounts() throws {
        #expect(try settings("-k", "-u").filter.order == .completion)
        #expect(try settings("-u", "-k").filter.order == .input)
        #expect(try settings("-uk").filter.order == .input)
        #expect(try settings("--format", "hex", "-u", "-k").filter.format.shape == .bare)
    }

    @Test(
        "every way to write a value is understood",
        arguments: [
            ["-j", "-1"], ["-j-1"], ["--jobs=-1"], ["--jobs", "-1"], ["-j=-1"], ["-vj-1"], ["-0uvj", "-1"], ["-j3"],
            ["-j", "7", "-j", "3"], ["-uj3", "--"],
        ]
    )
    func jobs(arguments: [String]) throws {
        let machine = Machine(processors: 4, readsFromTerminal: false)
        #expect(try Settings(resolving: settingValues(arguments), on: machine).filter.jobs == 3)
    }

    @Test("PHASH_KERNEL names what to hash with; unset or empty, it is what is fastest")
    func kernel() throws {
        for kernel in Kernel.supported {
            #expect(try settings(kernelName: kernel.rawValue).kernel == kernel)
        }
        #expect(try settings(kernelName: nil).kernel == nil)
        #expect(try settings(kernelName: "").kernel == nil)
        let error = #expect(throws: SettingsError.self) { try settings(kernelName: "abacus\n") }
        let names = Kernel.supported.map(\.rawValue).joined(separator: ", ")
        let expected = "PHASH_KERNEL: 'abacus\\n' is not one of those of this CPU: \(names)"
        #expect(error?.description == expected)
        #expect(error?.status == .configuration)
    }

    @Test("in the help, options without a group have a name of their own")
    func helpText() {
        #expect(CommandLineInterface.helpText("USAGE\n\nOPTIONS:\n  -v") == "USAGE\n\nOTHER:\n  -v")
        #expect(CommandLineInterface.helpText("USAGE") == "USAGE")
    }
}

@Suite("Usage errors")
struct UsageErrorTests {
    /// The first line that `arguments` bring on standard error, without `phash: `.
    private func complaint(_ arguments: [String]) throws -> String {
        let error = #expect(throws: (any Error).self) {
            let command = try PhashCommand.parseAsRoot(ShortOptions.separated(arguments))
            guard let command = command as? PhashCommand else { return }
            let values = try SettingValues(typed: command)
            _ = try Settings(resolving: values, on: Machine(processors: 4, readsFromTerminal: false))
        }
        let message = CommandLineInterface.message(for: try #require(error))
        let lines = message.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 3)
        #expect(lines[1] == "Try 'phash --help' for more information.")
        #expect(lines[2].isEmpty)
        let prefix = "phash: "
        #expect(lines[0].hasPrefix(prefix))
        return String(lines[0].dropFirst(prefix.count))
    }

    @Test(
        "name the option, the value and what is allowed",
        arguments: [
            (["-r", "0"], "--rounds: '0' is not a whole number from 1 to 9223372036854775807"),
            (["-r-1"], "--rounds: '-1' is not a whole number from 1 to 9223372036854775807"),
            (["-r", "9223372036854775808"], "--rounds: '9223372036854775808' is not a whole number from 1 to"),
            (["-a", "nosuch"], "--algorithm: 'nosuch' is not one of those that 'phash --list-algorithms' names"),
            (
                ["-j", "x"],
                "--jobs: 'x' is none of N (1 to 1024), P% of the CPUs, +N or -N CPUs, and 0 for one per CPU"
            ),
            (["-j", "a\nb"], "--jobs: 'a\\nb' is none of"),
            (["--retries", "-1"], "--retries: '-1' is not a whole number from 0 to 1000"),
            (["--buffer", "0"], "--buffer: '0' is not a size from 1 to 1024G"),
            (["--max-line", "2G"], "--max-line: '2G' is not a size from 1 to 1G"),
            (["--timeout", "0"], "--timeout: '0' is not a number of seconds from 0.001 to 1000000"),
            (["--format", "xml"], "--format: 'xml' is not json or hex"),
            (["--encoding", "HEX"], "--encoding: 'HEX' is not hex or base64"),
        ]
    )
    func badValue(arguments: [String], expected: String) throws {
        #expect(try complaint(arguments).hasPrefix(expected))
    }

    @Test(
        "name the options that contradict each other",
        arguments: [
            (["--crlf", "-0"], "--crlf: does not go with --null"),
            (["--format", "hex", "-u"], "--format hex: does not go with --unordered"),
            (["--format", "hex", "--tag"], "--format hex: does not go with --tag"),
            (["--encoding", "base64", "--format", "hex"], "--format hex: does not go with --encoding base64"),
        ]
    )
    func contradiction(arguments: [String], expected: String) throws {
        #expect(try complaint(arguments).hasPrefix(expected))
    }

    @Test(
        "the parser's own are one line in the same form",
        arguments: [
            (["--ruonds", "3"], "unknown option '--ruonds'. Did you mean '--rounds'?"),
            (["-z"], "unknown option '-z'"),
            (["--rounds"], "missing value for '--rounds <n>'"),
            (["--tag=3"], "the option '--tag' does not take any value, but '3' was specified"),
            (["file"], "unexpected argument 'file': phash reads standard input only, so write 'phash < file'"),
            (["-", "b\nc"], "2 unexpected arguments: '-', 'b c': phash reads standard input only"),
        ]
    )
    func parserError(arguments: [String], expected: String) throws {
        #expect(try complaint(arguments).hasPrefix(expected))
    }

    @Test("help, version and completion scripts are no errors", arguments: ["--help", "-h", "--version"])
    func cleanExit(argument: String) throws {
        let error = #expect(throws: (any Error).self) {
            var command = try PhashCommand.parseAsRoot([argument])
            try command.run()
        }
        #expect(PhashCommand.exitCode(for: try #require(error)) == .success)
    }
}
