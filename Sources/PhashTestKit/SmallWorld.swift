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
            let plans = specialPlans(isOrdered: isOrdered) + remotePlans(isOrdered: isOrdered)
            return plans.map { SmallWorld(name: "\($0), \(order)", plan: $1) }
        } + daemonPlans.map { SmallWorld(name: $0, plan: $1) }
    }

    /// Worlds whose input comes in batches, as filters on other machines have cut them.
    private static var daemonPlans: [(String, WorldPlan)] {
        var death = base(workers: 2, batches: 3, isOrdered: false)
        death.takeBatches(atMost: 2, open: 3)
        death.deaths = 1
        var poison = base(workers: 2, batches: 2, isOrdered: false)
        poison.takeBatches(atMost: 2, open: 2)
        poison.records[1].nature = .crashing
        // Larger than what one batch of ours would be, and than the memory: alone it is taken all the same.
        var large = base(workers: 2, batches: 3, isOrdered: false)
        large.takeBatches(atMost: 4, open: 3)
        large.limits.bufferBytes = large.limits.worstCharge(records: 2, bytes: 1)
        large.stalls = 1
        return [
            ("batches from elsewhere, and a death", death), ("batches from elsewhere, and a poison", poison),
            ("batches from elsewhere that are too large, and a stalled reader", large),
        ]
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

    /// Worlds with children on other machines, and the child that speaks for them.
    private static func remotePlans(isOrdered: Bool) -> [(String, WorldPlan)] {
        var away = base(workers: 0, batches: 3, isOrdered: isOrdered)
        away.remoteChildren = 2
        var death = away
        death.deaths = 1
        death.remoteChanges = 1
        var returned = away
        returned.returns = 2
        returned.limits.retries = 1
        var nonsense = away
        nonsense.nonsense = 1
        var both = base(workers: 1, batches: 3, isOrdered: isOrdered)
        both.limits.hasRemote = true
        both.deaths = 1
        var poison = base(workers: 1, batches: 2, isOrdered: isOrdered)
        poison.limits.hasRemote = true
        poison.records[2].nature = .crashing
        var lost = both
        lost.losesRemote = true
        var lostAndDeath = lost
        lostAndDeath.deaths = 2
        lostAndDeath.records.removeLast(2)
        return [
            ("other machines", away), ("other machines, a death, and a count of less", death),
            ("other machines that give a part back, twice", returned), ("other machines, and nonsense", nonsense),
            ("a worker, other machines, and a death", both), ("a worker, other machines, and a poison", poison),
            ("a worker, and other machines that are lost", lost),
            ("a worker, other machines that are lost, and a death besides", lostAndDeath),
        ]
    }

    private static func base(workers: Int, batches: Int, isOrdered: Bool) -> WorldPlan {
        var limits = SchedulerLimits(jobs: workers, processors: max(workers, 1), hasRemote: workers == 0)
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
