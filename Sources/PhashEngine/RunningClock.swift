internal import PhashCore
internal import PhashPosix

/// A clock that stands still while the process is stopped (Ctrl-Z), so that nobody is blamed for that time.
struct RunningClock {
    /// Reads the clock that goes on regardless.
    private let read: () -> Nanoseconds
    private var skipped: Nanoseconds = 0
    /// When the loop went to sleep the last two times.
    private var asleepSince: Nanoseconds
    private var asleepBefore: Nanoseconds

    /// While something has a deadline the loop wakes at least this often, so that a stop is known to that grain.
    static let heartbeat: Nanoseconds = 250 * .millisecond

    init(read: @escaping () -> Nanoseconds = { MonotonicClock.now }) {
        self.read = read
        asleepSince = read()
        asleepBefore = asleepSince
    }

    /// Steps back when `resumed` finds that what has been said since included a stop.
    var now: Nanoseconds { read() - skipped }

    /// The loop is about to sleep.
    mutating func willSleep() {
        asleepBefore = asleepSince
        asleepSince = read()
    }

    /// The process was stopped and goes on. It was while the loop slept, or just before: the longer of the two times
    /// does not count.
    mutating func resumed() {
        let moment = read()
        skipped += max(moment - asleepSince, asleepSince - asleepBefore)
        asleepSince = moment
        asleepBefore = moment
    }
}
