internal import PhashCore

/// What must hold.
extension SimulatedWorld {
    /// After every step.
    func checkAlways() throws(Violation) {
        let limits = plan.limits
        var charges = 0
        var single = true
        for address in contents.keys {
            let batch = scheduler.batch(at: address)
            charges += batch.charge
            single = single && batch.recordCount == 1
        }
        guard charges == scheduler.credits.used else {
            throw violation("batches are charged \(charges), the credits say \(scheduler.credits.used)")
        }
        guard charges <= limits.bufferBytes || (contents.count == 1 && single) else {
            throw violation("\(charges) bytes in use of \(limits.bufferBytes)")
        }
        guard contents.count == scheduler.windowCount, contents.count <= SchedulerLimits.windowBatches else {
            throw violation("\(contents.count) batches, the scheduler counts \(scheduler.windowCount)")
        }
        if scheduler.outcome == nil { try checkWorkConservation() }
        if limits.isOrdered { try checkOrder() }
    }

    /// No child is idle while a record waits that it could take.
    private func checkWorkConservation() throws(Violation) {
        guard scheduler.waitingCount > 0, scheduler.credits.used == 0 else { return }
        // Nothing is in use, so one record always fits and some worker always has a slot.
        let canStart = scheduler.workers.contains { $0.phase == .absent && $0.startNotBefore <= now }
        let isIdle = scheduler.workers.contains { $0.isIdle }
        guard !canStart && !isIdle else {
            throw violation("\(scheduler.waitingCount) records wait while a worker could take them")
        }
    }

    private func checkOrder() throws(Violation) {
        guard written.count >= 2 else { return }
        let numbers = written.suffix(64).map(\.number)
        for (number, next) in zip(numbers, numbers.dropFirst()) where next <= number {
            throw violation("line \(next) left after line \(number)")
        }
    }

    /// When the scheduler says that it is done. Returns the number of steps.
    func end(_ outcome: Outcome) throws(Violation) -> Int {
        switch outcome {
        case .aborted:
            guard plan.stops > 1 else { throw violation("aborted without a second signal") }
            return steps
        case .startsFailed:
            guard plan.startFailures + plan.deaths + killedStarts >= SchedulerLimits.startFailures else {
                throw violation("gave up starting children too early")
            }
            return steps
        case .completed:
            break
        }
        let readRecords = Int(scheduler.statistics.recordsIn)
        guard hasStopped || readRecords == expectedRecords else {
            throw violation("\(readRecords) of \(expectedRecords) records were found")
        }
        guard written.map(\.number).sorted() == Array(1..<readRecords + 1) else {
            throw violation("not each of \(readRecords) records left exactly once: \(written.map(\.number))")
        }
        for line in written {
            let record = plan.records[line.number - 1]
            let isTooLong = record.length > plan.maximumLineBytes
            let isGivenUp = aloneDeaths[line.number, default: 0] > plan.limits.retries
            guard line.isError == (isTooLong || isGivenUp) else {
                throw violation("line \(line.number) is wrongly \(line.isError ? "an error" : "a result")")
            }
            guard record.nature == .ordinary || isTooLong || line.isError else {
                throw violation("line \(line.number) cannot have a result")
            }
        }
        guard Int(scheduler.statistics.errors) == written.count(where: \.isError) else {
            throw violation("errors were counted wrongly")
        }
        guard scheduler.credits.used == 0, contents.isEmpty else { throw violation("not all was given back") }
        return steps
    }

    /// A last record of no bytes without a delimiter is none.
    private var expectedRecords: Int {
        guard let last = plan.records.last else { return 0 }
        return plan.records.count - (last.length == 0 && !plan.endsWithDelimiter ? 1 : 0)
    }
}
