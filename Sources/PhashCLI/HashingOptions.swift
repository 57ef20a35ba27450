import ArgumentParser

/// What is done with each record.
struct HashingOptions: ParsableArguments {
    @Option(
        name: [.customShort("a", allowingJoined: true), .customLong("algorithm")],
        parsing: .unconditional,
        help: ArgumentHelp("Digest of every round (default: \(Defaults.algorithm)).", valueName: "name"),
        completion: .shellCommand("phash --list-algorithms")
    )
    var algorithm: String?

    @Option(
        name: [.customShort("r", allowingJoined: true), .customLong("rounds")],
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            Rounds, 1 to 2^63-1 (default: \(Defaults.rounds)). Round 1 hashes the record, each further one the \
            hexadecimal digest before it.
            """,
            valueName: "n"
        )
    )
    var rounds: String?

    @Flag(name: .customLong("list-algorithms"), help: "List the names that --algorithm takes, and exit.")
    var listsAlgorithms = false
}
