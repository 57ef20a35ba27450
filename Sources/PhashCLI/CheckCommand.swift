import ArgumentParser
import PhashDigest
import PhashEngine
import PhashPosix
import PhashWire

/// What is said of a check, and what counts as a failure.
struct CheckOptions: ParsableArguments {
    @Flag(name: .customLong("quiet"), help: "Write no line for a record that is right.")
    var isQuiet = false

    @Flag(name: .customLong("status"), help: "Write nothing at all: the exit status tells.")
    var isSilent = false

    @Flag(name: .customLong("strict"), help: "Exit with 65 if any line is not a record of phash.")
    var isStrict = false

    @Flag(
        name: [.customShort("w"), .customLong("warn")],
        help: "Name on standard error each line that is not a record of phash."
    )
    var namesMalformed = false

    @Flag(
        name: .customLong("partial"),
        help: "Accept a part of an output: its records need not be numbered from 1 on, each once."
    )
    var isPartial = false
}

/// `phash check`: hashes the records of phash's own output again and compares.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Hash again what the records of phash's own output were made of, and compare.",
        usage: "phash check [options] < records",
        discussion: """
            Reads what phash has written as JSON and says of each line whether its hash is right, in the words of \
            sha512sum --check. A record with --tag says how it was hashed; for others, --algorithm and --rounds have to be \
            what they were. Takes those and the other options of phash too, as far as they have a meaning here.
            """
    )

    @ParentCommand var root: PhashCommand

    @OptionGroup(title: "Checking") var checking: CheckOptions

    /// The settings of a check, made of those of phash.
    func settings(resolving values: SettingValues, on machine: Machine) throws(SettingsError) -> Settings {
        try Self.refuseWhatHasNoMeaning(values)
        var settings = try Settings(resolving: values, on: machine, usesBroker: false)
        settings.turnIntoCheck(checking)
        return settings
    }

    /// Records of phash have one form; nothing of that can be chosen. Daemons at a broker hash, and do not check. What the
    /// environment or a file says of it is for the filter.
    private static func refuseWhatHasNoMeaning(_ values: SettingValues) throws(SettingsError) {
        for name in ["null", "crlf", "tag", "no-input", "format", "json-field", "missing"] + BrokerURL.settings {
            guard let entry = values[name], entry.origin == .commandLine, entry.text != Defaults.format else {
                continue
            }
            let why =
                BrokerURL.settings.contains(name)
                ? "does not go with check, which has no children on other machines"
                : "does not go with check, which reads records of phash as they are"
            throw SettingsError(what: entry.wording, why: why)
        }
    }

    func run() throws {
        root.listAlgorithmsIfAsked()
        let machine = Machine.current
        let settings = try settings(resolving: .resolved(for: root, on: machine), on: machine)
        if machine.readsFromTerminal {
            StandardError.write("phash: standard input: a terminal; type records, one a line, and end with Ctrl-D\n")
        }
        let digest = DigestJob(
            algorithm: settings.algorithm, rounds: settings.rounds, key: try settings.key?.read(),
            kernel: settings.kernel, isVerbose: settings.filter.isVerbose)
        let job = CheckJob(digest: digest, keyIdentifier: settings.key?.identifier)
        Filter.run(settings: settings.filter, job: job).terminate()
    }
}

extension Settings {
    /// Most bytes that a record takes besides its input.
    private static let recordBytes = 4 << 10
    /// What a byte of the input takes of a record at most: `\u0000`.
    private static let recordBytesPerInputByte = 6
    /// What a record is thought to take before the first has been measured, at least: it may be tagged with any number of
    /// rounds, and one batch too small does less harm than one too large.
    private static let leastEstimate: Int64 = 500_000_000

    /// Makes these the settings of a check.
    fileprivate mutating func turnIntoCheck(_ options: CheckOptions) {
        var format = RecordFormat(maximumResultBytes: Verdict.resultBytes)
        format.shape = .verdict
        format.verdicts = VerdictStyle(
            hidesMatches: options.isQuiet, isSilent: options.isSilent,
            namesMalformed: options.namesMalformed && !options.isSilent)
        filter.format = format
        // The same value lets through what it let through when the records were made.
        let longest = Self.recordBytesPerInputByte * filter.maximumLineBytes + Self.recordBytes
        filter.maximumLineBytes = min(longest, FilterSettings.maximumLineBytesLimit)
        filter.delimiter = 0x0A
        filter.stripsCarriageReturn = false
        filter.estimatedRecordNanoseconds = max(filter.estimatedRecordNanoseconds, Self.leastEstimate)
        var rules = CheckRules(algorithmName: algorithm.name)
        rules.isStrict = options.isStrict
        rules.acceptsAnyNumbers = options.isPartial
        rules.isSilent = options.isSilent
        filter.check = rules
    }
}
