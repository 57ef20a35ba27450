extension Scheduler {
    /// Looks for something to do and queues the actions for it; queues none when nothing can be done.
    mutating func plan(now: Nanoseconds) {
        plannedAt = now
        for index in workers.indices {
            switch workers[index].phase {
            case .spawning: return  // The shell answers this before anything else.
            case .absent, .starting, .ready, .doomed, .retiring: break
            }
        }
        retireOutgrownWorkers()
        for index in workers.indices where !workers[index].backlog.isEmpty {
            resumeBacklog(of: index, now: now)
            if !actions.isEmpty, workers[index].phase == .spawning { return }
        }
        while queue.waitingCount > 0 {
            guard batches.count < SchedulerLimits.windowBatches,
                let (index, count) = nextLocalBatch(now: now) ?? nextRemoteBatch(now: now)
            else { return }
            switch workers[index].phase {
            case .absent:
                start(index)
                return
            case .starting, .ready:
                cutBatch(of: count, for: index, now: now)
            case .spawning, .doomed, .retiring:
                preconditionFailure("a batch goes to a worker with a child")
            }
        }
    }

    private mutating func start(_ index: Int) {
        workers[index].phase = .spawning
        actions.append(.startWorker(index))
    }

    /// The worker of ours that gets the next batch, and how many records; nil when none is to get one now.
    private func nextLocalBatch(now: Nanoseconds) -> (Int, Int)? {
        guard let index = nextWorker(now: now) else { return nil }
        // Asked for first: no child is started for records that would not be given to it.
        let count = nextBatchCount()
        return count > 0 ? (index, count) : nil
    }

    /// The place whose child sends the next batch to other machines, and how many records; nil when nothing goes there now.
    private func nextRemoteBatch(now: Nanoseconds) -> (Int, Int)? {
        for (index, worker) in workers.enumerated() where !worker.isLocal {
            switch worker.phase {
            case .absent:
                if worker.backlog.isEmpty && worker.startNotBefore <= now { return (index, 1) }
            case .ready:
                guard worker.backlog.isEmpty && worker.remoteRoom > 0 && worker.slots.freeCount > 0 else { break }
                let idle = max(worker.remoteChildren - worker.running.count, 0)
                let wanted = remoteBatcher.nextCount(of: queue, idle: idle, estimate: estimate)
                // A batch that waits over there had better be a full lane group; what there is now is none yet.
                guard wanted >= limits.lanes || idle > 0 else { return nil }
                let count = admitted(wanted)
                return count > 0 ? (index, count) : nil
            case .starting, .spawning, .doomed, .retiring:
                break
            }
        }
        return nil
    }

    /// The worker that gets the next batch: an idle one, or one to be started, or one to queue a second batch with.
    private func nextWorker(now: Nanoseconds) -> Int? {
        var toStart: Int?
        var toQueue: Int?
        for (index, worker) in workers.enumerated() where worker.isLocal && worker.slots.freeCount > 0 {
            if worker.isIdle { return index }
            switch worker.phase {
            case .absent:
                if toStart == nil && worker.backlog.isEmpty && worker.startNotBefore <= now { toStart = index }
            case .starting, .ready:
                let hasRoom = worker.running.count == 1 && worker.backlog.isEmpty && !worker.isOutgrown
                if toQueue == nil && hasRoom && isCheap(worker.running[0]) { toQueue = index }
            case .spawning, .doomed, .retiring:
                break
            }
        }
        return toStart ?? toQueue
    }

    private func isCheap(_ assignment: Assignment) -> Bool {
        batcher.isCheap(records: assignment.recordCount, estimate: estimate)
    }

    /// Records of the next batch; 0 when none is to be cut now.
    private func nextBatchCount() -> Int {
        if let arrival = arrivals.first { return admits(arrival) ? arrival.recordCount : 0 }
        let idle = max(limits.parallelism - localBusyCount, 0)
        let count = batcher.nextCount(of: queue, idle: idle, estimate: estimate)
        // Once every processor has a child at work, a further child only pays for a full lane group, which is what the
        // batcher gives where there is one.
        guard count >= limits.lanes || localBusyCount < limits.parallelism else { return 0 }
        return admitted(count)
    }

    /// What of a batch the credits admit; 0 when it should wait.
    private func admitted(_ count: Int) -> Int {
        let admitted = queue.largestCount(limit: count) { records, bytes in
            credits.admits(limits.worstCharge(records: records, bytes: bytes), records: records)
        }
        return admitted < count && isWorthWaiting(insteadOf: admitted) ? 0 : admitted
    }

    /// Whether the credits admit a batch that was cut by somebody else: whole, or not now.
    private func admits(_ arrival: ArrivedBatch) -> Bool {
        let charge = limits.worstCharge(records: arrival.recordCount, bytes: queue.span(count: arrival.recordCount))
        return credits.used == 0 || credits.admits(charge, records: arrival.recordCount)
    }

    /// Whether a batch that credit cuts short should wait for more of it.
    ///
    /// Behind a reader that is slower than we are, credit comes back in small change: a batch frees less when it is
    /// written than the next one of its size is charged. Taking whatever there is would end in batches of a few records,
    /// whose own cost is many times that of their records. What is in use comes back in any case, so this does not wait
    /// for ever; and an eighth of what each child may have in use keeps all of them at work.
    private func isWorthWaiting(insteadOf admitted: Int) -> Bool {
        guard credits.used > 0 else { return false }
        guard admitted > 0 else { return true }
        let charge = limits.worstCharge(records: admitted, bytes: queue.span(count: admitted))
        return charge < credits.limit / max(limits.parallelism + remoteChildren, 1) / 8
    }

    /// Cuts the next batch for a worker, which has a slot free, and gives it to its child.
    private mutating func cutBatch(of count: Int, for index: Int, now: Nanoseconds) {
        guard let slot = workers[index].slots.take() else { preconditionFailure("the worker has a free slot") }
        let byteCount = queue.span(count: count)
        let charge = limits.worstCharge(records: count, bytes: byteCount)
        let address = SlotAddress(worker: index, slot: slot)
        if !arrivals.isEmpty { nextLine = arrivals.removeFirst().firstLine }
        credits.take(charge)
        queue.cut(count: count)
        batches.insert(
            Batch(
                number: nextBatchNumber, address: address, firstLine: nextLine, recordCount: count,
                byteCount: byteCount, inputCharge: limits.inputCharge(records: count, bytes: byteCount), charge: charge)
        )
        if limits.isOrdered { window.append(address) }
        actions.append(
            .fillSlot(address, firstLine: nextLine, recordCount: count, byteCount: byteCount))
        nextBatchNumber += 1
        nextLine += UInt64(count)
        unfinishedRecords += count
        send(partAt: 0, of: address, now: now)
    }

    /// Gives a part to its worker's child.
    private mutating func send(partAt partIndex: Int, of address: SlotAddress, now: Nanoseconds) {
        let part = batches[address].parts[partIndex]
        precondition(part.state == .waiting, "a part is with one child at a time")
        let assignment = Assignment(
            ticket: nextTicket, address: address, firstRecord: part.firstRecord, recordCount: part.recordCount)
        nextTicket += 1
        batches[address].parts[partIndex].state = .sent(ticket: assignment.ticket)
        workers[address.worker].running.append(assignment)
        if workers[address.worker].running.count == 1 { armDeadline(of: address.worker, now: now) }
        actions.append(.run(assignment))
    }

    /// Runs what lost its child, starting a new one where that is allowed by now.
    private mutating func resumeBacklog(of index: Int, now: Nanoseconds) {
        switch workers[index].phase {
        case .absent:
            if workers[index].startNotBefore <= now { start(index) }
        case .starting, .ready:
            while let next = workers[index].backlog.first {
                guard hasRoom(workers[index]) else { return }
                workers[index].backlog.removeFirst()
                let partIndex = batches[next.address].partIndex(firstRecord: next.firstRecord)
                send(partAt: partIndex, of: next.address, now: now)
            }
        case .spawning, .doomed, .retiring:
            break
        }
    }

    /// Whether a worker's child can be given something that lost its child.
    private func hasRoom(_ worker: Worker) -> Bool {
        guard worker.isLocal else { return worker.remoteRoom > 0 }
        return worker.running.isEmpty || (worker.running.count == 1 && isCheap(worker.running[0]))
    }

    /// Has children end whose slots have grown too large and are all free; the next ones get new memory.
    private mutating func retireOutgrownWorkers() {
        for index in workers.indices where workers[index].isOutgrown && workers[index].slots.isAllFree {
            switch workers[index].phase {
            case .starting, .ready:
                workers[index].phase = .retiring
                workers[index].deadline = nil
                actions.append(.retireWorker(index))
            case .absent, .spawning, .doomed, .retiring:
                break
            }
        }
    }
}
