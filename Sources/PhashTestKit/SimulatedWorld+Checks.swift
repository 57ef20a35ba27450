internal import PhashCore

/// What must hold.
extension SimulatedWorld {
    /// After every step: the world's own accounts and the scheduler's are the same, and within bounds.
    mutating func checkAccounts() throws(Violation) {
        guard scheduler.credits.used == usedCredit else {
            throw violation(
                .credits, "\(usedCredit) bytes are in the slots, the credits say \(scheduler.credits.used)")
        }
        if usedCredit > plan.limits.bufferBytes {
            // When nothing else is in use, a single record always fits, and so does a batch that somebody else has cut.
            let isAlone =
                openBatches == 1
                && (plan.limits.takesBatches || slots.contains { $0.unwrittenRecords > 0 && $0.recordCount == 1 })
            guard isAlone else { throw violation(.memory, "\(usedCredit) bytes in use of \(plan.limits.bufferBytes)") }
        }
        // The record that is not complete yet may always go on. Batches that come are as many as the broker may send.
        let heldLimit = max(plan.limits.inputBytes, plan.maximumLineBytes + plan.limits.readBytes)
        guard heldBytes <= heldLimit || plan.limits.takesBatches else {
            throw violation(.memory, "\(heldBytes) bytes of input are held")
        }
        guard openBatches == scheduler.windowCount, openBatches <= SchedulerLimits.windowBatches else {
            throw violation(.memory, "\(openBatches) batches, the scheduler counts \(scheduler.windowCount)")
        }
        let statistics = scheduler.statistics
        let isCounted =
            statistics.recordsIn == UInt64(foundRecords) && statistics.bytesIn == UInt64(readCount)
            && statistics.recordsOut == UInt64(writtenRecords) && statistics.errors == UInt64(writtenErrors)
            && statistics.skipped == UInt64(skippedRecords) && statistics.bytesOut == UInt64(writtenBytes)
            && statistics.restarts == UInt64(restarts)
            && scheduler.waitingCount == waitingRecords
        guard isCounted else {
            throw violation(
                .statistics,
                "\(statistics) for \(foundRecords) records of \(readCount) bytes, of which "
                    + "\(skippedRecords) were left out and \(writtenRecords) left, \(writtenErrors) of them errors, as \(writtenBytes) bytes"
            )
        }
        try checkEnding()
    }

    /// Whether it ends when it must, and only then.
    private mutating func checkEnding() throws(Violation) {
        switch scheduler.outcome {
        case .aborted:
            guard expectsAbort else { throw violation(.rightEnding, "aborted without a second signal") }
        case .startsFailed:
            // Once only: in the rest of that turn a child may yet become ready.
            guard hasGivenUp || startFailures >= SchedulerLimits.startFailures else {
                throw violation(.rightEnding, "gave up after \(startFailures) failures to start in a row")
            }
            hasGivenUp = true
        case nil, .completed:
            guard !expectsAbort else { throw violation(.rightEnding, "a second signal did not stop it") }
            guard unreadyDeaths < SchedulerLimits.startFailures else {
                throw violation(.rightEnding, "\(unreadyDeaths) children in a row ended before they were ready")
            }
        }
    }

    /// Once the scheduler says that it is done.
    func checkEnd(_ outcome: Outcome) throws(Violation) {
        switch outcome {
        case .aborted, .startsFailed:
            return
        case .completed:
            break
        }
        guard firstStop != nil || hasFailedInput || (hasEndedInput && readCount == stream.count) else {
            throw violation(.rightEnding, "it ended before the input did")
        }
        guard leftRecords == foundRecords, cutRecords == foundRecords,
            lines[1..<foundRecords + 1].allSatisfy({ $0 == .written })
        else { throw violation(.exactlyOnce, "\(leftRecords) of \(foundRecords) records left") }
        guard usedCredit == 0, slots.isEmpty else { throw violation(.credits, "not all was given back") }
    }

    /// When the shell has acted: no child is idle, and none is left unstarted, while it could have work.
    ///
    /// What lost its child needs no credit: it is run again at once. Records that are in no slot yet must go to a worker
    /// with a free slot, unless one of two rules holds them back. Memory: an eighth of a child's share of it is always
    /// given out, as soon as one record more would fit; and always when all of the records fit, or nothing is in use.
    /// Lanes: once as many children are at work as can run side by side, only full lane groups count.
    func checkWorkConservation() throws(Violation) {
        for index in children.indices {
            guard scheduler.workers[index].startNotBefore - now <= .second else {
                throw violation(.workConservation, "no child is started at worker \(index) for more than a second")
            }
            let most = index == remotePlace ? SchedulerLimits.batchesPerRemoteChild * remoteChildren : 1
            if !scheduler.workers[index].backlog.isEmpty && isFree(index, below: most) {
                throw violation(.workConservation, "worker \(index) does not resume what lost its child")
            }
        }
        guard waitingRecords > 0 else { return }
        let free = children.indices.first { index in
            let worker = scheduler.workers[index]
            let isKept = children[index] != nil && worker.isOutgrown
            let isRemote = index == remotePlace
            let hasRoom = usedSlots[index] < plan.limits.slotsPerWorker || (isRemote && children[index] == nil)
            guard hasRoom && worker.backlog.isEmpty && !isKept else { return false }
            return isFree(index, below: isRemote ? remoteChildren : 1) && mayGo(to: index)
        }
        guard let free else { return }
        throw violation(.workConservation, "\(waitingRecords) records wait, and worker \(free) has nothing to do")
    }

    /// Whether a worker's child has less than so much to do, or could be started now.
    private func isFree(_ index: Int, below most: Int) -> Bool {
        guard let child = children[index] else { return scheduler.workers[index].startNotBefore <= now }
        return !child.isKilled && child.orders.count < most
    }

    /// Whether records that wait must go to a worker, as far as it depends on them and on all the others.
    private func mayGo(to index: Int) -> Bool {
        // Nobody is there yet whom anything could be given to.
        if index == remotePlace { return children[index] == nil || hasCredit }
        let limits = plan.limits
        if let next = arrivals.first {
            let last = cutRecords + next - 1
            let byteCount = starts[last] + plan.records[last].length - starts[cutRecords]
            let charge = limits.worstCharge(records: next, bytes: byteCount)
            return usedCredit == 0 || charge <= limits.bufferBytes - usedCredit
        }
        let busy = children.indices.count { $0 != remotePlace && children[$0]?.orders.isEmpty == false }
        if busy >= limits.parallelism && limits.lanes > 1 {
            guard waitingRecords >= limits.lanes else { return false }
            let group = cutRecords + 1...cutRecords + limits.lanes
            let tooLong = group.count { isTooLong($0) }
            guard tooLong == 0 || tooLong == limits.lanes else { return false }
            let last = group.upperBound - 1
            let span = starts[last] + plan.records[last].length - starts[cutRecords]
            guard tooLong > 0 || span <= limits.batchBytes else { return false }
        }
        return hasCredit
    }

    /// Whether there is credit for a batch that is worth it.
    private var hasCredit: Bool {
        let limits = plan.limits
        if usedCredit == 0 { return true }
        let free = limits.bufferBytes - usedCredit
        let largest = min(plan.records.reduce(0) { max($0, $1.length) }, plan.maximumLineBytes) + 1
        let oneRecord = limits.worstCharge(records: 1, bytes: largest)
        let shares = max(limits.parallelism + remoteChildren, 1)
        if free >= limits.bufferBytes / shares / 8 + oneRecord { return true }
        return free >= waitingRecords.multipliedSaturating(by: oneRecord)
    }
}
