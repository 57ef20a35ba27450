import Testing

@testable import PhashCore

/// A shell without processes: it carries the scheduler's actions out in memory, and the test says what happens next.
///
/// The scheduler itself cannot be looked at by `#expect`, since it cannot be copied; what tests ask for is repeated here.
final class Shell {
    var scheduler: Scheduler
    var now: Nanoseconds = 1_000 * .second
    /// The answer to `startWorker`; nil when the child starts, otherwise the status of the failure.
    var startFailure: Int32?
    /// Size of the error record that answers `giveUp`, bytes.
    var errorRecordBytes = 50
    /// Every record that was copied into a slot.
    private(set) var taken: [RecordExtent] = []

    init(
        jobs: Int = 1, processors: Int = 64, hasRemote: Bool = false, change: (inout SchedulerLimits) -> Void = { _ in }
    ) {
        var limits = SchedulerLimits(jobs: jobs, processors: processors, hasRemote: hasRemote)
        change(&limits)
        scheduler = Scheduler(
            limits: limits,
            splitter: LineSplitter(delimiter: 0x0A, stripsCarriageReturn: false, maximumLineBytes: 1 << 20))
    }

    // MARK: What can be looked at

    var workers: [Worker] { scheduler.workers }
    var phases: [Worker.Phase] { scheduler.workers.map(\.phase) }
    var credits: Credits { scheduler.credits }
    var statistics: Statistics { scheduler.statistics }
    var outcome: Outcome? { scheduler.outcome }
    var waitingCount: Int { scheduler.waitingCount }
    var windowCount: Int { scheduler.windowCount }
    var busyCount: Int { scheduler.busyCount }
    var stopSignal: Int32? { scheduler.stopSignal }
    var keepFrom: UInt64 { scheduler.keepFrom }
    var input: Scheduler.InputState { scheduler.input }
    var nextDeadline: Nanoseconds? { scheduler.nextDeadline }
    /// The lines that leave next, by the first of each segment.
    var pendingLines: [UInt64] {
        (0..<scheduler.output.count).map { index in
            let segment = scheduler.output[index]
            return scheduler.batch(at: segment.address).firstLine + UInt64(segment.firstRecord)
        }
    }

    func batch(worker: Int = 0, slot: Int = 0) -> Batch {
        scheduler.batch(at: SlotAddress(worker: worker, slot: slot))
    }

    func readAllowance(heldBytes: Int = 0) -> Int { scheduler.readAllowance(heldBytes: heldBytes) }
    func isWorthGathering(heldBytes: Int = 0) -> Bool { scheduler.isWorthGathering(heldBytes: heldBytes) }

    // MARK: What happens

    /// Asks for actions until there is none, and carries them out.
    @discardableResult
    func drain() -> [Action] {
        var actions: [Action] = []
        while let action = scheduler.nextAction(now: now) {
            actions.append(action)
            precondition(actions.count < 100_000, "the scheduler never comes to rest")
            switch action {
            case .startWorker(let index):
                if let startFailure {
                    scheduler.workerStartFailed(index, status: startFailure, now: now)
                } else {
                    scheduler.workerStarted(index, now: now)
                }
            case .fillSlot(_, _, let recordCount, _):
                taken += scheduler.takeRecords(count: recordCount) { first, second in
                    first.indices.map { first[$0] } + second.indices.map { second[$0] }
                }
            case .giveUp(let address, let firstRecord, _, _):
                scheduler.errorRecordWritten(address, firstRecord: firstRecord, resultBytes: errorRecordBytes)
            case .run, .killWorker, .retireWorker, .releaseSlot, .reportDraining:
                break
            }
        }
        return actions
    }

    func read(_ bytes: [UInt8]) { unsafe scheduler.inputRead(bytes.span.bytes) }

    /// Reads records of one byte and a newline, or of as many bytes as are asked for.
    func readRecords(_ count: Int, bytes: Int = 1) {
        let record = [UInt8](repeating: 0x61, count: bytes) + [0x0A]
        read((0..<count).flatMap { _ in record })
    }

    func ready(_ index: Int, lanes: Int = 1) { scheduler.workerReady(index, lanes: lanes, now: now) }

    /// The child finishes what it was given first.
    func finish(_ index: Int, resultBytes: Int? = nil, errors: Int = 0, skipped: Int = 0, took: Nanoseconds = 1_000) {
        let assignment = scheduler.workers[index].running[0]
        scheduler.batchFinished(
            index, ticket: assignment.ticket, resultBytes: resultBytes ?? 10 * assignment.recordCount,
            tally: PartTally(errors: errors, skipped: skipped), duration: took, now: now)
    }

    /// The child ends, at work on what it was given first, or without having begun it.
    func die(_ index: Int, hasBegun: Bool = true, status: Int32 = 9) {
        let begun = hasBegun ? scheduler.workers[index].running.first?.ticket : nil
        scheduler.workerExited(index, begun: begun, status: status, now: now)
    }

    func write(_ byteCount: Int? = nil) { scheduler.outputWritten(byteCount ?? scheduler.output.pendingBytes) }

    func pass(_ duration: Nanoseconds) {
        now += duration
        scheduler.timePassed(now: now)
    }

    /// Reads that many records and drains, with every child that is started made ready.
    func work(records: Int) {
        readRecords(records)
        drain()
        for index in workers.indices where workers[index].phase == .starting { ready(index) }
        drain()
    }
}

extension [Action] {
    /// Workers that are to be started.
    var started: [Int] {
        compactMap { if case .startWorker(let index) = $0 { index } else { nil } }
    }

    var killed: [Int] {
        compactMap { if case .killWorker(let index) = $0 { index } else { nil } }
    }

    var retired: [Int] {
        compactMap { if case .retireWorker(let index) = $0 { index } else { nil } }
    }

    /// Parts that are given to children.
    var runs: [Assignment] {
        compactMap { if case .run(let assignment) = $0 { assignment } else { nil } }
    }

    var releases: [SlotAddress] {
        compactMap { if case .releaseSlot(let address) = $0 { address } else { nil } }
    }

    /// How many records each new batch has.
    var batchSizes: [Int] {
        compactMap { if case .fillSlot(_, _, let recordCount, _) = $0 { recordCount } else { nil } }
    }
}

extension LineSplitter {
    mutating func split(_ chunk: [UInt8], into records: inout RecordQueue) {
        unsafe split(chunk.span.bytes, into: &records)
    }
}
