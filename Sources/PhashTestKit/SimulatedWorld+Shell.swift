internal import PhashCore

/// What the shell around the scheduler does, made up.
extension SimulatedWorld {
    /// A plan that wants more than so much at once never comes to rest.
    private static var mostActions: Int { 10_000 }

    mutating func performActions() throws(Violation) {
        var count = 0
        while let action = try nextAction() {
            count += 1
            guard count < Self.mostActions else { throw violation(.progress, "the scheduler never comes to rest") }
            switch action {
            case .startWorker(let index):
                try start(index)
            case .fillSlot(let address, let firstLine, let recordCount, let byteCount):
                try fill(address, firstLine: Int(firstLine), recordCount: recordCount, byteCount: byteCount)
            case .run(let order):
                try give(order)
            case .giveUp(let address, let firstRecord, _, let tries):
                try giveUp(address, firstRecord: firstRecord, tries: tries)
            case .killWorker(let index):
                try kill(index)
            case .retireWorker(let index):
                guard children[index] != nil, usedSlots[index] == 0 else {
                    throw violation(.sensibleActions, "worker \(index) cannot be retired")
                }
                children[index]!.isKilled = true
                children[index]!.isRetired = true
            case .releaseSlot(let address):
                guard let index = slotIndex(address), slots[index].unwrittenRecords == 0 else {
                    throw violation(.sensibleActions, "a slot was released whose results have not left")
                }
                slots.swapAt(index, slots.count - 1)
                slots.removeLast()
                usedSlots[address.worker] -= 1
            case .reportDraining(let recordsLeft):
                guard firstStop != nil, recordsLeft > 0 else {
                    throw violation(.sensibleActions, "a drain was reported without one")
                }
            }
        }
    }

    /// The next action, after results without bytes have left.
    private mutating func nextAction() throws(Violation) -> Action? {
        if scheduler.output.isHeadEmpty { try write(0) }
        return scheduler.nextAction(now: now)
    }

    private mutating func start(_ index: Int) throws(Violation) {
        guard children[index] == nil else { throw violation(.sensibleActions, "worker \(index) already has a child") }
        if refusedStarts > 0 {
            refusedStarts -= 1
            startFailures += 1
            scheduler.workerStartFailed(index, status: 11, now: now)
            return
        }
        if !fires(.forgetChild) { children[index] = SimulatedChild() }
        if hasStarted[index] { restarts += 1 }
        hasStarted[index] = true
        scheduler.workerStarted(index, now: now)
    }

    /// Kills a child, if its end has not been noticed since that was decided.
    private mutating func kill(_ index: Int) throws(Violation) {
        guard let child = children[index] else { return }
        guard !child.isKilled else { throw violation(.sensibleActions, "child \(index) is killed twice") }
        children[index]!.isKilled = true
        let isAtFault = child.hasTalkedNonsense || child.life == .hung || child.life == .dead
        guard plan.clock == .exact && !isAtFault else { return }
        if let order = child.current, child.stage != .idle, worst(of: order) == .hanging { return }
        // Nobody is late in such a world who does not hang.
        throw violation(.sensibleActions, "child \(index) is killed for nothing")
    }

    private mutating func fill(
        _ address: SlotAddress, firstLine: Int, recordCount: Int, byteCount: Int
    ) throws(Violation) {
        guard slotIndex(address) == nil else { throw violation(.sensibleActions, "a slot in use was filled") }
        guard firstLine == cutRecords + 1, recordCount <= waitingRecords else {
            throw violation(.exactlyOnce, "line \(firstLine) is put into a slot after line \(cutRecords)")
        }
        if plan.limits.takesBatches {
            guard !arrivals.isEmpty, arrivals.removeFirst() == recordCount else {
                throw violation(.sensibleActions, "a batch that came as it was cut is cut anew")
            }
        }
        let keptFrom = scheduler.keepFrom
        let (records, starts, longest) = (plan.records, starts, plan.maximumLineBytes)
        let isRight = scheduler.takeRecords(count: recordCount) { first, second in
            var line = firstLine
            var isRight = first.count + second.count == recordCount
            func look(_ record: RecordExtent) {
                let length = records[line - 1].length
                isRight = isRight && (record.isTooLong ? length > longest : Int(record.length) == length)
                isRight = isRight && (record.isTooLong || Int(record.offset) == starts[line - 1])
                isRight = isRight && (record.isTooLong || record.offset >= keptFrom)
                line += 1
            }
            for index in first.indices { look(first[index]) }
            for index in second.indices { look(second[index]) }
            return isRight
        }
        guard isRight else { throw violation(.sensibleActions, "lines from \(firstLine) on are not what was read") }
        let last = firstLine + recordCount - 1
        let isKept = (firstLine...last).contains { !isTooLong($0) }
        guard byteCount == (isKept ? starts[last - 1] + plan.records[last - 1].length - starts[firstLine - 1] : 0)
        else { throw violation(.sensibleActions, "a batch is said to have \(byteCount) bytes") }
        cutRecords += recordCount
        let charge = plan.limits.worstCharge(records: recordCount, bytes: byteCount)
        usedCredit += charge
        usedSlots[address.worker] += 1
        openBatches += 1
        slots.append(
            SlotContents(
                address: address, firstLine: firstLine, recordCount: recordCount, byteCount: byteCount, charge: charge,
                unansweredRecords: recordCount, unwrittenRecords: recordCount))
    }

