internal import PhashCore

extension WorldPlan {
    /// What can be made more usual about a world.
    static let simplifications: [@Sendable (inout WorldPlan) -> Void] = [
        { plan in
            plan.limits.hasRemote = false
            plan.limits.jobs = max(plan.limits.jobs, 1)
        },
        { $0.limits.takesBatches = false },
        { $0.limits.jobs = 1 },
        { $0.limits.jobs = max($0.limits.jobs - 1, 1) },
        { $0.limits.processors = 1 },
        { $0.limits.slotsPerWorker = 8 },
        { $0.limits.batchRecords = 64 },
        { $0.limits.batchBytes = 4096 },
        { $0.limits.readBytes = 4096 },
        { $0.limits.inputBytes = 8192 },
        { $0.limits.bufferBytes = 100_000 },
        { $0.limits.resultBytesPerRecord = 200 },
        { $0.limits.retries = 0 },
        { $0.limits.isOrdered = true },
        { $0.limits.lanes = 1 },
        { $0.limits.estimatedRecordCost = 100_000 },
        { $0.limits.timeout = nil },
        { $0.endsWithDelimiter = true },
        { $0.inputFailsAfter = nil },
        { $0.liesAboutTime = false },
        { $0.hidesBeginnings = false },
        { $0.skipInterval = 0 },
        { $0.clock = .patient },
        { $0.actsAtOnce = true },
        { $0.hashesApart = false },
        // How often they may happen does not tell how often they do: the script tells.
        { $0.deaths = 0 }, { $0.hangs = 0 }, { $0.startFailures = 0 }, { $0.nonsense = 0 }, { $0.stops = 0 },
        { $0.stalls = 0 }, { $0.wouldBlocks = 0 }, { $0.outgrowths = 0 },
        { $0.remoteChildren = 1 }, { $0.remoteChanges = 0 }, { $0.returns = 0 }, { $0.losesRemote = false },
        { $0.arrivalRecords = 8 }, { $0.openArrivals = 4 },
    ]

    static let recordSimplifications: [@Sendable (inout SimulatedRecord) -> Void] = [
        { $0.nature = .ordinary }, { $0.length = 4 }, { $0.cost = 1_000_000 },
    ]

    /// How much of it could still be made more usual.
    var strangeness: Int {
        var count = 0
        for change in Self.simplifications {
            var simpler = self
            change(&simpler)
            if simpler != self { count += 1 }
        }
        for record in records {
            for change in Self.recordSimplifications {
                var simpler = record
                change(&simpler)
                if simpler != record { count += 1 }
            }
        }
        return count + limits.jobs
    }

    /// The world in words, one line for each thing that is worth telling.
    var words: [String] {
        var lines = [
            "\(limits.jobs) worker(s) with \(limits.slotsPerWorker) slots each, \(limits.processors) processor(s), "
                + "\(limits.isOrdered ? "ordered" : "unordered"), \(limits.lanes) lane(s), \(limits.retries) retries",
            "at most \(limits.batchRecords) records or \(limits.batchBytes) bytes a batch, "
                + "\(limits.readBytes) bytes a read, \(limits.inputBytes) of input, \(limits.bufferBytes) in all",
            "a record is thought to cost \(limits.estimatedRecordCost) ns and to take "
                + "\(limits.resultBytesPerRecord) bytes of results; "
                + (limits.timeout.map { "time limit \($0) ns" } ?? "no time limit") + "; clock: \(clock)",
        ]
        for (index, record) in records.enumerated() {
            let nature = record.nature == .ordinary ? "" : ", \(record.nature)"
            lines.append("line \(index + 1): \(record.length) bytes, \(record.cost) ns\(nature)")
        }
        if !endsWithDelimiter { lines.append("the last line has no delimiter") }
        if let inputFailsAfter { lines.append("reading fails after \(inputFailsAfter) bytes") }
        if limits.hasRemote { lines.append("a place for other machines with \(remoteChildren) children") }
        if limits.takesBatches {
            lines.append("the input comes in batches of up to \(arrivalRecords) records, up to \(openArrivals) open")
        }
        if liesAboutTime { lines.append("children lie about their time") }
        if hidesBeginnings { lines.append("children never say that they have begun anything") }
        if skipInterval > 0 { lines.append("one line in \(skipInterval) is left out of the output") }
        if let canary { lines.append("canary: \(canary)") }
        return lines
    }
}
