import PhashCore
import PhashTestKit
import PhashWire

/// A parent without processes whose children say and note whatever the input of the fuzzer says, until its end; from
/// then on they behave. Then every record is written, and the scheduler has trapped over nothing that was said.
struct HostileWorld: ~Copyable {
    private var input: FuzzInput
    private let limits: SchedulerLimits
    private var scheduler: Scheduler
    private var now: Nanoseconds = .second
    /// What each child has been given, and which of them are being killed.
    private var orders: [OpenOrders]
    private var isKilled: [Bool]
    /// The records of each slot, by their lengths with what follows them.
    private var contents: [SlotAddress: [Int]] = [:]
    private let rules = SplittingRules(maximumLineBytes: 10)
    /// All that was read.
    private var stream: [UInt8] = []

    init(_ input: FuzzInput) {
        var input = input
        var limits = SchedulerLimits(jobs: input.number(in: 1...3), processors: input.number(in: 1...3))
        limits.isOrdered = input.bit()
        limits.retries = input.number(in: 0...2)
        limits.lanes = input.number(in: 1...4)
        limits.limitTime(to: input.bit() ? .second : nil)
        self.limits = limits
        self.input = input
        scheduler = Scheduler(limits: limits, splitter: rules.splitter)
        orders = Array(repeating: OpenOrders(), count: limits.jobs)
        isKilled = Array(repeating: false, count: limits.jobs)
    }

    mutating func run() {
        while !input.isAtEnd && scheduler.outcome == nil {
            step()
            now += Nanoseconds(input.byte()) * .millisecond
            drain()
        }
        guard scheduler.outcome == nil else { return }
        scheduler.inputEnded()
        var turns = 0
        while scheduler.outcome == nil {
            drain()
            behave()
            now += .second
            scheduler.timePassed(now: now)
            turns += 1
            expect(turns < 10_000, "the run does not come to its end")
        }
        if scheduler.outcome == .completed {
            let count = UInt64(rules.reference(stream).count)
            // None may be left out here, whatever a child says.
            let isComplete = scheduler.statistics.recordsOut == count && scheduler.statistics.skipped == 0
            expect(isComplete, "\(scheduler.statistics) of \(count) records")
        }
    }

    // MARK: - What happens

    private mutating func step() {
        let index = input.number(in: 0...limits.jobs - 1)
        switch input.byte() & 7 {
        case 0, 1: read()
        case 2: hear(.ready(lanes: input.integer(UInt32.self), confinementError: 0), from: index)
        case 3: hear(WorkerReply(decoding: input.bytes(WorkerReply.byteCount)), from: index)
        case 4: hear(DoorbellFuzzer.plausibleReply(&input), from: index)
        case 5: finish(index, errors: Int(input.byte() & 1))
        case 6: die(index, begun: input.bit() ? input.integer(UInt64.self) : UInt64(input.byte() & 15))
        default:
            write(Int(input.byte()) * 16)
            scheduler.timePassed(now: now)
        }
    }

    private mutating func read() {
        let count = min(scheduler.readAllowance(heldBytes: 0), input.number(in: 1...64))
        guard count > 0 else { return }
        let bytes = (0..<count).map { _ -> UInt8 in input.byte() & 3 == 0 ? 0x0A : 0x61 }
        stream += bytes
        scheduler.inputRead(unsafe bytes.span.bytes)
    }

    private func hasChild(_ index: Int) -> Bool {
        switch scheduler.workers[index].phase {
        case .absent, .spawning: false
        case .starting, .ready, .doomed, .retiring: true
        }
    }