    private mutating func give(_ order: Assignment) throws(Violation) {
        let index = order.address.worker
        guard let child = children[index], !child.isKilled else {
            throw violation(.sensibleActions, "a part was given to a worker without a child")
        }
        guard let slot = slotIndex(order.address), order.firstRecord >= 0,
            order.firstRecord + order.recordCount <= slots[slot].recordCount
        else { throw violation(.sensibleActions, "a part lies in no batch") }
        for line in lineRange(of: order) {
            guard lines[line] == .waiting else { throw violation(.exactlyOnce, "line \(line) is given out twice") }
            lines[line] = .given
        }
        if fires(.loseOrder) { return }
        children[index]!.orders.append(order)
        let most = index == remotePlace ? SchedulerLimits.batchesPerRemoteChild * remoteChildren : 2
        guard child.orders.count < most else {
            throw violation(.sensibleActions, "a child has \(child.orders.count + 1) parts")
        }
    }

    private mutating func giveUp(_ address: SlotAddress, firstRecord: Int, tries: Int) throws(Violation) {
        guard let slot = slotIndex(address) else { throw violation(.sensibleActions, "nothing to give up") }
        let line = slots[slot].firstLine + firstRecord
        guard aloneDeaths[line] == plan.limits.retries + 1, tries == aloneDeaths[line], lines[line] == .waiting else {
            throw violation(.rightErrors, "line \(line) was given up after \(aloneDeaths[line]) deaths")
        }
        lines[line] = .error
        let bytes = byteCount(of: line, isError: true)
        settle(address, records: 1, resultBytes: bytes)
        scheduler.errorRecordWritten(address, firstRecord: firstRecord, resultBytes: bytes)
    }

    /// Some bytes of output leave.
    mutating func write(_ byteCount: Int) throws(Violation) {
        headBytes += byteCount
        var place = 0
        var leaving: [(line: Int, isError: Bool)] = []
        while place < scheduler.output.count, scheduler.output[place].byteCount <= headBytes {
            let segment = scheduler.output[place]
            headBytes -= segment.byteCount
            place += 1
            guard let slot = slotIndex(segment.address) else { throw violation(.exactlyOnce, "results left twice") }
            let firstLine = slots[slot].firstLine + segment.firstRecord
            var bytes = 0
            for line in firstLine..<firstLine + recordCount(of: segment) {
                let isError = lines[line] == .error
                guard isError || lines[line] == .result else {
                    throw violation(.exactlyOnce, "line \(line) leaves without an answer, or again")
                }
                bytes += self.byteCount(of: line, isError: isError)
                leaving.append((line, isError))
                lines[line] = .written
                slots[slot].unwrittenRecords -= 1
            }
            guard bytes == segment.byteCount else { throw violation(.exactlyOnce, "a part leaves with another size") }
            if slots[slot].unwrittenRecords == 0 {
                usedCredit -= slots[slot].charge
                openBatches -= 1
            }
        }
        writtenBytes += byteCount
        let skipped = leaving.count { !$0.isError && plan.skips($0.line) }
        skippedRecords += skipped
        writtenRecords += leaving.count - skipped
        writtenErrors += leaving.count { $0.isError }
        if leaving.count > 1 && fires(.swapRecords) { leaving.swapAt(0, 1) }
        if let first = leaving.first {
            if fires(.repeatRecord) { leaving.insert(first, at: 0) }
            if fires(.dropRecord) { leaving.removeFirst() }
        }
        for (line, isError) in leaving { try leave(line, isError: isError) }
        scheduler.outputWritten(byteCount)
    }

    private func recordCount(of segment: OutputSegment) -> Int {
        let batch = scheduler.batch(at: segment.address)
        return batch.parts[batch.partIndex(firstRecord: segment.firstRecord)].recordCount
    }

    /// The reader sees a record, or would if it were not left out.
    private mutating func leave(_ line: Int, isError: Bool) throws(Violation) {
        leftRecords += 1
        if plan.limits.isOrdered {
            guard line != lastWritten else { throw violation(.exactlyOnce, "line \(line) left twice") }
            guard line > lastWritten else { throw violation(.order, "line \(line) left after line \(lastWritten)") }
            lastWritten = line
        }
        let isGivenUp = aloneDeaths[line] > plan.limits.retries
        let isPoisonous = plan.records[line - 1].nature != .ordinary
        guard isError == (isTooLong(line) || isGivenUp) && (isError || !isPoisonous) else {
            throw violation(.rightErrors, "line \(line) is wrongly \(isError ? "an error" : "a result")")
        }
    }
}
