import ArgumentParser
import PhashDigest
import PhashEngine
import PhashPosix
import Synchronization

/// The root command. Its options are the filter's, so that `phash -j 16` works and `phash --help` shows them all.
///
/// It holds what was typed, unread: only `Settings` looks at the values and at the machine.
struct PhashCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        var configuration = fullConfiguration
        // The parser does not look for the option that asks for a completion script in what has a command above it.
        if isCertainlyNoRequestForScript.load(ordering: .relaxed) { configuration._superCommandName = "" }
        return configuration
    }

    /// Set while arguments are parsed among which there is no such option: looking for it takes a third of all parsing.
    static let isCertainlyNoRequestForScript = Atomic(false)

    private static let fullConfiguration = CommandConfiguration(
        commandName: "phash",
        abstract: "hash the lines of standard input in parallel, to JSON records",
        usage: "phash [options] < input > output",
        discussion: """
            Reads records (lines) from standard input, hashes them in child processes and writes one JSON object per \
            record to standard output, in input order. A size is a number of bytes, or with K, M or G (also KiB, MiB, \
            GiB) of that power of 1024. The manual page, phash(1), tells the rest.
            """,
        version: "phash \(version)",
        subcommands: [CheckCommand.self, ConfigCommand.self]
    )

    static let version = "0.1.0"

    @OptionGroup(title: "Input") var input: InputOptions
    @OptionGroup(title: "Hashing") var hashing: HashingOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Processes") var processes: ProcessOptions
    @OptionGroup(title: "Watching") var introspection: IntrospectionOptions

    // Without a group, they stand beside the parser's own --version and --help: see `CommandLineInterface.helpText`.
    @Flag(name: [.customShort("v"), .customLong("verbose")], help: "Tell on standard error what the children do.")
    var isVerbose = false

    @Option(
        name: .customLong("config"),
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            Read settings from this file, not from ~/.config/phash/config.toml. The command line comes before the \
            environment, and that before the file.
            """,
            valueName: "file"
        ),
        completion: .file()
    )
    var configurationFile: String?

    /// Lists the algorithms and ends the process, if that is what was asked for, with or without a command.
    func listAlgorithmsIfAsked() {
        guard hashing.listsAlgorithms else { return }
        let names = DigestAlgorithm.all().map(\.name)
        CommandLineInterface.print(names.joined(separator: "\n"))
    }

    func run() throws {
        listAlgorithmsIfAsked()
        let machine = Machine.current
        let values = try SettingValues.resolved(for: self, on: machine)
        let settings = try Settings(resolving: values, on: machine)
        BrokerURL.warn(about: values, of: "phash")
        if machine.readsFromTerminal {
            StandardError.write("phash: standard input: a terminal; type records, one a line, and end with Ctrl-D\n")
        }
        let job = DigestJob(
            algorithm: settings.algorithm, rounds: settings.rounds, key: try settings.key?.read(),
            kernel: settings.kernel, isVerbose: settings.filter.isVerbose)
        let member = settings.member.map { MemberJob($0.pointer, missing: $0.missing, digest: job) }
        Filter.run(settings: settings.filter, job: member ?? job).terminate()
    }
}
