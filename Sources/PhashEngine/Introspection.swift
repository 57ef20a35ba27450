internal import PhashCore
internal import PhashPosix

/// Something that is due again and again, on `MonotonicClock`.
struct Repetition {
    let interval: Nanoseconds
    private(set) var due: Nanoseconds

    /// - Parameter first: When it is due for the first time.
    init(every interval: Nanoseconds, first: Nanoseconds) {
        self.interval = interval
        due = first
    }

    /// Whether it is due; then the next time is an interval later, and what was missed meanwhile is not made up for.
    mutating func isDue(now: Nanoseconds) -> Bool {
        guard due <= now else { return false }
        due = due.addingSaturating(interval)
        if due <= now { due = now.addingSaturating(interval) }
        return true
    }

    /// Makes it due at once.
    mutating func hasten(now: Nanoseconds) { due = min(due, now) }
}

/// What a run shows of itself without being asked by a signal. Nothing of it exists unless it is wanted.
struct Introspection {
    /// How often the file for Prometheus is replaced.
    private static let metricsInterval: Nanoseconds = 5 * .second

    var meter: ProgressMeter?
    var drawing: Repetition?
    var stats: Repetition?
    var metrics: Repetition?
    var latencies: Latencies?
    let metricsFile: ReplacedFile?
    /// Whether the last attempt failed, and has been told.
    var hasFailed = false
    /// When the run began, nanoseconds since 1970.
    let start: Int64
    /// Where the input began in its file; nil when it is none, or when nobody wants to know.
    let inputOffset: Int64?

    /// - Parameters:
    ///   - now: On `MonotonicClock`.
    ///   - clock: On the clock that stands still while the process is stopped.
    init(_ settings: IntrospectionSettings, now: Nanoseconds, clock: Nanoseconds) {
        start = WallClock.now
        let isShown =
            switch settings.progress {
            case .never: false
            case .automatic: Terminal.isTerminal(StandardStream.error)
            case .always: true
            }
        inputOffset = isShown ? RegularFile.offset(StandardStream.input) : nil
        if isShown {
            meter = ProgressMeter(start: clock)
            drawing = Repetition(every: ProgressMeter.interval, first: now.addingSaturating(ProgressMeter.interval))
        }
        if let interval = settings.statsNanoseconds {
            stats = Repetition(every: interval, first: now.addingSaturating(interval))
        }
        metricsFile = settings.metricsPath.map { ReplacedFile(path: $0) }
        if metricsFile != nil {
            metrics = Repetition(every: Self.metricsInterval, first: now.addingSaturating(Self.metricsInterval))
        }
        if settings.writesSummary || metricsFile != nil { latencies = Latencies() }
    }

    /// When something is due next; nil when nothing ever is. Asked in every turn of the loop.
    var nextDue: Nanoseconds? { earliest(earliest(drawing?.due, stats?.due), metrics?.due) }
}

/// The earlier of two moments, or the shorter of two durations; nil is never.
func earliest(_ first: Nanoseconds?, _ second: Nanoseconds?) -> Nanoseconds? {
    guard let first, let second else { return first ?? second }
    return min(first, second)
}
