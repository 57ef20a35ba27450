/// How the records of one run of the filter are worked on, as other machines are told with every batch. It holds no key.
package struct RemoteProfile: Sendable, Equatable {
    package var format: RecordFormat
    /// Longest record, bytes: longer ones stay with the filter.
    package var maximumLineBytes: Int
    /// Times that a record whose worker died is tried again.
    package var retries: Int
    /// Time for one record, nanoseconds; nil for no limit.
    package var timeoutNanoseconds: Int64?
    /// What a record is thought to cost until one has been measured, nanoseconds.
    package var estimatedRecordNanoseconds: Int64
    /// A fingerprint of the key that the records are hashed with; empty for none.
    package var keyFingerprint: String
    /// What the job is, without its key.
    package var job: [UInt8]

    /// What both sides have to speak. Any change of what is sent is another version.
    private static let version: UInt32 = 1
    /// Longest result and tag of a filter, bytes, with room to spare: memory is set aside for so much in each record.
    private static let maximumResultBytes = 64 << 10
    private static let maximumTagBytes = 1 << 10

    package init(
        format: RecordFormat, maximumLineBytes: Int, retries: Int, timeoutNanoseconds: Int64?,
        estimatedRecordNanoseconds: Int64, keyFingerprint: String, job: [UInt8]
    ) {
        self.format = format
        self.maximumLineBytes = maximumLineBytes
        self.retries = retries
        self.timeoutNanoseconds = timeoutNanoseconds
        self.estimatedRecordNanoseconds = estimatedRecordNanoseconds
        self.keyFingerprint = keyFingerprint
        self.job = job
    }

    package var message: [UInt8] {
        var writer = ByteWriter()
        writer.write(Self.version)
        format.encode(into: &writer)
        writer.write(Int64(maximumLineBytes))
        writer.write(Int64(retries))
        writer.write(timeoutNanoseconds ?? 0)
        writer.write(estimatedRecordNanoseconds)
        writer.write(keyFingerprint)
        writer.write(job)
        return writer.bytes
    }

    /// nil when the bytes are none, or say what no filter says: they come from anybody who may publish.
    package init?(decoding bytes: [UInt8]) {
        var reader = ByteReader(bytes)
        guard reader.read(UInt32.self) == Self.version, let format = RecordFormat(decoding: &reader),
            format.shape != .verdict, format.maximumResultBytes <= Self.maximumResultBytes,
            format.tag.utf8.count <= Self.maximumTagBytes, format.resultMember.utf8.count <= Self.maximumTagBytes,
            let maximumLineBytes = reader.read(Int64.self), (1...1 << 30).contains(maximumLineBytes),
            let retries = reader.read(Int64.self), (0...1_000).contains(retries),
            let timeout = reader.read(Int64.self), timeout >= 0,
            let estimate = reader.read(Int64.self), estimate >= 1,
            let keyFingerprint = reader.read(String.self), let job = reader.read([UInt8].self),
            reader.remainingBytes == 0
        else { return nil }
        self.init(
            format: format, maximumLineBytes: Int(maximumLineBytes), retries: Int(retries),
            timeoutNanoseconds: timeout == 0 ? nil : timeout, estimatedRecordNanoseconds: estimate,
            keyFingerprint: keyFingerprint, job: job)
    }
}

/// What the child that speaks for other machines needs to know beside what every child does.
package struct BridgeParameters: Sendable, Equatable {
    package var address: BrokerAddress
    /// What the names of queues begin with.
    package var queue: String
    /// How long to go on without a broker, or without anybody who takes batches, nanoseconds; nil for ever.
    package var patienceNanoseconds: Int64?
    /// Names this run of the filter: letters and digits.
    package var run: String
    /// A `RemoteProfile`, as it is sent.
    package var profile: [UInt8]
    package var isVerbose: Bool

    package init(
        address: BrokerAddress, queue: String, patienceNanoseconds: Int64?, run: String, profile: [UInt8],
        isVerbose: Bool
    ) {
        self.address = address
        self.queue = queue
        self.patienceNanoseconds = patienceNanoseconds
        self.run = run
        self.profile = profile
        self.isVerbose = isVerbose
    }

    package var message: [UInt8] {
        // Room for all of it, so that no copy of a password is left behind.
        var writer = ByteWriter(capacity: WorkerGreeting.maximumBytes)
        address.encode(into: &writer)
        writer.write(queue)
        writer.write(patienceNanoseconds ?? 0)
        writer.write(run)
        writer.write(profile)
        writer.write(isVerbose)
        return writer.bytes
    }

    /// nil when the bytes are none.
    package init?(decoding bytes: [UInt8]) {
        var reader = ByteReader(bytes)
        guard let address = BrokerAddress(decoding: &reader), let queue = reader.read(String.self),
            let patience = reader.read(Int64.self), patience >= 0, let run = reader.read(String.self),
            let profile = reader.read([UInt8].self), let isVerbose = reader.read(Bool.self),
            reader.remainingBytes == 0
        else { return nil }
        self.init(
            address: address, queue: queue, patienceNanoseconds: patience == 0 ? nil : patience, run: run,
            profile: profile, isVerbose: isVerbose)
    }
}
