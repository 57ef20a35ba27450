import ArgumentParser

/// What a run shows of itself, on standard error and in a file.
struct IntrospectionOptions: ParsableArguments {
    static let progressValues = ["auto", "always", "never"]

    @Option(
        name: .customLong("progress"),
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            Show a line on standard error that is redrawn as the run goes on. auto, which --progress alone means: on a \
            terminal only (default: \(Defaults.progress)).
            """,
            valueName: progressValues.joined(separator: "|")
        ),
        completion: .list(progressValues)
    )
    var progress: String?

    @Option(
        name: .customLong("total"),
        parsing: .unconditional,
        help: ArgumentHelp("Records to expect, so that --progress can tell how far it is.", valueName: "n")
    )
    var total: String?

    @Option(
        name: .customLong("stats"),
        parsing: .unconditional,
        help: ArgumentHelp(
            "Write the line of JSON that SIGUSR1 asks for to standard error that often, 0.001 to 1000000.",
            valueName: "seconds"
        )
    )
    var stats: String?

    @Flag(name: .customLong("summary"), help: "Write a line of JSON about the whole run to standard error at its end.")
    var writesSummary = false

    @Option(
        name: .customLong("metrics-file"),
        parsing: .unconditional,
        help: ArgumentHelp(
            "Keep figures for Prometheus in a file, which is replaced every 5 seconds and at the end.",
            valueName: "file"
        ),
        completion: .file()
    )
    var metricsFile: String?
}
