internal import PhashCore
internal import PhashEngine
internal import PhashPosix

/// What a daemon has done, for `--metrics-file` and SIGUSR1.
struct DaemonMetrics {
    /// Batches taken from the queue, those that came again included.
    var taken: UInt64 = 0
    var redelivered: UInt64 = 0
    /// Batches whose answer is safe with the broker.
    var answered: UInt64 = 0
    var refused: UInt64 = 0
    /// Batches whose filter was gone when they were done.
    var orphaned: UInt64 = 0
    /// Connections that broke or did not come about.
    var reconnects: UInt64 = 0

    private let file: ReplacedFile?
    private let version: String
    private let jobs: Int
    private let start = WallClock.now
    private var children = 0
    private var busy = 0
    private var open = 0
    private var restarts: UInt64 = 0
    private var hasFailed = false
    /// When the file is replaced next; nil without one.
    private(set) var due: Nanoseconds?

    private static let interval: Nanoseconds = 5 * .second

    init(path: String?, version: String, jobs: Int) {
        file = path.map { ReplacedFile(path: $0) }
        self.version = version
        self.jobs = jobs
        if file != nil { due = MonotonicClock.now + Self.interval }
    }

    /// Why the file cannot be written.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Finds out whether the file can be written, before anything is taken.
    func prepare() throws(Failure) {
        guard let file else { return }
        let isReplaceable: Bool
        do throws(Errno) {
            isReplaceable = try file.canBeReplaced()
            if isReplaceable { try file.replace(with: text) }
        } catch {
            throw Failure(description: "metrics file '\(file.path)': \(error)")
        }
        guard isReplaceable else {
            throw Failure(description: "metrics file '\(file.path)': is there and is no regular file")
        }
    }

    mutating func note(_ crews: CrewTable, openCount: Int) {
        children = crews.childCount
        busy = crews.busyCount
        open = openCount
        restarts = crews.restarts
    }

    mutating func replaceIfDue(now: Nanoseconds) {
        guard let due, due <= now else { return }
        self.due = now + Self.interval
        replace()
    }

    mutating func replace() {
        guard let file else { return }
        do throws(Errno) {
            try file.replace(with: text)
            hasFailed = false
        } catch {
            if !hasFailed { StandardError.write("phash-amqp: metrics file '\(file.path)': \(error); trying again\n") }
            hasFailed = true
        }
    }

    private var text: String {
        var text = MetricsText()
        text.add("worker_build_info", .gauge, "What is running; the value is always 1.", 1, label: ("version", version))
        text.add("worker_start_time_seconds", .gauge, "When it began, seconds since 1970.", UInt64(start / .second))
        text.add("batches_taken_total", .counter, "Batches taken from the queue.", taken)
        text.add("batches_redelivered_total", .counter, "Batches among them that others had had.", redelivered)
        text.add("batches_answered_total", .counter, "Batches whose answer the broker has.", answered)
        text.add("batches_refused_total", .counter, "Batches that cannot be done here.", refused)
        text.add("batches_orphaned_total", .counter, "Batches whose filter was gone.", orphaned)
        text.add("broker_failures_total", .counter, "Connections that broke or did not come about.", reconnects)
        text.add("open_batches", .gauge, "Batches under way.", UInt64(open))
        text.add("jobs", .gauge, "Children at most.", UInt64(jobs))
        text.add("children", .gauge, "Children there are.", UInt64(children))
        text.add("workers_busy", .gauge, "Children that have something to do.", UInt64(busy))
        text.add("restarts_total", .counter, "Children started in the place of others.", restarts)
        return text.text
    }

    /// The line that SIGUSR1 asks for.
    func statusLine(_ crews: CrewTable, openCount: Int) -> String {
        "{\"batches_taken\":\(taken),\"batches_redelivered\":\(redelivered),\"batches_answered\":\(answered),"
            + "\"batches_refused\":\(refused),\"batches_orphaned\":\(orphaned),\"broker_failures\":\(reconnects),"
            + "\"open_batches\":\(openCount),\"jobs\":\(jobs),\"children\":\(crews.childCount),"
            + "\"busy\":\(crews.busyCount),\"restarts\":\(crews.restarts)}\n"
    }
}
