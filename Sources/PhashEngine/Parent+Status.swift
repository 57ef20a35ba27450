internal import PhashCore
internal import PhashPosix

extension Parent {
    /// The status that SIGUSR1 asks for: one line of JSON. Contract section 11.
    func statusLine() -> String {
        let statistics = scheduler.statistics
        let elapsed = max(Double(MonotonicClock.now - startTime) / 1e9, 1e-9)
        let workers = scheduler.workers.indices.compactMap { index in workerStatus(index, elapsed: elapsed) }
        let members = [
            "\"elapsed_s\":\(decimal(elapsed))",
            "\"records_in\":\(statistics.recordsIn)",
            "\"records_out\":\(statistics.recordsOut)",
            "\"errors\":\(statistics.errors)",
            "\"bytes_in\":\(statistics.bytesIn)",
            "\"bytes_out\":\(statistics.bytesOut)",
            "\"records_per_s\":\(decimal(Double(statistics.recordsOut) / elapsed))",
            "\"in_flight\":\(statistics.inFlight)",
            "\"buffered_bytes\":\(scheduler.credits.used + input.count)",
            "\"jobs\":\(settings.jobs)",
            "\"busy\":\(scheduler.busyCount)",
            "\"restarts\":\(statistics.restarts)",
            "\"workers\":[\(workers.joined(separator: ","))]",
        ]
        return "{\(members.joined(separator: ","))}\n"
    }

    /// One worker; nil when it never had a child. Between two children its `pid` is null.
    private func workerStatus(_ index: Int, elapsed: Double) -> String? {
        let statistics = scheduler.workers[index].statistics
        guard statistics.starts > 0 else { return nil }
        let pid = children[index].map { "\($0.pid)" } ?? "null"
        let share = min(Double(statistics.busy) / 1e9 / elapsed, 1)
        return "{\"pid\":\(pid),\"records\":\(statistics.records),\"busy_share\":\(decimal(share)),"
            + "\"restarts\":\(statistics.restarts)}"
    }

    /// Three digits behind the point are enough for people and for graphs.
    private func decimal(_ value: Double) -> String {
        let thousandths = UInt64((value * 1000).rounded())
        let fraction = String(thousandths % 1000)
        return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
    }
}
