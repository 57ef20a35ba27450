internal import PhashCore
internal import PhashPosix

/// A clock that stands still while the process is stopped (Ctrl-Z), so that nobody is blamed for that time.
struct RunningClock {
    private var skipped: Nanoseconds = 0
    /// When the loop last went to sleep.
    private var asleepSince: Nanoseconds

    /// While something has a deadline the loop wakes at least this often, so that a stop is known to that grain.
    static let heartbeat: Nanoseconds = 250 * .millisecond

    init() { asleepSince = MonotonicClock.now }

    var now: Nanoseconds { MonotonicClock.now - skipped }

    /// The loop is about to sleep.
    mutating func willSleep() { asleepSince = MonotonicClock.now }

    /// The process was stopped and goes on: what has passed since the loop went to sleep does not count.
    mutating func resumed() {
        let moment = MonotonicClock.now
        skipped += moment - asleepSince
        asleepSince = moment
    }
}
