import PhashDigest
import PhashEngine
import PhashPosix
import PhashWire

/// Everything that the settings mean on this machine: checked, with its defaults filled in.
struct Settings {
    var filter: FilterSettings
    var algorithm: DigestAlgorithm
    var rounds: Int
    /// The key of an HMAC, not yet read; nil for plain digests.
    var key: KeySettings?
    /// What to hash with, or nil for what is fastest.
    var kernel: Kernel?
    /// What is hashed inside each record, if it is not the whole record.
    var member: MemberSettings?

    /// Most that `--buffer` takes, bytes; more would only hide a slip of the keys.
    static let maximumBufferBytes = 1 << 40
    /// Most that `--retries` takes.
    static let maximumRetries = 1000
    /// What one round is thought to take before the first has been measured, nanoseconds.
    private static let estimatedRoundNanoseconds: Int64 = 500

    /// - Parameter usesBroker: Whether there are children on other machines, if the settings name a broker.
    init(
        resolving values: SettingValues, on machine: Machine, usesBroker: Bool = true
    ) throws(SettingsError) {
        rounds = try values.read("rounds") { (text) throws(InvalidValue) in try wholeNumber(text, in: 1...Int.max) }
        algorithm = try values.read("algorithm", Self.algorithm)
        key = try KeySettings(values)
        member = try MemberSettings(resolving: values)
        kernel = try Self.kernel(named: machine.kernelName)
        filter = FilterSettings(
            jobs: try values.read("jobs", JobCount.init).resolved(processors: machine.processors),
            processors: machine.processors,
            format: try Self.format(values, algorithm: algorithm, rounds: rounds, key: key)
        )
        if member != nil { MemberSettings.shape(&filter.format, mayHoldNewlines: values.isOn("null")) }
        filter.order = values.isOn("unordered") ? .completion : .input
        filter.isVerbose = values.isOn("verbose")
        let (estimate, overflow) = Int64(rounds).multipliedReportingOverflow(by: Self.estimatedRoundNanoseconds)
        filter.estimatedRecordNanoseconds = overflow ? .max : estimate
        try resolveInput(values)
        try resolveProcesses(values)
        try resolveIntrospection(values)
        if usesBroker { try resolveBroker(values, on: machine) }
    }

    private static func algorithm(named name: String) throws(InvalidValue) -> DigestAlgorithm {
        do {
            return try DigestAlgorithm.named(name)
        } catch {
            throw InvalidValue(name, "is not one of those that 'phash --list-algorithms' names")
        }
    }

    static func kernel(named name: String?) throws(SettingsError) -> Kernel? {
        guard let name, !name.isEmpty else { return nil }
        if let kernel = Kernel(rawValue: name), kernel.isSupported { return kernel }
        let allowed = Kernel.supported.map(\.rawValue).joined(separator: ", ")
        let error = InvalidValue(name, "is not one of those of this CPU: \(allowed)")
        throw SettingsError(what: Machine.kernelVariable, why: error.reason, status: .configuration)
    }

    /// What `--buffer` means.
    static func bufferBytes(_ text: String) throws(InvalidValue) -> Int {
        try byteCount(text, in: 1...maximumBufferBytes)
    }

    private mutating func resolveInput(_ values: SettingValues) throws(SettingsError) {
        filter.delimiter = values.isOn("null") ? 0x00 : 0x0A
        filter.stripsCarriageReturn = values.isOn("crlf")
        filter.maximumLineBytes = try values.read("max-line") { (text) throws(InvalidValue) in
            try byteCount(text, in: 1...FilterSettings.maximumLineBytesLimit)
        }
    }

    private mutating func resolveProcesses(_ values: SettingValues) throws(SettingsError) {
        filter.bufferBytes = try values.read("buffer", Self.bufferBytes)
        filter.retries = try values.read("retries") { (text) throws(InvalidValue) in
            try wholeNumber(text, in: 0...Self.maximumRetries)
        }
        filter.timeoutNanoseconds = try values.readIfGiven("timeout", nanoseconds)
    }

    private mutating func resolveBroker(_ values: SettingValues, on machine: Machine) throws(SettingsError) {
        let queue = try values.read("queue", queueName)
        let patience = try values.read("broker-timeout", patienceNanoseconds)
        guard let address = try BrokerURL.address(values, environment: machine.environment) else { return }
        var broker = BrokerSettings(address: address, bridgePath: "")
        broker.queue = queue
        broker.patienceNanoseconds = patience
        if BrokerURL.leavesNoJobs(values) { filter.jobs = 0 }
        // The last thing to be looked at, since all that is wrong with the settings counts before it.
        broker.bridgePath = try BridgeLocation.find(on: machine)
        filter.broker = broker
    }

    private mutating func resolveIntrospection(_ values: SettingValues) throws(SettingsError) {
        filter.introspection.progress = try values.read("progress") { (text) throws(InvalidValue) in
            try choice(text, among: ["auto": .automatic, "always": .always, "never": .never])
        }
        filter.introspection.totalRecords = try values.readIfGiven("total") { (text) throws(InvalidValue) in
            UInt64(try wholeNumber(text, in: 0...Int.max))
        }
        filter.introspection.statsNanoseconds = try values.readIfGiven("stats", nanoseconds)
        filter.introspection.writesSummary = values.isOn("summary")
        filter.introspection.metricsPath = try values.readIfGiven("metrics-file", metricsPath)
        filter.introspection.version = PhashCommand.version
    }

    private static func format(
        _ values: SettingValues,
        algorithm: DigestAlgorithm,
        rounds: Int,
        key: KeySettings?
    ) throws(SettingsError) -> RecordFormat {
        var format = RecordFormat(maximumResultBytes: algorithm.digestBytes)
        format.shape = try values.read("format") { (text) throws(InvalidValue) in
            try choice(text, among: ["json": .json, "hex": .bare])
        }
        format.encoding = try values.read("encoding") { (text) throws(InvalidValue) in
            try choice(text, among: ["hex": .hexadecimal, "base64": .base64])
        }
        format.includesInput = !values.isOn("no-input")
        if values.isOn("tag") {
            format.tag = #","algorithm":"\#(algorithm.name(withKey: key != nil))","rounds":\#(rounds)"#
            if let identifier = key?.identifier { format.tag += #","key_id":"\#(identifier)""# }
        }
        return format
    }
}
