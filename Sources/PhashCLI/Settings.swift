import PhashDigest
import PhashEngine
import PhashPosix
import PhashWire

/// What the settings need to know about the machine and the terminal.
struct Machine {
    /// CPUs that this process may use.
    var processors: Int
    var readsFromTerminal: Bool
    /// The value of `PHASH_KERNEL`, if it is set.
    var kernelName: String?

    /// The machine that this process runs on.
    static var current: Machine {
        Machine(
            processors: Processors.available(), readsFromTerminal: Terminal.isTerminal(0),
            kernelName: Environment.value(of: "PHASH_KERNEL"))
    }
}

/// Everything that the command line means on this machine: checked, with its defaults filled in.
struct Settings {
    var filter: FilterSettings
    var algorithm: DigestAlgorithm
    var rounds: Int
    /// What to hash with, or nil for what is fastest.
    var kernel: Kernel?

    /// Most that `--buffer` takes, bytes; more would only hide a slip of the keys.
    static let maximumBufferBytes = 1 << 40
    /// Most that `--retries` takes.
    static let maximumRetries = 1000
    /// What one round is thought to take before the first has been measured, nanoseconds.
    private static let estimatedRoundNanoseconds: Int64 = 500

    init(resolving command: PhashCommand, on machine: Machine) throws(UsageError) {
        try Self.refuseContradictions(in: command)
        rounds = try read("--rounds") { () throws(InvalidValue) in
            try wholeNumber(command.hashing.rounds ?? Defaults.rounds, in: 1...Int.max)
        }
        algorithm = try Self.algorithm(named: command.hashing.algorithm ?? Defaults.algorithm)
        kernel = try Self.kernel(named: machine.kernelName)
        let jobs = try read("--jobs") { () throws(InvalidValue) in
            try JobCount(command.processes.jobs ?? Defaults.jobs)
        }
        filter = FilterSettings(
            jobs: jobs.resolved(processors: machine.processors),
            processors: machine.processors,
            format: try Self.format(command.output, algorithm: algorithm, rounds: rounds)
        )
        filter.order = command.output.order == .unordered ? .completion : .input
        filter.isVerbose = command.isVerbose
        let (estimate, overflow) = Int64(rounds).multipliedReportingOverflow(by: Self.estimatedRoundNanoseconds)
        filter.estimatedRecordNanoseconds = overflow ? .max : estimate
        try resolveInput(command.input)
        try resolveProcesses(command.processes)
    }

    private static func algorithm(named name: String) throws(UsageError) -> DigestAlgorithm {
        do {
            return try DigestAlgorithm.named(name)
        } catch {
            throw UsageError(
                what: "--algorithm",
                why: "'\(printable(name))' is not one of those that 'phash --list-algorithms' names"
            )
        }
    }

    private static func kernel(named name: String?) throws(UsageError) -> Kernel? {
        guard let name, !name.isEmpty else { return nil }
        if let kernel = Kernel(rawValue: name), kernel.isSupported { return kernel }
        let allowed = Kernel.supported.map(\.rawValue).joined(separator: ", ")
        throw UsageError(what: "PHASH_KERNEL", why: "'\(printable(name))' is not one of those of this CPU: \(allowed)")
    }

    private mutating func resolveInput(_ typed: InputOptions) throws(UsageError) {
        filter.delimiter = typed.endsInNull ? 0x00 : 0x0A
        filter.stripsCarriageReturn = typed.hasCarriageReturns
        filter.maximumLineBytes = try read("--max-line") { () throws(InvalidValue) in
            try byteCount(typed.maximumLine ?? Defaults.maximumLine, in: 1...FilterSettings.maximumLineBytesLimit)
        }
    }

    private mutating func resolveProcesses(_ typed: ProcessOptions) throws(UsageError) {
        filter.bufferBytes = try read("--buffer") { () throws(InvalidValue) in
            try byteCount(typed.buffer ?? Defaults.buffer, in: 1...Self.maximumBufferBytes)
        }
        filter.retries = try read("--retries") { () throws(InvalidValue) in
            try wholeNumber(typed.retries ?? Defaults.retries, in: 0...Self.maximumRetries)
        }
        if let timeout = typed.timeout {
            filter.timeoutNanoseconds = try read("--timeout") { () throws(InvalidValue) in
                try nanoseconds(fromSeconds: timeout)
            }
        }
    }

    private static func format(
        _ typed: OutputOptions,
        algorithm: DigestAlgorithm,
        rounds: Int
    ) throws(UsageError) -> RecordFormat {
        var format = RecordFormat(maximumResultBytes: algorithm.digestBytes)
        format.shape = try read("--format") { () throws(InvalidValue) in
            try choice(typed.format ?? Defaults.format, among: ["json": .json, "hex": .bare])
        }
        format.encoding = try read("--encoding") { () throws(InvalidValue) in
            try choice(typed.encoding ?? Defaults.encoding, among: ["hex": .hexadecimal, "base64": .base64])
        }
        format.includesInput = !typed.leavesInputOut
        if typed.isTagged {
            format.tag = #","algorithm":"\#(algorithm.name)","rounds":\#(rounds)"#
        }
        return format
    }

    private static func refuseContradictions(in command: PhashCommand) throws(UsageError) {
        if command.input.hasCarriageReturns && command.input.endsInNull {
            throw UsageError(what: "--crlf", why: "does not go with --null, where no record ends in a newline")
        }
        guard command.output.format == "hex" else { return }
        let output = command.output
        let why: String? =
            if output.order == .unordered {
                "does not go with --unordered: nothing would tell which record a bare hash belongs to"
            } else if output.isTagged {
                "does not go with --tag: a bare hash has no members beside it"
            } else if output.encoding == "base64" {
                "does not go with --encoding base64"
            } else {
                nil
            }
        if let why { throw UsageError(what: "--format hex", why: why) }
    }
}

/// The value that `body` reads, or a usage error that names the option.
private func read<Value>(
    _ option: String,
    _ body: () throws(InvalidValue) -> Value
) throws(UsageError) -> Value {
    do {
        return try body()
    } catch {
        throw UsageError(what: option, why: error.reason)
    }
}
