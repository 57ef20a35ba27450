internal import PhashCore

/// A world in which the real scheduler works, with children, a reader and a clock that are made up.
///
/// In each step the chooser picks one of the things that could happen. After each step everything is checked that must
/// always hold, and at the end that each record came out exactly once.
package struct SimulatedWorld<Decisions: Chooser>: ~Copyable {
    /// Something that must never happen did.
    package struct Violation: Error, CustomStringConvertible {
        package let description: String
    }

    /// What can happen next.
    enum Event: Equatable {
        case read, endInput, write, becomeReady(Int), begin(Int), finish(Int), die(Int), exit(Int), talkNonsense(Int)
        case passTime, stop, stall, resume
    }

    /// A record's output on its way: its line, the bytes of it, and whether it is an error.
    struct Line: Equatable {
        let number: Int
        let byteCount: Int
        let isError: Bool
    }

    let plan: WorldPlan
    package var decisions: Decisions
    var scheduler: Scheduler
    var now: Nanoseconds = 0

    // Input.
    let stream: [UInt8]
    var readCount = 0
    var hasEndedInput = false

    // Children and what lies in their slots.
    var children: [SimulatedChild?]
    var contents: [SlotAddress: (firstLine: Int, records: [RecordExtent])] = [:]
    var deathsLeft: Int
    var startFailuresLeft: Int
    var nonsenseLeft: Int
    /// Children that were killed because they did not become ready.
    var killedStarts = 0
    /// Deaths of each record while it was alone, by line.
    var aloneDeaths: [Int: Int] = [:]

    // Output.
    /// Results by the part that they are of, until they have left.
    var results: [PartKey: [Line]] = [:]
    var written: [Line] = []
    var stallsLeft: Int
    var isStalled = false

    // The run.
    var stopsLeft: Int
    var hasStopped = false
    var steps = 0
    var firedCanary = false

    struct PartKey: Hashable {
        let address: SlotAddress
        let firstRecord: Int
    }

    package init(plan: WorldPlan, decisions: Decisions) {
        self.plan = plan
        self.decisions = decisions
        let splitter = LineSplitter(
            delimiter: 0x0A, stripsCarriageReturn: false, maximumLineBytes: plan.maximumLineBytes)
        scheduler = Scheduler(limits: plan.limits, splitter: splitter)
        var stream: [UInt8] = []
        for (index, record) in plan.records.enumerated() {
            stream.append(contentsOf: repeatElement(0x61, count: record.length))
            if index + 1 < plan.records.count || plan.endsWithDelimiter { stream.append(0x0A) }
        }
        self.stream = stream
        children = Array(repeating: nil, count: plan.limits.jobs)
        deathsLeft = plan.deaths
        startFailuresLeft = plan.startFailures
        nonsenseLeft = plan.nonsense
        stopsLeft = plan.stops
        stallsLeft = plan.stalls
    }

    /// Lets the world happen until the scheduler is done, and returns the number of steps.
    package mutating func run() throws(Violation) -> Int {
        // Enough for every record to be moved a byte at a time, with every death and every try.
        let stepLimit = 2_000 + stream.count * 40 + plan.records.count * 400 + plan.deaths * 400
        while true {
            try performActions()
            try checkAlways()
            if let outcome = scheduler.outcome { return try end(outcome) }
            let events = possibleEvents()
            guard !events.isEmpty else { throw violation("nothing can happen and it is not done") }
            steps += 1
            guard steps < stepLimit else { throw violation("not done after \(steps) steps") }
            try carryOut(events[decisions.choose(events.count)])
        }
    }

    func violation(_ text: String) -> Violation {
        Violation(description: "step \(steps): \(text)")
    }

    private func possibleEvents() -> [Event] {
        var events: [Event] = []
        let allowance = scheduler.readAllowance(heldBytes: heldBytes)
        if allowance > 0 { events.append(readCount < stream.count ? .read : .endInput) }
        if !scheduler.output.isEmpty && !isStalled { events.append(.write) }
        for (index, child) in children.enumerated() {
            guard let child else { continue }
            switch child.state {
            case .starting:
                events.append(.becomeReady(index))
                if deathsLeft > 0 { events.append(.die(index)) }
            case .working:
                if let order = child.orders.first {
                    if !child.hasBegun {
                        events.append(.begin(index))
                    } else {
                        let nature = worst(of: order)
                        if nature != .hanging { events.append(nature == .ordinary ? .finish(index) : .die(index)) }
                    }
                }
                if deathsLeft > 0 { events.append(.die(index)) }
                if nonsenseLeft > 0 { events.append(.talkNonsense(index)) }
            case .killed:
                events.append(.exit(index))
                if let order = child.orders.first, child.hasBegun, !child.hasAnsweredLate, worst(of: order) == .ordinary
                {
                    events.append(.finish(index))
                }
            }
        }
        if stopsLeft > 0 { events.append(.stop) }
        if isStalled { events.append(.resume) } else if stallsLeft > 0 { events.append(.stall) }
        let isIdle = events.isEmpty || !plan.isPatient
        if isIdle && scheduler.nextDeadline != nil { events.append(.passTime) }
        return events
    }

    /// Bytes that the shell would keep outside of slots.
    var heldBytes: Int { readCount - Int(scheduler.keepFrom) }

    private mutating func carryOut(_ event: Event) throws(Violation) {
        now += 1_000
        switch event {
        case .read:
            let most = min(scheduler.readAllowance(heldBytes: heldBytes), stream.count - readCount)
            let count = plan.isPartial ? 1 + decisions.choose(most) : most
            unsafe scheduler.inputRead(stream[readCount..<readCount + count].span.bytes)
            readCount += count
        case .endInput:
            hasEndedInput = true
            scheduler.inputEnded()
        case .write:
            let most = scheduler.output.pendingBytes
            try write(plan.isPartial ? 1 + decisions.choose(most) : most)
        case .becomeReady(let index):
            children[index]!.state = .working
            scheduler.workerReady(index, lanes: plan.limits.lanes, now: now)
        case .begin(let index):
            children[index]!.hasBegun = true
            children[index]!.begunTicket = children[index]!.orders[0].ticket
        case .finish(let index):
            try finish(index)
        case .die(let index):
            let order = children[index]!.hasBegun ? children[index]!.orders.first : nil
            if order.map({ worst(of: $0) != .crashing }) ?? true { deathsLeft -= 1 }
            exit(index)
        case .exit(let index):
            exit(index)
        case .talkNonsense(let index):
            nonsenseLeft -= 1
            scheduler.batchFinished(index, ticket: .max, resultBytes: 1, errors: 0, duration: 0, now: now)
        case .passTime:
            now = max(now, scheduler.nextDeadline ?? now)
            scheduler.timePassed(now: now)
        case .stop:
            stopsLeft -= 1
            hasStopped = true
            scheduler.stopRequested(signal: 15, now: now)
        case .stall:
            stallsLeft -= 1
            isStalled = true
        case .resume:
            isStalled = false
        }
    }
}
