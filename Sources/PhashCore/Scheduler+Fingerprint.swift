extension Scheduler {
    /// Mixes in everything that what it will do depends on, for tests that try every order of events once.
    ///
    /// Two schedulers that are equal in this do the same for the same events from now on, save for names. So what only
    /// names is left out, or the same state would look different on every way to it: tickets are compared with each
    /// other only, in the order in which a child got them; moments count from now; and the counters of `Statistics`
    /// and `WorkerStatistics` decide nothing. The reorder window follows from the batches, whose parts tell how far
    /// it is, and the place in the stream of each record that waits from how much was read.
    package func fingerprint(into hasher: inout Hasher, now: Nanoseconds) {
        hasher.combine(input)
        hasher.combine(splitter.position)
        hasher.combine(splitter.incompleteBytes)
        hasher.combine(splitter.keepFrom)
        hasher.combine(queue.waitingCount)
        hasher.combine(queue.firstOffset)
        hasher.combine(arrivals.map(\.recordCount))
        hasher.combine(estimate)
        hasher.combine(credits.used)
        hasher.combine(nextLine)
        hasher.combine(nextBatchNumber)
        hasher.combine(unfinishedRecords)
        for (index, worker) in workers.enumerated() {
            worker.fingerprint(into: &hasher, now: now)
            for slot in 0..<worker.slots.count {
                guard let batch = batches.batchIfAny(at: SlotAddress(worker: index, slot: slot)) else { continue }
                hasher.combine(slot)
                batch.fingerprint(into: &hasher)
            }
        }
        hasher.combine(startFailures)
        hasher.combine(output.pendingBytes)
        hasher.combine(output.headWrittenBytes)
        for index in 0..<output.count {
            hasher.combine(output[index].address)
            hasher.combine(output[index].firstRecord)
        }
        hasher.combine(stop?.signal)
        // Whether a second signal would be an echo of the first.
        hasher.combine(stop.map { min(now - $0.since, SchedulerLimits.signalDebounce) })
        hasher.combine(drainNoticeDue.map { $0 - now })
        hasher.combine(now - plannedAt)
        hasher.combine(ending != nil)
        precondition(nextActionIndex == actions.count, "its actions have been carried out")
    }
}

extension Worker {
    fileprivate func fingerprint(into hasher: inout Hasher, now: Nanoseconds) {
        hasher.combine(phase)
        hasher.combine(reach)
        hasher.combine(running.count)
        for assignment in running {
            hasher.combine(assignment.address)
            hasher.combine(assignment.firstRecord)
        }
        hasher.combine(backlog.count)
        for part in backlog {
            hasher.combine(part.address)
            hasher.combine(part.firstRecord)
        }
        hasher.combine(deadline.map { $0 - now })
        hasher.combine(max(startNotBefore - now, 0))
        hasher.combine(fruitlessDeaths)
        hasher.combine(isOutgrown)
        hasher.combine(lanes)
    }
}

extension Batch {
    fileprivate func fingerprint(into hasher: inout Hasher) {
        hasher.combine(number)
        hasher.combine(charge)
        hasher.combine(resultBytes)
        hasher.combine(parts.count)
        for part in parts {
            hasher.combine(part.firstRecord)
            hasher.combine(part.recordCount)
            hasher.combine(part.tries)
            switch part.state {
            case .waiting: hasher.combine(0)
            case .sent: hasher.combine(1)
            case .givenUp: hasher.combine(2)
            case .finished(let resultBytes, let tally):
                hasher.combine(3)
                hasher.combine(resultBytes)
                hasher.combine(tally)
            case .queued(let tally):
                hasher.combine(4)
                hasher.combine(tally)
            case .written: hasher.combine(5)
            }
        }
    }
}
