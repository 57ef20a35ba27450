internal import PhashCore

/// The state of a run at one moment. Whatever shows a run reads this, so that no two of them can disagree.
struct RunReport: Equatable {
    /// One worker, over all its children.
    struct Worker: Equatable {
        /// From 1.
        let number: Int
        /// Its child; nil between two of them, and at the end.
        var pid: Int32?
        var statistics: WorkerStatistics
        /// Memory of its child, bytes; nil without one, or when nobody has asked.
        var residentBytes: Int?
    }

    /// Since the start, times included in which the process was stopped.
    var elapsed: Nanoseconds
    var statistics: Statistics
    /// Input kept and results not yet written, as `--buffer` counts them.
    var bufferedBytes: Int
    /// Children at most.
    var jobs: Int
    /// Workers that have something to do.
    var busy: Int
    /// Those that have had a child.
    var workers: [Worker]

    /// Records written, on average.
    var recordsPerSecond: Double { Double(statistics.recordsOut) / elapsedSeconds }

    var elapsedSeconds: Double { max(Double(elapsed) / 1e9, 1e-9) }

    /// What part of the run a worker was at work, 0...1.
    func busyShare(of worker: Worker) -> Double {
        min(Double(worker.statistics.busy) / 1e9 / elapsedSeconds, 1)
    }
}

/// For how long records were in the process, from the read that completed them to the write that took the last of their
/// bytes.
struct LatencyReport: Equatable {
    /// Records that have left.
    var count: UInt64 = 0
    /// Of all of them together, nanoseconds.
    var sum: Double = 0
    var longest: Nanoseconds = 0
    /// For each of `shares`.
    var quantiles: [Nanoseconds] = []

    /// The shares of records that are told, with the names of their members.
    static let shares: [(name: String, share: Double)] = [
        ("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p999", 0.999),
    ]

    var mean: Double { count == 0 ? 0 : sum / Double(count) }
}
