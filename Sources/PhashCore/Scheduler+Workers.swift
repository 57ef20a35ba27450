extension Scheduler {
    /// A child was started for a worker.
    package mutating func workerStarted(_ index: Int, now: Nanoseconds) {
        switch workers[index].phase {
        case .spawning:
            workers[index].phase = .starting
            workers[index].lanes = 1
            workers[index].deadline = now.addingSaturating(SchedulerLimits.startPatience)
            workers[index].statistics.starts += 1
            if workers[index].statistics.starts > 1 { statistics.restarts += 1 }
        case .absent, .starting, .ready, .doomed, .retiring:
            preconditionFailure("a child is started when the scheduler asks for it")
        }
    }

    /// No child could be started for a worker.
    package mutating func workerStartFailed(_ index: Int, status: Int32, now: Nanoseconds) {
        switch workers[index].phase {
        case .spawning:
            workers[index].phase = .absent
            // While others do the work, this is no reason to give up: the system may be short of something for a while.
            let others = workers.contains { $0.isUsable }
            if others && workers[index].backlog.isEmpty {
                // What was missing for this one is missing for every further one.
                let later = now.addingSaturating(.second)
                for other in workers.indices where workers[other].phase == .absent {
                    if workers[other].backlog.isEmpty { workers[other].startNotBefore = later }
                }
            } else {
                countStartFailure(index, status: status, now: now)
            }
        case .absent, .starting, .ready, .doomed, .retiring:
            preconditionFailure("a child is started when the scheduler asks for it")
        }
    }

    private mutating func countStartFailure(_ index: Int, status: Int32, now: Nanoseconds) {
        startFailures += 1
        if startFailures >= SchedulerLimits.startFailures { ending = ending ?? .startsFailed(status: status) }
        workers[index].startNotBefore = now.addingSaturating(backOff(after: startFailures))
    }

    /// 10 ms, doubled for each failure after the first, at most 1 s.
    private func backOff(after failures: Int) -> Nanoseconds {
        min(10 * .millisecond << Nanoseconds(min(failures - 1, 10)), .second)
    }

    /// A child said that it is ready, and how many records it works on side by side.
    package mutating func workerReady(_ index: Int, lanes: Int, now: Nanoseconds) {
        switch workers[index].phase {
        case .starting:
            guard lanes >= 1 else { return workerMisbehaved(index) }
            startFailures = 0
            workers[index].phase = .ready
            workers[index].lanes = lanes
            armDeadline(of: index, now: now)
        case .ready:
            workerMisbehaved(index)
        case .doomed, .retiring:
            break  // It became ready while it was being killed or told to end.
        case .absent, .spawning:
            preconditionFailure("a worker without a child says nothing")
        }
    }

    /// A child finished the part that it was given first, or, on other machines, any of those that it was given.
    ///
    /// - Parameters:
    ///   - ticket: As in the assignment.
    ///   - resultBytes: Size of the results, checked by the shell to be within the part's room; at least 1, unless records
    ///     may be left out.
    ///   - tally: What became of the records.
    ///   - duration: What the part took.
    package mutating func batchFinished(
        _ index: Int, ticket: UInt64, resultBytes: Int, tally: PartTally, duration: Nanoseconds, now: Nanoseconds
    ) {
        switch workers[index].phase {
        case .ready:
            guard let place = place(ofTicket: ticket, of: index), case let assignment = workers[index].running[place],
                limits.mayLeaveOut || (resultBytes >= 1 && tally.skipped == 0),
                tally.isPossible(records: assignment.recordCount)
            else { return workerMisbehaved(index) }
            workers[index].running.remove(at: place)
            workers[index].fruitlessDeaths = 0
            workers[index].statistics.records += UInt64(assignment.recordCount)
            workers[index].statistics.busy = workers[index].statistics.busy.addingSaturating(max(duration, 0))
            armDeadline(of: index, now: now)
            let batch = batches[assignment.address]
            let bytes = batch.byteCount * assignment.recordCount / batch.recordCount
            // Records that there was nothing to hash of, such as those that are too long, cost nothing, and say nothing about
            // the others.
            let idle = tally.skipped + tally.unhashed + (limits.hashesErrors ? 0 : tally.errors)
            let hashed = assignment.recordCount - idle
            if hashed > 0 {
                let share = bytes * hashed / assignment.recordCount
                estimate.observe(records: hashed, bytes: share, took: max(duration, 0))
            }
            partFinished(
                assignment.address, firstRecord: assignment.firstRecord, resultBytes: resultBytes, tally: tally)
        case .starting:
            workerMisbehaved(index)
        case .doomed, .retiring:
            break  // Too late: the part is run again, and its results overwritten.
        case .absent, .spawning:
            preconditionFailure("a worker without a child says nothing")
        }
    }

    /// Where a part stands among those that a child was given, if it may be answered for now.
    private func place(ofTicket ticket: UInt64, of index: Int) -> Int? {
        let place = workers[index].running.firstIndex { $0.ticket == ticket }
        return workers[index].isLocal && place != 0 ? nil : place
    }

    /// A child broke the protocol: nothing it says can be believed any more.
    package mutating func workerMisbehaved(_ index: Int) {
        switch workers[index].phase {
        case .starting, .ready:
            kill(index, timedOut: false)
        case .doomed, .retiring:
            break  // Its end is awaited already.
        case .absent, .spawning:
            preconditionFailure("a worker without a child does nothing")
        }
    }

    mutating func kill(_ index: Int, timedOut: Bool) {
        let wasReady = workers[index].phase == .ready
        workers[index].phase = .doomed(wasReady: wasReady, timedOut: timedOut)
        workers[index].deadline = nil
        actions.append(.killWorker(index))
    }

    /// The pages of a worker's slots have grown beyond what is kept; they are replaced when no slot is in use.
    package mutating func slotsOutgrown(_ index: Int) {
        workers[index].isOutgrown = true
    }

    /// A child has ended, for whatever reason, and all that it had said has been told.
    ///
    /// - Parameters:
    ///   - begun: The ticket that the child last said it works on; nil when it never did.
    ///   - status: Its wait status, kept for messages.
    package mutating func workerExited(_ index: Int, begun: UInt64?, status: Int32, now: Nanoseconds) {
        var cause = DeathCause.died(status: status)
        let lost = workers[index].running
        var isSuspect = false
        let hadBegun = lost.first.map { first in begun.map { $0 >= first.ticket } == true } ?? false
        switch workers[index].phase {
        case .starting, .doomed(wasReady: false, timedOut: _):
            workers[index].phase = .absent
            countStartFailure(index, status: status, now: now)
        case .ready, .doomed(wasReady: true, timedOut: false):
            isSuspect = noteDeath(index, hadWork: !lost.isEmpty, hadBegun: hadBegun, now: now)
        case .doomed(wasReady: true, timedOut: true):
            cause = .timedOut
            isSuspect = noteDeath(index, hadWork: !lost.isEmpty, hadBegun: hadBegun, now: now)
        case .retiring:
            workers[index].phase = .absent
            workers[index].isOutgrown = false
        case .absent, .spawning:
            preconditionFailure("a worker without a child cannot lose it")
        }
        workers[index].deadline = nil
        workers[index].running = []
        if !workers[index].isLocal { setRemoteChildren(of: index, to: 0) }
        // Backwards, so that each goes before what came after it.
        for (place, assignment) in lost.enumerated().reversed() {
            let isBlamed = workers[index].isLocal && place == 0 && (hadBegun || isSuspect)
            requeue(assignment, isBlamed: isBlamed, cause: cause)
        }
    }

    /// A child that had been ready died: start the next at once, unless children here keep dying before they begin
    /// anything. A death over a record gets somewhere: to the guilty one, or closer to the end of its tries.
    ///
    /// Returns whether so many have died that way that what they were given is suspect, although none said that it had
    /// begun: else a child that dies before it can say so, or takes that back, would be replaced for ever.
    private mutating func noteDeath(_ index: Int, hadWork: Bool, hadBegun: Bool, now: Nanoseconds) -> Bool {
        workers[index].phase = .absent
        if hadBegun {
            workers[index].fruitlessDeaths = 0
        } else if hadWork || !workers[index].isLocal {
            // One that speaks for other machines has its work before it is given any: to reach them.
            workers[index].fruitlessDeaths += 1
        }
        let excess = workers[index].fruitlessDeaths - SchedulerLimits.fruitlessDeaths
        workers[index].startNotBefore = excess > 0 ? now.addingSaturating(backOff(after: excess)) : now
        return excess > 0
    }

    mutating func requeue(_ assignment: Assignment, isBlamed: Bool, cause: DeathCause) {
        let address = assignment.address
        let partIndex = batches[address].partIndex(firstRecord: assignment.firstRecord)
        batches[address].parts[partIndex].state = .waiting
        guard isBlamed else {
            workers[address.worker].backlog.insert((address, assignment.firstRecord), at: 0)
            return
        }
        if assignment.recordCount > 1 {
            if limits.isOrdered { window.assertSplittable(address, part: partIndex) }
            let (left, right) = batches[address].split(partIndex: partIndex)
            workers[address.worker].backlog.insert(contentsOf: [(address, left), (address, right)], at: 0)
            return
        }
        batches[address].parts[partIndex].tries += 1
        let tries = batches[address].parts[partIndex].tries
        if tries <= limits.retries {
            workers[address.worker].backlog.insert((address, assignment.firstRecord), at: 0)
        } else {
            batches[address].parts[partIndex].state = .givenUp
            actions.append(
                .giveUp(address, firstRecord: assignment.firstRecord, cause: cause, tries: tries))
        }
    }
}
