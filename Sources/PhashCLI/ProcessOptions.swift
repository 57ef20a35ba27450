import ArgumentParser

/// The child processes and what they may take.
struct ProcessOptions: ParsableArguments {
    @Option(
        name: [.customShort("j", allowingJoined: true), .customLong("jobs")],
        // So that `-j -1` is a value, not an option.
        parsing: .unconditional,
        help: ArgumentHelp(
            "Child processes at most: a number, P% of the CPUs, +N or -N CPUs, 0 for one per CPU (default: \(Defaults.jobs)).",
            valueName: "n"
        )
    )
    var jobs: String?

    @Option(
        name: .customLong("buffer"),
        parsing: .unconditional,
        help: ArgumentHelp(
            "Memory for records read and results not yet written, up to 1024G (default: \(Defaults.buffer)).",
            valueName: "size"
        )
    )
    var buffer: String?

    @Option(
        name: .customLong("retries"),
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            Times that a record whose worker died is tried again before it becomes an error record, 0 to 1000 \
            (default: \(Defaults.retries)).
            """,
            valueName: "n"
        )
    )
    var retries: String?

    @Option(
        name: .customLong("timeout"),
        parsing: .unconditional,
        help: ArgumentHelp(
            "Time that one record may take, such as 5 or 0.5, 0.001 to 1000000 (default: no limit).",
            valueName: "seconds"
        )
    )
    var timeout: String?

    @Option(
        name: .customLong("broker"),
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            Have batches hashed by the daemons that wait at a RabbitMQ broker, amqp[s]://host[:port][/vhost]; without -j by \
            no child of this process.
            """,
            valueName: "url"
        )
    )
    var broker: String?

    @Option(
        name: .customLong("broker-file"),
        parsing: .unconditional,
        help: ArgumentHelp(
            "Take the broker's URL, with user and password, from the first line of this file.", valueName: "file"),
        completion: .file()
    )
    var brokerFile: String?

    @Option(
        name: .customLong("broker-timeout"),
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            How long to go on without a broker or a daemon that takes batches, 0.001 to 1000000, or 0 for ever \
            (default: \(Defaults.brokerTimeout)).
            """,
            valueName: "seconds"
        )
    )
    var brokerTimeout: String?

    @Option(
        name: .customLong("queue"),
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            What the names at the broker begin with, the same for the daemons: 1 to 64 letters, digits, dots, hyphens and \
            underscores (default: \(Defaults.queue)).
            """,
            valueName: "name"
        )
    )
    var queue: String?
}
