internal import PhashCore
package import PhashDigest
package import PhashPosix
package import PhashWire

/// Children that work on the batches of one profile, as filters on other machines have sent them: the engine of the filter
/// with another way in and out. A death of a child stays here: it is replaced, and its records are hashed again.
///
/// It is one of several things that a loop waits for. In each turn: `perform`, `addDescriptors`, poll(2), `noteReadiness`.
package final class BatchWorkers {
    private let pool: BatchPool

    /// - Parameters:
    ///   - key: What records are hashed with whose profile names a key.
    ///   - signals: As `Signals.listen` gave it.
    /// - Throws: What is wrong with the profile, for people: an algorithm that is not to be had here, or a key that it does
    ///   not name.
    package init(
        profile: RemoteProfile, key: SecretKey?, settings: DaemonSettings, signals: Int32
    ) throws {
        let job = try ShippedJob.make(fromRemote: profile.job, key: key, kernel: settings.kernel)
        // It is by the fingerprint that the key was found to be the right one.
        guard job.keyFingerprint ?? "" == profile.keyFingerprint else { throw KeyNotNamed() }
        let filter = FilterSettings(
            profile, jobs: settings.jobs, processors: settings.processors, bufferBytes: settings.bufferBytes,
            isVerbose: settings.isVerbose)
        pool = BatchPool(settings: filter, job: job, signals: signals)
    }

    private struct KeyNotNamed: Error, CustomStringConvertible {
        let description = "it does not say with which key it is to be hashed"
    }

    /// Whether a batch is such as a filter with its profile may send: there is room for its records, and none is too long.
    package func admits(_ batch: RemoteBatch) -> Bool {
        batch.longestRecord <= pool.settings.maximumLineBytes && batch.bytes.count <= pool.layout.maximumInputBytes
            && batch.records.count <= pool.layout.maximumRecords
    }

    /// Takes a batch over.
    ///
    /// - Parameter token: Names it in `answers`.
    package func take(_ batch: RemoteBatch, token: UInt64) { pool.take(batch, token: token) }

    /// Batches that are not answered for.
    package var openCount: Int { pool.openCount }

    /// What has become of batches since it was asked last.
    package func answers() -> [(token: UInt64, reply: RemoteReply)] { pool.answers() }

    /// Carries out what is to be done now.
    package func perform() { pool.performActions() }

    /// Adds what is to be waited for, and says for how long at most, nanoseconds; nil for ever.
    package func addDescriptors(to poll: inout PollSet) -> Int64? { pool.addDescriptors(to: &poll) }

    /// Hears what children have said, after a poll of what was added.
    package func noteReadiness(in poll: PollSet) { pool.noteReadiness(in: poll) }

    /// Looks which children have ended; to be called when SIGCHLD came.
    package func reap() { pool.reapChildren() }

    /// The process was stopped, and goes on: that time is nobody's fault.
    package func noteResumption() { pool.clock.resumed() }

    /// Why children cannot be started, for people, and the work cannot be done; nil as long as it can.
    package var failure: String? {
        guard case .startsFailed? = pool.scheduler.outcome else { return nil }
        return pool.startFailure
    }

    /// Batches that are not answered for, which somebody else has to do.
    package var openTokens: [UInt64] { pool.openTokens }

    /// Children that have been replaced, so far.
    package var restarts: UInt64 { pool.scheduler.statistics.restarts }

    /// Children there are.
    package var childCount: Int { pool.children.count { $0 != nil } }

    /// Children that have something to do.
    package var busyCount: Int { pool.scheduler.busyCount }

    /// Ends all children, and waits until they have. Returns the signals that came meanwhile.
    package func end() -> [SignalArrival] {
        pool.killChildren()
        return pool.lateSignals
    }
}

/// The pool behind `BatchWorkers`.
private final class BatchPool: ChildPool {
    /// What has come back of a batch.
    private struct OpenBatch {
        let token: UInt64
        var leftRecords: Int
        /// Results of parts, by their first record.
        var pieces: [(firstRecord: Int, results: [UInt8])] = []
        var tally = PartTally()
        var nanoseconds: UInt64 = 0
    }

