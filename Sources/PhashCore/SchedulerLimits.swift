/// The numbers that bound the scheduler. Everything has one.
package struct SchedulerLimits: Equatable, Sendable {
    /// Batches that are cut and not yet written, over all workers.
    package static let windowBatches = 1024
    /// Deaths before readiness in a row after which starting children is given up.
    package static let startFailures = 8
    /// Deaths in a row of ready children of one place that had begun nothing, after which further ones are put off and
    /// count against what the child was given.
    package static let fruitlessDeaths = 8
    /// How long a child may take until it is ready.
    package static let startPatience: Nanoseconds = 30 * .second
    /// Work that is read ahead for each child that can really run.
    package static let workAhead: Nanoseconds = 2 * .second
    /// Records that are read ahead for each child at least: a lane group, however few lanes there are.
    package static let leastRecordsAhead = 4
    /// A second sending of the same signal within this time counts as one: `timeout(1)` signals its child twice.
    package static let signalDebounce: Nanoseconds = 2 * .millisecond
    /// Draining that takes longer is announced.
    package static let drainNotice: Nanoseconds = .second

    /// Bytes of a batch for other machines at most, except for a single record.
    package static let remoteBatchBytes = 1 << 20
    /// Batches that are under way for each child on other machines: the one that it works on, and the next.
    package static let batchesPerRemoteChild = 2

    /// Children on other machines that are read ahead for until it is known how many there are.
    package static let supposedRemoteChildren = 4

    /// Children of our own at most; 0 only where there are others.
    package var jobs: Int
    /// Whether there is one more place, the last: its child stands for children on other machines.
    package var hasRemote: Bool
    /// Whether batches come as they were cut by somebody else, through `batchArrived`.
    package var takesBatches = false
    /// Processors that the children share.
    package var processors: Int
    /// Slots of each worker.
    package var slotsPerWorker: Int
    /// Records of a batch at most.
    package var batchRecords = 8192
    /// Bytes of a batch at most, except for a single record.
    package var batchBytes = 256 << 10
    /// Bytes asked for at once from the input.
    package var readBytes = 256 << 10
    /// Input read and in no batch yet, bytes; a record that is longer still fits.
    package var inputBytes = 1 << 20
    /// See `Credits`.
    package var bufferBytes = 64 << 20
    /// What results may take for each byte of input, bytes.
    package var resultBytesPerInputByte = 6
    /// What results may take for each record besides, bytes.
    package var resultBytesPerRecord = 512
    /// What the slot keeps for each record besides its bytes.
    package var tableBytesPerRecord = 8
    /// Whether records may be left out of the output, even all of a part. Where they may not, a child that says so lies.
    package var mayLeaveOut = false
    /// Whether records that a child counts as errors have been hashed as well: those that a check finds wrong.
    package var hashesErrors = false
    /// Times that a record is tried again after a death while it was alone.
    package var retries = 2
    /// Time for one record; nil for no limit.
    package var timeout: Nanoseconds?
    /// Whether results leave in input order.
    package var isOrdered = true
    /// Records that a child is thought to work on side by side.
    package var lanes = 1
    /// What a record costs until one has been measured.
    package var estimatedRecordCost: Nanoseconds = 1_000

    package init(jobs: Int, processors: Int, hasRemote: Bool = false) {
        precondition(jobs >= (hasRemote ? 0 : 1) && processors >= 1)
        self.jobs = jobs
        self.processors = processors
        self.hasRemote = hasRemote
        // Twice the window over all workers, and never more than it: workers behind a slow head can fill the window
        // although that worker's own slots stay free. The children on other machines may need all of it.
        slotsPerWorker = hasRemote ? Self.windowBatches : max(min(Self.windowBatches, 2 * Self.windowBatches / jobs), 2)
    }

    /// Places for children.
    package var places: Int { jobs + (hasRemote ? 1 : 0) }

    /// Sets the time for one record, and keeps batches so small that a child that hangs is noticed before long: a batch
    /// has the time of all its records. About 8 s, or 8 records where the time for one is generous.
    package mutating func limitTime(to timeout: Nanoseconds?) {
        self.timeout = timeout
        guard let timeout else { return }
        precondition(timeout >= 1)
        let withinPatience = Int(8 * .second / timeout)
        batchRecords = min(batchRecords, max(withinPatience, 8, lanes))
    }

    /// Children of our own that can really run at the same time.
    package var parallelism: Int { min(jobs, processors) }

    /// Bytes of input that a batch takes.
    package func inputCharge(records: Int, bytes: Int) -> Int { bytes + tableBytesPerRecord * records }

    /// Bytes that a batch takes until its results are known.
    package func worstCharge(records: Int, bytes: Int) -> Int {
        inputCharge(records: records, bytes: bytes) + resultBytesPerInputByte * bytes + resultBytesPerRecord * records
    }
}
