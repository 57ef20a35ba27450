/// All settings, in the order in which `phash config` prints them.
///
/// To add one:
/// 1. Declare `@Option var name: String?` or `@Flag var isOn = false` in a group of options, unread, with its help. A new
///    group costs every start some 0.2 ms, an option in one that is there hardly anything.
/// 2. Add a line here. With it the setting has its environment variable and its key in the configuration file, `phash
///    config` prints it, and every message about it names where the value was written.
/// 3. Read it in `Settings`: `try values.read("name") { … }` with a reader of `Values.swift` that knows nothing of where the
///    text came from, `try values.readIfGiven("name") { … }` for one that has no default, `values.isOn("name")` for a flag.
///    A pair that does not go together is a line in `Contradictions.swift`.
/// 4. Name the variable in `man/phash.1.sections`, say there what the help does not, and run `make man`. Tests hold this
///    table against the options of the command line and against the manual page.
///
/// What makes no sense in a file stays out: `--help`, `--version`, `--list-algorithms`, `--config` and the like.
enum SettingsTable {
    static let all: [Setting] = [
        // How standard input is cut into records.
        .flag("null") { $0.input.endsInNull },
        .flag("crlf") { $0.input.hasCarriageReturns },
        .value("max-line", .number, default: Defaults.maximumLine) { $0.input.maximumLine },

        // What is done with each record.
        .value("algorithm", .text, default: Defaults.algorithm) { $0.hashing.algorithm },
        .value("rounds", .number, default: Defaults.rounds) { $0.hashing.rounds },
        .value("key-file", .text) { $0.hashing.keyFile },
        .value("key-fd", .number) { $0.hashing.keyDescriptor },
        .value("key-id", .text) { $0.hashing.keyIdentifier },
        .flag("allow-short-key") { $0.hashing.allowsShortKeys },

        // What the output looks like, and in which order.
        .flag("unordered", opposite: "keep-order") { $0.output.order.map { $0 == .unordered } },
        .value("format", .text, default: Defaults.format) { $0.output.format },
        .value("encoding", .text, default: Defaults.encoding) { $0.output.encoding },
        .flag("tag") { $0.output.isTagged },
        .flag("no-input") { $0.output.leavesInputOut },
        .value("json-field", .text) { $0.output.jsonField },
        .value("missing", .text, default: Defaults.missing) { $0.output.missing },
        .flag("line-buffered") { $0.output.isLineBuffered },

        // The child processes and what they may take.
        .value("jobs", .number, default: Defaults.jobs) { $0.processes.jobs },
        .value("buffer", .number, default: Defaults.buffer) { $0.processes.buffer },
        .value("retries", .number, default: Defaults.retries) { $0.processes.retries },
        .value("timeout", .number) { $0.processes.timeout },
        .value("broker", .address, variable: BrokerURL.variable) { $0.processes.broker },
        .value("broker-file", .text) { $0.processes.brokerFile },
        .value("broker-timeout", .number, default: Defaults.brokerTimeout) { $0.processes.brokerTimeout },
        .value("queue", .text, default: Defaults.queue) { $0.processes.queue },

        // What a run shows of itself.
        .value("progress", .text, default: Defaults.progress) { $0.introspection.progress },
        .value("total", .number) { $0.introspection.total },
        .value("stats", .number) { $0.introspection.stats },
        .flag("summary") { $0.introspection.writesSummary },
        .value("metrics-file", .text) { $0.introspection.metricsFile },
        .flag("verbose") { $0.isVerbose },
    ]

    static func setting(_ name: String) -> Setting? { all.first { $0.name == name } }
}
