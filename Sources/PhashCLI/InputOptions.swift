import ArgumentParser

/// How standard input is cut into records.
struct InputOptions: ParsableArguments {
    @Flag(
        name: [.customShort("0"), .customLong("null")],
        help: "Records end in NUL, as find -print0 writes them, not in newline."
    )
    var endsInNull = false

    @Flag(
        name: .customLong("crlf"),
        help: "A carriage return before the newline belongs to the line ending, not to the record."
    )
    var hasCarriageReturns = false

    @Option(
        name: .customLong("max-line"),
        parsing: .unconditional,
        help: ArgumentHelp(
            "Longest record, 1 to 1G; a longer one is skipped and becomes an error record (default: \(Defaults.maximumLine)).",
            valueName: "size"
        )
    )
    var maximumLine: String?
}
