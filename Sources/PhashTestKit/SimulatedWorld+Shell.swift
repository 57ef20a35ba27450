internal import PhashCore

/// What the shell around the scheduler does, made up.
extension SimulatedWorld {
    mutating func performActions() throws(Violation) {
        while let action = scheduler.nextAction(now: now) {
            switch action {
            case .startWorker(let index):
                guard children[index] == nil else { throw violation("worker \(index) already has a child") }
                if startFailuresLeft > 0, decisions.choose(2) == 1 {
                    startFailuresLeft -= 1
                    scheduler.workerStartFailed(index, status: 11, now: now)
                } else {
                    children[index] = SimulatedChild()
                    scheduler.workerStarted(index, now: now)
                }
            case .fillSlot(let address, let firstLine, let recordCount, let byteCount):
                try fill(address, firstLine: Int(firstLine), recordCount: recordCount, byteCount: byteCount)
            case .run(let order):
                try give(order)
            case .giveUp(let address, let firstRecord, _, _):
                let line = contents[address]!.firstLine + firstRecord
                guard aloneDeaths[line] == plan.limits.retries + 1 else {
                    throw violation("line \(line) was given up after \(aloneDeaths[line] ?? 0) deaths")
                }
                let key = PartKey(address: address, firstRecord: firstRecord)
                results[key] = [Line(number: line, byteCount: 10, isError: true)]
                scheduler.errorRecordWritten(address, firstRecord: firstRecord, resultBytes: 10)
            case .killWorker(let index), .retireWorker(let index):
                guard children[index] != nil else { throw violation("worker \(index) has no child to kill") }
                if children[index]!.state == .starting { killedStarts += 1 }
                children[index]!.state = .killed
            case .releaseSlot(let address):
                guard contents.removeValue(forKey: address) != nil else {
                    throw violation("a slot without contents was released")
                }
            case .reportDraining(let recordsLeft):
                guard hasStopped && recordsLeft > 0 else { throw violation("a drain was reported without one") }
            }
        }
    }

    private mutating func fill(
        _ address: SlotAddress, firstLine: Int, recordCount: Int, byteCount: Int
    ) throws(Violation) {
        guard contents[address] == nil else { throw violation("a slot in use was filled") }
        let keptFrom = scheduler.keepFrom
        let records = scheduler.takeRecords(count: recordCount) { first, second in
            first.indices.map { first[$0] } + second.indices.map { second[$0] }
        }
        for (offset, record) in records.enumerated() {
            let length = plan.records[firstLine - 1 + offset].length
            let isRight = record.isTooLong ? length > plan.maximumLineBytes : Int(record.length) == length
            guard isRight else { throw violation("line \(firstLine + offset) has the wrong length") }
            guard record.isTooLong || record.offset >= keptFrom else { throw violation("bytes were not kept") }
        }
        let span = records[0].isTooLong ? 0 : Int(records[records.count - 1].end - records[0].offset)
        guard span == byteCount else { throw violation("a batch of \(span) bytes is said to have \(byteCount)") }
        contents[address] = (firstLine, records)
    }

    private mutating func give(_ order: Assignment) throws(Violation) {
        let index = order.address.worker
        guard children[index] != nil, children[index]!.state != .killed else {
            throw violation("a part was given to a worker without a child")
        }
        guard contents[order.address] != nil else { throw violation("a part lies in an empty slot") }
        children[index]!.orders.append(order)
        guard children[index]!.orders.count <= 2 else { throw violation("a child has three parts") }
    }

    /// The records that an order is about.
    func lines(of order: Assignment) -> Range<Int> {
        let first = contents[order.address]!.firstLine + order.firstRecord
        return first..<first + order.recordCount
    }

    /// What happens to a child that works on an order.
    func worst(of order: Assignment) -> SimulatedRecord.Nature {
        let natures = lines(of: order).filter { plan.records[$0 - 1].length <= plan.maximumLineBytes }
            .map { plan.records[$0 - 1].nature }
        return natures.first { $0 != .ordinary } ?? .ordinary
    }

    /// A child answers what it works on.
    mutating func finish(_ index: Int) throws(Violation) {
        let order = children[index]!.orders.removeFirst()
        children[index]!.hasBegun = false
        if plan.canary == .loseAnswer && !firedCanary {
            firedCanary = true
            return
        }
        let isBelieved = children[index]!.state == .working
        let lines = lines(of: order).map { line in
            let isTooLong = plan.records[line - 1].length > plan.maximumLineBytes
            return Line(number: line, byteCount: 3 + line % 7, isError: isTooLong)
        }
        if isBelieved {
            results[PartKey(address: order.address, firstRecord: order.firstRecord)] = lines
        } else {
            // It is too late; the order is its parent's to give again.
            children[index]!.orders.insert(order, at: 0)
            children[index]!.hasBegun = true
            children[index]!.hasAnsweredLate = true
        }
        let cost = lines.reduce(0) { $0 + plan.records[$1.number - 1].cost }
        scheduler.batchFinished(
            index, ticket: order.ticket, resultBytes: lines.reduce(0) { $0 + $1.byteCount },
            errors: lines.count { $0.isError }, duration: cost, now: now)
    }

    /// A child has ended.
    mutating func exit(_ index: Int) {
        let child = children[index]!
        children[index] = nil
        if child.hasBegun, let order = child.orders.first, order.recordCount == 1 {
            aloneDeaths[lines(of: order).lowerBound, default: 0] += 1
        }
        var begun = child.begunTicket
        if plan.canary == .dropPart, !firedCanary, child.hasBegun, let order = child.orders.first {
            // The child is said to have finished what it died over.
            firedCanary = true
            begun = nil
            results[PartKey(address: order.address, firstRecord: order.firstRecord)] = []
            if child.state == .working {
                scheduler.batchFinished(
                    index, ticket: order.ticket, resultBytes: 5, errors: 0, duration: 1, now: now)
            }
        }
        scheduler.workerExited(index, begun: begun, status: 9, now: now)
    }

    /// Some bytes of output leave.
    mutating func write(_ byteCount: Int) throws(Violation) {
        var left = byteCount + scheduler.output.headWrittenBytes
        var place = 0
        var leaving: [Line] = []
        while place < scheduler.output.count, scheduler.output[place].byteCount <= left {
            let segment = scheduler.output[place]
            left -= segment.byteCount
            let key = PartKey(address: segment.address, firstRecord: segment.firstRecord)
            guard let lines = results.removeValue(forKey: key) else { throw violation("results left twice") }
            leaving.append(contentsOf: lines)
            place += 1
        }
        if !leaving.isEmpty && !firedCanary {
            if plan.canary == .swapOutput && leaving.count > 1 {
                firedCanary = true
                leaving.swapAt(0, 1)
            } else if plan.canary == .repeatOutput {
                firedCanary = true
                leaving.append(leaving[0])
            }
        }
        written.append(contentsOf: leaving)
        scheduler.outputWritten(byteCount)
    }
}