    /// What `Parent` does with a reply.
    private mutating func hear(_ reply: WorkerReply?, from index: Int) {
        guard hasChild(index) else { return }
        switch reply {
        case .ready(let lanes, _):
            scheduler.workerReady(index, lanes: Int(lanes), now: now)
        case .finished(let ticket, let resultBytes, let tally, let nanoseconds):
            guard orders[index].settle(ticket: ticket, resultBytes: resultBytes, tally: tally) != nil else {
                return scheduler.workerMisbehaved(index)
            }
            scheduler.batchFinished(
                index, ticket: ticket, resultBytes: Int(resultBytes), tally: tally,
                duration: Nanoseconds(clamping: nanoseconds), now: now)
        case .startFailed:
            if scheduler.workers[index].phase != .starting { scheduler.workerMisbehaved(index) }
        case .remoteChildren(let count):
            scheduler.remoteChildrenCounted(index, children: Int(count))
        case .returned(let ticket):
            guard orders[index].takeBack(ticket: ticket) else { return scheduler.workerMisbehaved(index) }
            scheduler.partReturned(index, ticket: ticket, now: now)
        case .farewell:
            break  // For people; what matters is that it ends.
        case nil:
            scheduler.workerMisbehaved(index)
        }
    }

    private mutating func finish(_ index: Int, errors: Int) {
        guard let ticket = scheduler.workers[index].running.first?.ticket else { return }
        hear(
            .finished(ticket: ticket, resultBytes: 1, tally: PartTally(errors: errors), nanoseconds: 1_000), from: index
        )
    }

    private mutating func die(_ index: Int, begun: UInt64) {
        guard hasChild(index) else { return }
        isKilled[index] = false
        orders[index] = OpenOrders()
        scheduler.workerExited(index, begun: begun, status: 9, now: now)
    }

    private mutating func write(_ byteCount: Int) {
        let count = min(byteCount, scheduler.output.pendingBytes)
        if count > 0 { scheduler.outputWritten(count) }
    }

    /// Every child does what it is for, and every reader reads.
    private mutating func behave() {
        for index in 0..<limits.jobs {
            if isKilled[index] { die(index, begun: 0) }
            if scheduler.workers[index].phase == .starting { hear(.ready(lanes: 1, confinementError: 0), from: index) }
            while scheduler.workers[index].phase == .ready && !scheduler.workers[index].running.isEmpty {
                finish(index, errors: 0)
            }
        }
        write(.max)
    }

    // MARK: - What the scheduler wants

    private mutating func drain() {
        var actions = 0
        while let action = scheduler.nextAction(now: now) {
            actions += 1
            expect(actions < 100_000, "the scheduler never comes to rest")
            switch action {
            case .startWorker(let index):
                isKilled[index] = false
                scheduler.workerStarted(index, now: now)
            case .fillSlot(let address, _, let recordCount, let byteCount):
                let lengths = scheduler.takeRecords(count: recordCount) { first, second in
                    first.indices.map { first[$0] } + second.indices.map { second[$0] }
                }.map { $0.isTooLong ? 0 : Int($0.length) + 1 }
                // No delimiter follows the last one.
                expect(lengths.reduce(0, +) - byteCount <= 1, "a batch of another size")
                contents[address] = lengths
            case .run(let assignment):
                send(assignment)
            case .giveUp(let address, let firstRecord, _, _):
                scheduler.errorRecordWritten(address, firstRecord: firstRecord, resultBytes: 1)
            case .killWorker(let index), .retireWorker(let index):
                isKilled[index] = true
            case .releaseSlot(let address):
                contents[address] = nil
            case .reportDraining:
                break
            }
        }
    }

    private mutating func send(_ assignment: Assignment) {
        guard let lengths = contents[assignment.address] else { fatalError("finding: a part lies in an empty slot") }
        let last = assignment.firstRecord + assignment.recordCount
        expect(last <= lengths.count, "a part reaches behind its batch")
        let isWholeEnd = last == lengths.count
        let byteCount = lengths[assignment.firstRecord..<last].reduce(0, +) - (isWholeEnd ? 1 : 0)
        let capacity =
            limits.resultBytesPerInputByte * max(byteCount, 0) + limits.resultBytesPerRecord * assignment.recordCount
        orders[assignment.address.worker].add(
            PartOrder(
                ticket: assignment.ticket, slot: UInt32(assignment.address.slot),
                firstRecord: UInt32(assignment.firstRecord), recordCount: UInt32(assignment.recordCount), batchBytes: 1,
                firstLine: 1, resultsOffset: 0, resultsCapacity: UInt64(capacity)))
    }
}
