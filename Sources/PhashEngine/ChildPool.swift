internal import PhashCore
internal import PhashPosix
internal import PhashWire

/// The children of a run with their memory, and the scheduler that decides about them: what the filter and the daemon on
/// another machine have in common. Where records come from and where results go is for those who use it.
class ChildPool {
    let settings: FilterSettings
    let greeting: [UInt8]
    /// What the child hears that speaks for other machines; nil when there is to be none.
    let bridgeGreeting: [UInt8]?
    let layout: SlotLayout
    var scheduler: Scheduler
    var clock: RunningClock

    // Children, by worker.
    var children: [Child?]
    var arenas: [Arena?]
    var generations: UInt64 = 0
    /// Records that cost too many of them their lives.
    var givenUpRecords: UInt64 = 0
    /// Why the last child could not be started, for people.
    var startFailure = ""
    /// Why there is no way to other machines, and no child here either; nil as long as there is one.
    var brokerFailure: String?

    /// Bytes that are in no slot yet.
    var input = InputBuffer()
    var messages: MessageQueue
    /// What to poll for the signals of this process.
    let signals: Int32
    /// Signals that came while the ends of children were waited for.
    var lateSignals: [SignalArrival] = []

    /// - Parameters:
    ///   - signals: As `Signals.listen` gave it.
    ///   - takesBatches: Whether batches come as somebody else has cut them.
    init(
        settings: FilterSettings, job: any Job, messages: MessageQueue, signals: Int32, clock: RunningClock,
        takesBatches: Bool = false
    ) {
        self.settings = settings
        self.messages = messages
        self.signals = signals
        self.clock = clock
        var limits = Self.limits(settings: settings, lanes: job.lanes)
        limits.takesBatches = takesBatches
        // What comes from elsewhere was cut by its rules, not by ours.
        let usualBytes = takesBatches || limits.hasRemote ? SchedulerLimits.remoteBatchBytes : limits.batchBytes
        let widest = SlotLayout(
            slotCount: limits.slotsPerWorker, maximumInputBytes: max(usualBytes, settings.maximumLineBytes),
            maximumRecords: takesBatches ? RemoteBatch.maximumRecords : limits.batchRecords, format: settings.format)
        layout = Self.allowed(widest, jobs: limits.places)
        limits.slotsPerWorker = layout.slotCount
        // A doorbell and two memories for each child, and a few of our own.
        ResourceLimits.raiseDescriptors(to: 3 * limits.places + 64)
        // What grows for a long line or a flood of short ones is larger; nothing that comes and goes with a batch is.
        ResourceLimits.returnMemory(from: 256 << 10)
        var hello = WorkerGreeting(
            parent: ChildProcess.currentIdentifier, layout: layout, format: settings.format,
            maximumLineBytes: settings.maximumLineBytes, jobParameters: job.parameters)
        greeting = hello.message
        hello.jobParameters.wipe()
        bridgeGreeting = settings.broker.map { broker in
            hello.jobParameters = BridgeParameters(broker, settings: settings, job: job).message
            defer { hello.jobParameters.wipe() }
            return hello.message
        }
        let splitter = LineSplitter(
            delimiter: settings.delimiter, stripsCarriageReturn: settings.stripsCarriageReturn,
            maximumLineBytes: settings.maximumLineBytes)
        scheduler = Scheduler(limits: limits, splitter: splitter)
        children = (0..<limits.places).map { _ in nil }
        arenas = (0..<limits.places).map { _ in nil }
    }

    /// A batch was put into a slot.
    func batchWasCut(_ address: SlotAddress, recordCount: Int) {}

    /// Lets results leave that no reader has to take: those without bytes.
    func releaseResults() {
        if scheduler.output.isHeadEmpty { scheduler.outputWritten(0) }
    }

    /// The results of a batch have left.
    func batchHasLeft(_ address: SlotAddress) {}

    /// A child answered for a part.
    func partWasFinished(_ order: PartOrder, worker: Int, nanoseconds: UInt64) {}

    /// Records of a batch of a check at most.
    private static let checkedRecordsAtOnce = 512

    private static func limits(settings: FilterSettings, lanes: Int) -> SchedulerLimits {
        var limits = SchedulerLimits(
            jobs: settings.jobs, processors: settings.processors, hasRemote: settings.broker != nil)
        limits.bufferBytes = settings.bufferBytes
        limits.resultBytesPerInputByte = settings.format.worstBytesPerInputByte
        limits.resultBytesPerRecord = settings.format.worstBytesPerRecord
        limits.tableBytesPerRecord = SlotLayout.tableBytesPerRecord
        limits.mayLeaveOut = settings.format.mayLeaveOut
        if settings.check != nil {
            limits.hashesErrors = true
            // Each record says how dear it is, so those before it tell little: no child is to have too many dear ones.
            limits.batchRecords = min(limits.batchRecords, Self.checkedRecordsAtOnce)
        }
        limits.retries = settings.retries
        limits.isOrdered = settings.order == .input
        limits.lanes = lanes
        limits.limitTime(to: settings.timeoutNanoseconds)
        limits.estimatedRecordCost = settings.estimatedRecordNanoseconds
        return limits
    }

    /// The layout with fewer slots where the system would not allow so many: `ulimit -v`, `ulimit -f`.
    private static func allowed(_ layout: SlotLayout, jobs: Int) -> SlotLayout {
        var slots = layout.slotCount
        if let bytes = ResourceLimits.fileBytes {
            let room = bytes - SlotLayout.resultsHeaderBytes
            slots = min(slots, room / max(layout.inputStride, layout.resultsStride))
        }
        if let bytes = ResourceLimits.addressSpaceBytes {
            // The other half is for everything else.
            slots = min(slots, bytes / 2 / jobs / (layout.inputStride + layout.resultsStride))
        }
        return layout.withSlots(max(slots, 1))
    }
}
