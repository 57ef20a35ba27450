internal import PhashPosix
internal import PhashWire

extension BridgeParameters {
    /// What the child that speaks for other machines is told about a run.
    init(_ broker: BrokerSettings, settings: FilterSettings, job: any Job) {
        guard let description = job.remoteParameters else { preconditionFailure("other machines do not have this job") }
        let profile = RemoteProfile(
            format: settings.format, maximumLineBytes: settings.maximumLineBytes, retries: settings.retries,
            timeoutNanoseconds: settings.timeoutNanoseconds,
            estimatedRecordNanoseconds: settings.estimatedRecordNanoseconds,
            keyFingerprint: job.keyFingerprint ?? "", job: description)
        // Names queues, which nobody else may happen to name.
        let run = (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined()
        self.init(
            address: broker.address, queue: broker.queue, patienceNanoseconds: broker.patienceNanoseconds, run: run,
            profile: profile.message, isVerbose: settings.isVerbose)
    }
}

extension FilterSettings {
    /// The settings of children that work on what a filter on another machine has sent.
    init(_ profile: RemoteProfile, jobs: Int, processors: Int, bufferBytes: Int, isVerbose: Bool) {
        self.init(jobs: jobs, processors: processors, format: profile.format)
        maximumLineBytes = profile.maximumLineBytes
        retries = profile.retries
        timeoutNanoseconds = profile.timeoutNanoseconds
        estimatedRecordNanoseconds = profile.estimatedRecordNanoseconds
        self.bufferBytes = bufferBytes
        self.isVerbose = isVerbose
        // Results are put into order by the filter.
        order = .completion
    }
}
