import ArgumentParser

/// What the output looks like, and in which order.
struct OutputOptions: ParsableArguments {
    /// `-k` and `-u`: the last one on the command line counts.
    ///
    /// The parser asks each start for the text of both, and would look for four other ways to it first.
    enum Order: EnumerableFlag, TextOutputStreamable {
        case kept
        case unordered

        func write(to target: inout some TextOutputStream) {
            target.write(self == .kept ? "kept" : "unordered")
        }

        static func name(for value: Order) -> NameSpecification {
            switch value {
            case .kept: [.customShort("k"), .customLong("keep-order")]
            case .unordered: [.customShort("u"), .customLong("unordered")]
            }
        }

        static func help(for value: Order) -> ArgumentHelp? {
            switch value {
            case .kept: "Write results in the order of the input; the default."
            case .unordered: "Write each result as soon as it is ready. Of -k and -u, the last one counts."
            }
        }
    }

    @Flag(exclusivity: .chooseLast)
    var order: Order?

    @Option(
        name: .customLong("format"),
        parsing: .unconditional,
        help: ArgumentHelp(
            "json: one object per record; hex: the bare hash, an empty line for an error (default: \(Defaults.format)).",
            valueName: "json|hex"
        ),
        completion: .list(["json", "hex"])
    )
    var format: String?

    @Option(
        name: .customLong("encoding"),
        parsing: .unconditional,
        help: ArgumentHelp("How the hash is written (default: \(Defaults.encoding)).", valueName: "hex|base64"),
        completion: .list(["hex", "base64"])
    )
    var encoding: String?

    @Flag(name: .customLong("tag"), help: "Write the algorithm and the rounds into each record.")
    var isTagged = false

    @Flag(
        name: .customLong("no-input"),
        help: "Leave the input out of every record: its text then appears nowhere in the output."
    )
    var leavesInputOut = false

    @Option(
        name: .customLong("json-field"),
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            Read each record as a JSON object and replace the string at this pointer (RFC 6901) by its hash; \
            everything else stays as it is.
            """,
            valueName: "pointer"
        )
    )
    var jsonField: String?

    @Option(
        name: .customLong("missing"),
        parsing: .unconditional,
        help: ArgumentHelp(
            "What becomes of an object without the member of --json-field (default: \(Defaults.missing)).",
            valueName: "error|skip|pass"
        ),
        completion: .list(["error", "skip", "pass"])
    )
    var missing: String?

    @Flag(
        name: .customLong("line-buffered"),
        help: "Accepted for the sake of habit; results never wait in a buffer anyway."
    )
    var isLineBuffered = false
}