    /// Batches that are in no slot yet, in the order in which they came.
    private var waiting: [OpenBatch] = []
    private var open: [SlotAddress: OpenBatch] = [:]
    private var finished: [(token: UInt64, reply: RemoteReply)] = []
    /// Where each child stands in the poll, with its generation.
    private var polled: [(index: Int, generation: UInt64, place: Int)] = []

    init(settings: FilterSettings, job: any Job, signals: Int32) {
        super.init(
            settings: settings, job: job, messages: MessageQueue(), signals: signals, clock: RunningClock(),
            takesBatches: true)
    }

    var openCount: Int { waiting.count + open.count }
    var openTokens: [UInt64] { (waiting + open.values).map(\.token).sorted() }

    func take(_ batch: RemoteBatch, token: UInt64) {
        unsafe input.append(atMost: batch.bytes.count) { (memory) throws(Never) in
            unsafe batch.bytes.withUnsafeBytes { unsafe memory.copyMemory(from: $0) }
            return batch.bytes.count
        }
        scheduler.batchArrived(batch.records, byteCount: batch.bytes.count, firstLine: batch.firstLine)
        waiting.append(OpenBatch(token: token, leftRecords: batch.records.count))
    }

    override func batchWasCut(_ address: SlotAddress, recordCount: Int) {
        let batch = waiting.removeFirst()
        precondition(batch.leftRecords == recordCount, "batches are put into slots as they came")
        open[address] = batch
    }

    override func partWasFinished(_ order: PartOrder, worker: Int, nanoseconds: UInt64) {
        open[SlotAddress(worker: worker, slot: Int(order.slot))]?.nanoseconds &+= nanoseconds
    }

    /// Takes out the results that are there.
    override func releaseResults() {
        while !scheduler.output.isEmpty {
            let segment = scheduler.output[0]
            let batch = scheduler.batch(at: segment.address)
            let part = batch.parts[batch.partIndex(firstRecord: segment.firstRecord)]
            guard case .queued(let tally) = part.state, var entry = open[segment.address] else {
                preconditionFailure("results are of a batch that was taken")
            }
            entry.pieces.append((segment.firstRecord, unsafe Array(results(of: segment))))
            entry.tally += tally
            entry.leftRecords -= part.recordCount
            open[segment.address] = entry.leftRecords == 0 ? nil : entry
            if entry.leftRecords == 0 { finish(entry) }
            scheduler.outputWritten(segment.byteCount)
        }
    }

    private func finish(_ batch: OpenBatch) {
        let pieces = batch.pieces.sorted { $0.firstRecord < $1.firstRecord }
        let results = pieces.count == 1 ? pieces[0].results : pieces.flatMap(\.results)
        finished.append(
            (batch.token, .finished(results: results[...], tally: batch.tally, nanoseconds: batch.nanoseconds)))
    }

    func answers() -> [(token: UInt64, reply: RemoteReply)] {
        defer { finished = [] }
        return finished
    }

    func addDescriptors(to poll: inout PollSet) -> Int64? {
        polled = children.enumerated().compactMap { index, child in
            child.map { (index, $0.generation, poll.add($0.pollDescriptor, .input)) }
        }
        // What stderr does not take now waits until then.
        if messages.descriptor >= 0 { _ = poll.add(messages.descriptor, .output) }
        let now = clock.now
        let limit = scheduler.nextDeadline.map { min(max($0 - now, 0), RunningClock.heartbeat) }
        clock.willSleep(atMost: limit)
        return limit
    }

    func noteReadiness(in poll: PollSet) {
        clock.didWake()
        for (index, generation, place) in polled where !poll[place].isQuiet {
            if children[index]?.generation == generation { listen(to: index) }
        }
        messages.flush()
        let now = clock.now
        if let deadline = scheduler.nextDeadline, deadline <= now { scheduler.timePassed(now: now) }
    }
}
