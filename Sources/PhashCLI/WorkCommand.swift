import ArgumentParser
package import PhashEngine
import PhashPosix

/// `phash-amqp`: the daemons' command, beside being what phash starts to speak to a broker.
struct BridgeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "phash-amqp",
        abstract: "hash batches that phash --broker sends through a RabbitMQ broker",
        usage: "phash-amqp work [options]",
        discussion: """
            phash itself starts this program to speak to a broker. The manual page, phash-amqp(1), tells the rest.
            """,
        version: "phash-amqp \(PhashCommand.version)",
        subcommands: [WorkCommand.self]
    )

    func run() throws {
        throw ValidationError("No command is given; there is one: work")
    }
}

/// `phash-amqp work`: takes batches from a broker until it is stopped.
///
/// Its options are settings of phash's table, by the same names; it holds what was typed, unread.
struct WorkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "work",
        abstract: "Take batches from the broker, hash them in child processes, and send back the results.",
        usage: "phash-amqp work [options]"
    )

    @Option(
        name: .customLong("broker"), parsing: .unconditional,
        help: ArgumentHelp("Where the batches are: amqp[s]://host[:port][/vhost].", valueName: "url"))
    var broker: String?

    @Option(
        name: .customLong("broker-file"), parsing: .unconditional,
        help: ArgumentHelp(
            "Take the broker's URL, with user and password, from the first line of this file.", valueName: "file"),
        completion: .file())
    var brokerFile: String?

    @Option(
        name: .customLong("queue"), parsing: .unconditional,
        help: ArgumentHelp(
            "What the names at the broker begin with, as for phash (default: \(Defaults.queue)).", valueName: "name"))
    var queue: String?

    @Option(
        name: [.customShort("j", allowingJoined: true), .customLong("jobs")], parsing: .unconditional,
        help: ArgumentHelp(
            "Child processes at most: a number, P% of the CPUs, +N or -N CPUs, 0 for one per CPU (default: \(Defaults.jobs)).",
            valueName: "n"))
    var jobs: String?

    @Option(
        name: .customLong("buffer"), parsing: .unconditional,
        help: ArgumentHelp(
            "Memory for batches taken and results not yet sent, up to 1024G (default: \(Defaults.buffer)).",
            valueName: "size"))
    var buffer: String?

    @Option(
        name: .customLong("key-file"), parsing: .unconditional,
        help: ArgumentHelp(
            "The key of batches that are hashed with one; without it they are not taken.", valueName: "file"),
        completion: .file())
    var keyFile: String?

    @Option(
        name: .customLong("key-fd"), parsing: .unconditional,
        help: ArgumentHelp(
            "The same with the key that descriptor n gives, 3 or above: --key-fd 3 3< file.", valueName: "n"))
    var keyDescriptor: String?

    @Flag(
        name: .customLong("allow-short-key"),
        help: "Take a key of fewer than \(KeySource.leastBytes) bytes, which may be guessed.")
    var allowsShortKeys = false

    @Option(
        name: .customLong("metrics-file"), parsing: .unconditional,
        help: ArgumentHelp(
            "Keep figures for Prometheus in a file, which is replaced every 5 seconds and at the end.",
            valueName: "file"),
        completion: .file())
    var metricsFile: String?

    @Flag(
        name: [.customShort("v"), .customLong("verbose")],
        help: "Tell on standard error of connections, batches and children.")
    var isVerbose = false

    @Option(
        name: .customLong("config"), parsing: .unconditional,
        help: ArgumentHelp(
            """
            Read settings from this file, not from ~/.config/phash/config.toml. The command line comes before the \
            environment, and that before the file.
            """,
            valueName: "file"),
        completion: .file())
    var configurationFile: String?

    /// The settings of phash's that mean something here; what a file says of others is for the filter.
    static let settingNames: Set<String> = [
        "broker", "broker-file", "queue", "jobs", "buffer", "key-file", "key-fd", "allow-short-key", "metrics-file",
        "verbose",
    ]

    /// What was typed, as phash would have been given it: so one table, one precedence and one set of messages do for both.
    func filterCommand() throws -> PhashCommand {
        let values = [
            ("broker", broker), ("broker-file", brokerFile), ("queue", queue), ("jobs", jobs), ("buffer", buffer),
            ("key-file", keyFile), ("key-fd", keyDescriptor), ("metrics-file", metricsFile),
            ("config", configurationFile),
        ]
        var arguments = values.compactMap { name, value in value.map { "--\(name)=\($0)" } }
        if allowsShortKeys { arguments.append("--allow-short-key") }
        if isVerbose { arguments.append("--verbose") }
        return try PhashCommand.parse(arguments)
    }

    /// What the values mean to a daemon on `machine`; its key is read.
    static func settings(
        resolving values: SettingValues, on machine: Machine
    ) throws(SettingsError) -> DaemonSettings {
        guard let address = try BrokerURL.address(values, environment: machine.environment) else {
            throw SettingsError(
                what: "work", why: "there is no broker: add --broker or --broker-file, or set \(BrokerURL.variable)")
        }
        var settings = DaemonSettings(
            address: address,
            jobs: try values.read("jobs", JobCount.init).resolved(processors: machine.processors),
            processors: machine.processors)
        settings.queue = try values.read("queue", queueName)
        settings.bufferBytes = try values.read("buffer", Settings.bufferBytes)
        settings.metricsPath = try values.readIfGiven("metrics-file", metricsPath)
        settings.isVerbose = values.isOn("verbose")
        settings.version = PhashCommand.version
        settings.kernel = try Settings.kernel(named: machine.kernelName)
        settings.key = try KeySettings(values)?.read()
        return settings
    }
}

/// The command `phash-amqp` as people type it.
package enum BridgeCommandLine {
    /// Does what the command line says and ends the process.
    ///
    /// - Parameters:
    ///   - bridge: What phash wants of this program, which it starts with one argument, `--bridge`.
    ///   - work: The daemon.
    package static func main(bridge: () -> Never, work: (DaemonSettings) -> Never) -> Never {
        if ProcessArguments.areExactly("--bridge") { bridge() }
        do {
            if let place = ProcessArguments.firstThatIsNoText {
                throw SettingsError(what: "argument \(place)", why: "is not UTF-8")
            }
            let arguments = ShortOptions.separated(Array(CommandLine.arguments.dropFirst()))
            var command = try BridgeCommand.parseAsRoot(arguments)
            guard let workCommand = command as? WorkCommand else {
                try command.run()
                // The parser's own command that helps.
                CommandLineInterface.end(withStatus: 0)
            }
            let machine = Machine.current
            let values = try SettingValues.resolved(
                for: try workCommand.filterCommand(), on: machine, scope: WorkCommand.settingNames)
            let settings = try WorkCommand.settings(resolving: values, on: machine)
            BrokerURL.warn(about: values, of: "phash-amqp")
            work(settings)
        } catch {
            if BridgeCommand.exitCode(for: error) == .success {
                CommandLineInterface.print(CompletionScripts.mended(BridgeCommand.fullMessage(for: error)))
            }
            CommandLineInterface.end(with: error, of: BridgeCommand.self)
        }
    }
}
