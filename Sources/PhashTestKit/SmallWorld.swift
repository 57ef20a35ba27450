internal import PhashCore

/// Worlds in which every order of events can be tried.
package struct SmallWorld: Sendable, CustomStringConvertible {
    package let name: String
    package let plan: WorldPlan

    package var description: String { name }

    /// One to three workers and one to four batches of two records, without a death and with one anywhere.
    package static var grid: [SmallWorld] {
        var worlds: [SmallWorld] = []
        for workers in 1...3 {
            for batches in 1...4 {
                for deaths in 0...1 {
                    for isOrdered in [true, false] {
                        var plan = base(workers: workers, batches: batches, isOrdered: isOrdered)
                        plan.deaths = deaths
                        let name =
                            "\(count(workers, "worker")), \(count(batches, "batch", "batches")), "
                            + "\(count(deaths, "death")), \(isOrdered ? "ordered" : "unordered")"
                        worlds.append(SmallWorld(name: name, plan: plan))
                    }
                }
            }
        }
        return worlds
    }

    /// Worlds that are about one thing each.
    package static var special: [SmallWorld] {
        [true, false].flatMap { isOrdered in
            let order = isOrdered ? "ordered" : "unordered"
            return specialPlans(isOrdered: isOrdered).map { SmallWorld(name: "\($0), \(order)", plan: $1) }
        }
    }

    private static func specialPlans(isOrdered: Bool) -> [(String, WorldPlan)] {
        // Cheap records are queued two deep, so that two slots each are soon all in use. Whoever works on the first
        // record dies: the head is halved while every other slot is full of finished later batches (decision 6).
        var head = base(workers: 2, batches: 4, isOrdered: isOrdered)
        head.limits.slotsPerWorker = 2
        head.limits.estimatedRecordCost = 100
        head.records = head.records.map { _ in SimulatedRecord(length: 0, cost: 100) }
        head.records[0].nature = .crashing
        head.limits.retries = 1
        var headWithDeath = head
        headWithDeath.deaths = 1

        var twice = base(workers: 2, batches: 2, isOrdered: isOrdered)
        twice.deaths = 2
        var late = base(workers: 2, batches: 2, isOrdered: isOrdered)
        late.limits.timeout = .second
        late.clock = .whim
        late.jumps = 2
        late.limits.retries = 0
        var stop = base(workers: 2, batches: 2, isOrdered: isOrdered)
        stop.stops = 2
        var starts = base(workers: 2, batches: 2, isOrdered: isOrdered)
        starts.startFailures = 2
        var nonsense = base(workers: 2, batches: 2, isOrdered: isOrdered)
        nonsense.nonsense = 1
        var outgrown = base(workers: 2, batches: 2, isOrdered: isOrdered)
        outgrown.outgrowths = 1
        outgrown.deaths = 1
        // Room for one batch only: the second has to wait until the first has left.
        var narrow = base(workers: 2, batches: 3, isOrdered: isOrdered)
        narrow.limits.bufferBytes = narrow.limits.worstCharge(records: 2, bytes: 1)
        narrow.deaths = 1
        narrow.stalls = 1
        var silent = base(workers: 2, batches: 3, isOrdered: isOrdered)
        silent.skipInterval = 1
        silent.deaths = 1
        var partlySilent = silent
        partlySilent.skipInterval = 2
        return [
            ("the head halved while all other slots are full", head),
            ("the same with one more death", headWithDeath), ("two deaths", twice),
            ("two time limits, each at any moment", late), ("two signals", stop), ("two starts that fail", starts),
            ("nonsense once", nonsense), ("memory outgrown, and a death", outgrown),
            ("memory for one batch, a death, a stalled reader", narrow),
            ("all records left out, and a death", silent), ("half of the records left out, and a death", partlySilent),
        ]
    }

    private static func base(workers: Int, batches: Int, isOrdered: Bool) -> WorldPlan {
        var limits = SchedulerLimits(jobs: workers, processors: workers)
        limits.isOrdered = isOrdered
        limits.slotsPerWorker = 4
        limits.batchRecords = 2
        limits.lanes = 2
        limits.retries = 0
        limits.estimatedRecordCost = .second
        var plan = WorldPlan(limits: limits)
        plan.records = Array(repeating: SimulatedRecord(length: 0, cost: .second), count: 2 * batches)
        plan.clock = .patient
        plan.tick = 0
        plan.hashesApart = false
        return plan
    }

    private static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
        "\(number) \(number == 1 ? one : many ?? one + "s")"
    }
}
