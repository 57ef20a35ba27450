// How phash schedules
// ===================
//
// The scheduler decides everything and does nothing. The shell around it (PhashEngine's `Parent`, or a simulated world)
// feeds it events, each one method with the moment as a parameter, and then asks `nextAction` until there is none. It
// makes no system call, reads no clock and draws no random number, so a run can be repeated step by step.
//
// *Records* arrive through `inputRead`, which finds them and queues where they lie. They are cut into *batches* only
// when a worker can take one, because then the number of records that wait is known: cheap records go out in batches
// of about 5 ms, dear ones singly or by lanes, and what waits is spread over the processors first (`Batcher`). Nothing
// waits for a batch to fill: an idle worker takes whatever is there.
//
// A batch lives in a *slot* of one worker's shared memory from its cutting to the writing of its last result. It is one
// *part*, until its child dies. Then, if the child had begun it, the part is replaced by its halves, which stay in the
// same slot and are run again by the worker's next child. Only a record that was alone when its child died uses up one
// of its tries; when they are gone the shell writes an error record in its place. A part that was queued but not begun
// is run again as it is. Since a batch never leaves its slot, the head of the line never waits for one, and so neither
// a full window nor a full buffer can stop ordered output: the head is being worked on, and when it is done it leaves.
//
// *Credits* bound memory. A batch is charged its worst case when it is cut and its real size when it is finished, and
// gives it back when its last byte has left the process. While there is no credit, or 2 s of work are waiting, nothing
// is read, and whoever writes to our stdin waits: that is the back-pressure.
//
// *Workers* are places for children. A child is started when records wait and no child is idle, up to `--jobs`. Cheap
// batches are queued two deep, so that a child need not wait for the parent between them. Deaths before readiness are
// counted over all workers: eight in a row and the run ends. Starts that fail are tried again a little later each time.
//
// One place, the last, may be for *other machines* (`--broker`). Its child computes nothing: it sends parts away and brings
// results back, in any order, as many at a time as there are children over there. What it holds when it dies is sent again
// by the next one, and nothing is blamed: what became of it over there is not known. A part that comes back without results
// is treated as if a child had died of it. When there is no way to other machines any more, the place becomes one like any
// other, and a child of ours does what lies in its slots.
//
// Priorities of `plan`, highest first: batches that lost their child, the earliest first; then new batches to idle
// children; then new children; then second batches to busy children; then batches for other machines.
//
// Events that make no sense are of three kinds. The shell's or our own fault traps (an answer from a worker without a
// child). The child's fault kills that child (an answer with the wrong ticket). A harmless race is ignored, and its
// place in the code says why (an answer from a child that has just been killed).

/// Decides which batch goes to which child, when to read, and what to do about a death.
package struct Scheduler: ~Copyable {
    package let limits: SchedulerLimits
    let batcher: Batcher
    /// For what goes to other machines.
    var remoteBatcher: Batcher

    // Input side.
    var input = InputState.open
    var splitter: LineSplitter
    var queue = RecordQueue()
    var estimate: CostEstimate

    // Batches.
    package internal(set) var credits: Credits
    var batches: BatchTable
    var window = ReorderWindow()
    var nextBatchNumber: UInt64 = 0
    var nextLine: UInt64 = 1
    /// Batches that came as they were cut, and wait for a worker.
    var arrivals: [ArrivedBatch] = []
    /// Bytes of them, waiting or not: where the next one begins in the stream.
    var arrivedBytes: UInt64 = 0
    /// Records that are in a batch and have no result yet.
    var unfinishedRecords = 0

    // Workers.
    package internal(set) var workers: [Worker]
    var nextTicket: UInt64 = 1
    /// Starts in a row, over all workers, that ended before the child was ready.
    var startFailures = 0

    // Output side.
    package internal(set) var output = OutputQueue()

    // The run.
    var stop: StopRequest?
    var drainNoticeDue: Nanoseconds?
    /// When it was last looked for something to do.
    var plannedAt: Nanoseconds = 0
    var ending: Outcome?
    package internal(set) var statistics = Statistics()
    var actions: [Action] = []
    var nextActionIndex = 0

    package enum InputState: Equatable, Sendable {
        /// More may come. → ended, stopped
        case open
        /// The input was read to its end.
        case ended
        /// Reading was given up, because of a signal or an error.
        case stopped
    }

    package init(limits: SchedulerLimits, splitter: LineSplitter) {
        self.limits = limits
        self.splitter = splitter
        batcher = Batcher(
            maximumRecords: max(limits.batchRecords, limits.lanes), maximumBytes: limits.batchBytes,
            parallelism: max(limits.parallelism, 1), lanes: limits.lanes)
        remoteBatcher = Self.remoteBatcher(limits, children: 0)
        estimate = CostEstimate(recordCost: max(limits.estimatedRecordCost, 1))
        credits = Credits(limit: limits.bufferBytes)
        batches = BatchTable(workers: limits.places, slotsPerWorker: limits.slotsPerWorker)
        workers = (0..<limits.places).map { _ in Worker(slotCount: limits.slotsPerWorker) }
        if limits.hasRemote { workers[limits.jobs].reach = .remote(children: 0) }
    }

    /// The next thing to do; nil when nothing is to be done before the next event.
    package mutating func nextAction(now: Nanoseconds) -> Action? {
        if nextActionIndex == actions.count {
            actions.removeAll(keepingCapacity: true)
            nextActionIndex = 0
            if ending == nil { plan(now: now) }
            if actions.isEmpty { return nil }
        }
        defer { nextActionIndex += 1 }
        return actions[nextActionIndex]
    }

    /// How it ended; nil while there is anything left to do.
    package var outcome: Outcome? {
        if let ending { return ending }
        switch input {
        case .open: return nil
        case .ended, .stopped: break
        }
        guard queue.waitingCount == 0 && batches.count == 0 else { return nil }
        precondition(credits.used == 0 && output.isEmpty && window.isEmpty, "all credit is back when all is written")
        precondition(statistics.inFlight == 0 && unfinishedRecords == 0, "each record is written once")
        return .completed
    }

    /// Whether more input may come.
    package var isReading: Bool { input == .open }

    /// The signal that made it stop reading.
    package var stopSignal: Int32? { stop?.signal }

    /// Batches that are cut and not yet written.
    package var windowCount: Int { batches.count }

    /// Children that have been given something; on other machines as many as that is enough for.
    package var busyCount: Int {
        workers.reduce(0) { $0 + min($1.running.count, $1.isLocal ? 1 : $1.remoteChildren) }
    }

    /// Children of our own that have been given something.
    var localBusyCount: Int { workers.count { $0.isLocal && !$0.running.isEmpty } }

    /// Children on other machines that can be given work.
    package var remoteChildren: Int { workers.reduce(0) { $0 + $1.remoteChildren } }

    /// Records that are read and in no batch yet.
    package var waitingCount: Int { queue.waitingCount }

    /// What is known of a batch; traps when the slot holds none.
    package func batch(at address: SlotAddress) -> Batch { batches[address] }
}
