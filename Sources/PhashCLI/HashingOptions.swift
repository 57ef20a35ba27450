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

    @Option(
        name: .customLong("key-file"),
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            Make every round an HMAC with the key in this file, \(KeySource.leastBytes) to \(KeySource.mostBytes) bytes; \
            a newline at its end does not count.
            """,
            valueName: "file"
        ),
        completion: .file()
    )
    var keyFile: String?

    @Option(
        name: .customLong("key-fd"),
        parsing: .unconditional,
        help: ArgumentHelp(
            "The same with the key that descriptor n gives, 3 or above: --key-fd 3 3< file.", valueName: "n")
    )
    var keyDescriptor: String?

    @Option(
        name: .customLong("key-id"),
        parsing: .unconditional,
        help: ArgumentHelp(
            "Name of the key for --tag to write: 1 to 64 letters, digits, dots, colons, hyphens and underscores.",
            valueName: "id"
        )
    )
    var keyIdentifier: String?

    @Flag(
        name: .customLong("allow-short-key"),
        help: "Take a key of fewer than \(KeySource.leastBytes) bytes, which may be guessed."
    )
    var allowsShortKeys = false

    @Flag(name: .customLong("list-algorithms"), help: "List the names that --algorithm takes, and exit.")
    var listsAlgorithms = false
}
