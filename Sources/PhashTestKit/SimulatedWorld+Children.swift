internal import PhashCore

/// What children do.
extension SimulatedWorld {
    /// The records that an order is about.
    func lineRange(of order: Assignment) -> Range<Int> {
        let first = slots[slotIndex(order.address)!].firstLine + order.firstRecord
        return first..<first + order.recordCount
    }

    func slotIndex(_ address: SlotAddress) -> Int? { slots.firstIndex { $0.address == address } }

    func isTooLong(_ line: Int) -> Bool { plan.records[line - 1].length > plan.maximumLineBytes }

    /// Bytes of a record's result, or of its error record.
    func byteCount(of line: Int, isError: Bool) -> Int { isError ? 10 : plan.skips(line) ? 0 : 3 + line % 7 }

    /// What happens to a child that works on an order. A child does not hash what is too long.
    func worst(of order: Assignment) -> SimulatedRecord.Nature {
        for line in lineRange(of: order) where plan.records[line - 1].nature != .ordinary && !isTooLong(line) {
            return plan.records[line - 1].nature
        }
        return .ordinary
    }

    func isBelieved(_ index: Int) -> Bool {
        switch scheduler.workers[index].phase {
        case .starting, .ready: true
        case .absent, .spawning, .doomed, .retiring: false
        }
    }

    mutating func becomeReady(_ index: Int, lanes: Int) {
        children[index]!.life = .working
        if isBelieved(index) {
            children[index]!.wasReady = true
            startFailures = 0
            unreadyDeaths = 0
        }
        scheduler.workerReady(index, lanes: lanes, now: now)
    }

    mutating func begin(_ index: Int) {
        guard let order = children[index]!.current else { preconditionFailure("it has something to begin") }
        children[index]!.stage = .begun
        children[index]!.begunTicket = plan.hidesBeginnings ? nil : order.ticket
        children[index]!.dueAt = now + plan.cost(of: lineRange(of: order))
    }

    /// A child answers what it works on, perhaps too late.
    mutating func answer(_ index: Int) throws(Violation) {
        guard let order = children[index]!.current else { preconditionFailure("it has something to answer") }
        children[index]!.stage = .idle
        if fires(.loseAnswer) {
            children[index]!.position += 1
            return
        }
        let isBelieved = isBelieved(index)
        if isBelieved {
            children[index]!.orders.removeFirst()
        } else {
            // It is too late: the order is its parent's to give again.
            children[index]!.position += 1
            if children[index]!.isKilled && children[index]!.current != nil { begin(index) }
        }
        try answer(index, order, isBelieved: isBelieved)
    }

    /// A child has the results of an order, which its parent may not be waiting for any more.
    mutating func answer(_ index: Int, _ order: Assignment, isBelieved: Bool) throws(Violation) {
        var resultBytes = 0
        var tally = PartTally()
        let range = lineRange(of: order)
        if isBelieved {
            children[index]!.answeredTicket = order.ticket
            fruitlessDeaths[index] = 0
        }
        for line in range {
            var isError = isTooLong(line)
            if isBelieved {
                guard lines[line] == .given else { throw violation(.exactlyOnce, "line \(line) is answered for twice") }
                if !isError && fires(.inventError) { isError = true }
                lines[line] = isError ? .error : .result
            }
            resultBytes += byteCount(of: line, isError: isError)
            if isError { tally.errors += 1 } else if plan.skips(line) { tally.skipped += 1 }
        }
        if isBelieved {
            settle(order.address, records: order.recordCount, resultBytes: resultBytes)
            if resultBytes > 1 && fires(.understateResults) { resultBytes -= 1 }
            if tally.errors + tally.skipped < order.recordCount && fires(.miscountErrors) { tally.errors += 1 }
        }
        scheduler.batchFinished(
            index, ticket: order.ticket, resultBytes: resultBytes, tally: tally,
            duration: duration(of: range, ticket: order.ticket), now: now)
    }

    private func duration(of range: Range<Int>, ticket: UInt64) -> Nanoseconds {
        guard plan.liesAboutTime else { return plan.cost(of: range) }
        switch ticket % 4 {
        case 0: return plan.cost(of: range)
        case 1: return 0
        case 2: return -1_000
        default: return .max
        }
    }

    /// Some records of a batch have their results.
    mutating func settle(_ address: SlotAddress, records: Int, resultBytes: Int) {
        let index = slotIndex(address)!
        slots[index].unansweredRecords -= records
        slots[index].resultBytes += resultBytes
        guard slots[index].unansweredRecords == 0 else { return }
        let contents = slots[index]
        let real = contents.byteCount + contents.recordCount * plan.limits.tableBytesPerRecord + contents.resultBytes
        usedCredit -= contents.charge - real
        slots[index].charge = real
    }

    /// A child's end is noticed.
    mutating func exit(_ index: Int) {
        let child = children[index]!
        children[index] = nil
        let isRemote = index == remotePlace
        if isRemote { remoteChildren = 0 }
        for order in child.orders {
            for line in lineRange(of: order) { lines[line] = .waiting }
        }
        // What it had begun is to blame; when it has answered that too late, and begun the next, still the first is.
        let hadBegun =
            child.orders.first.map { first in child.begunTicket.map { $0 >= first.ticket } ?? false } ?? false
        if child.wasReady && (!child.orders.isEmpty || isRemote) {
            fruitlessDeaths[index] = hadBegun ? 0 : fruitlessDeaths[index] + 1
        }
        let isSuspect = child.wasReady && fruitlessDeaths[index] > SchedulerLimits.fruitlessDeaths
        // What had become of it on other machines is not known.
        if let order = child.orders.first, order.recordCount == 1, hadBegun || isSuspect, !isRemote {
            aloneDeaths[lineRange(of: order).lowerBound] += 1
        }
        if !child.wasReady && scheduler.workers[index].phase != .retiring {
            startFailures += 1
            unreadyDeaths += 1
        }
        scheduler.workerExited(index, begun: child.begunTicket, status: 9, now: now)
    }

    mutating func talkNonsense(_ index: Int, _ nonsense: Nonsense) throws(Violation) {
        left.nonsense -= 1
        children[index]!.hasTalkedNonsense = true
        if nonsense != .endlessLanes && fires(.excuseNonsense) {
            return try checkDistrust(of: index)
        }
        let child = children[index]!
        func say(_ ticket: UInt64, bytes: Int = 5, tally: PartTally = PartTally()) {
            scheduler.batchFinished(
                index, ticket: ticket, resultBytes: bytes, tally: tally, duration: 1_000, now: now)
        }
        switch nonsense {
        case .wrongTicket: say(.max)
        case .staleTicket: say(child.answeredTicket!)
        case .secondTicket: say(child.orders[1].ticket)
        case .noResults: say(child.orders[0].ticket, bytes: 0)
        case .leavesOut: say(child.orders[0].ticket, tally: PartTally(skipped: 1))
        case .tooManyErrors: say(child.orders[0].ticket, tally: PartTally(errors: child.orders[0].recordCount + 1))
        case .negativeErrors: say(child.orders[0].ticket, tally: PartTally(errors: -1))
        case .readyAgain: scheduler.workerReady(index, lanes: plan.limits.lanes, now: now)
        case .noLanes: scheduler.workerReady(index, lanes: 0, now: now)
        case .countsMachines: scheduler.remoteChildrenCounted(index, children: 1)
        case .endlessMachines: scheduler.remoteChildrenCounted(index, children: .max)
        case .givesBack: scheduler.partReturned(index, ticket: child.orders.first?.ticket ?? .max, now: now)
        case .garbage: scheduler.workerMisbehaved(index)
        case .endlessLanes: return becomeReady(index, lanes: Int(UInt32.max))
        }
        try checkDistrust(of: index)
    }

    private func checkDistrust(of index: Int) throws(Violation) {
        guard !isBelieved(index) else { throw violation(.distrust, "child \(index) is believed after nonsense") }
    }
}
