internal import PhashCore
internal import PhashPosix

/// A clock that stands still while the process is stopped (Ctrl-Z), so that nobody is blamed for that time.
///
/// Nothing tells how long a stop was. But the loop knows how long it meant to sleep, and that its work between two
/// sleeps is short: what took much longer, and was followed by a SIGCONT, was a stop.
struct RunningClock {
    /// Reads the clock that goes on regardless.
    private let read: () -> Nanoseconds
    private(set) var skipped: Nanoseconds = 0
    /// When the loop went to sleep, and for how long at most; nil for no limit.
    private var asleepSince: Nanoseconds
    private var intendedSleep: Nanoseconds?
    /// When it last woke up, and how long it then worked until it slept again.
    private var awakeSince: Nanoseconds
    private var workBefore: Nanoseconds = 0

    /// While something has a deadline the loop wakes at least this often, so that a stop is known to that grain.
    static let heartbeat: Nanoseconds = 250 * .millisecond
    /// A delay that needs no explanation on a busy machine.
    private static let tolerance: Nanoseconds = 100 * .millisecond

    init(read: @escaping () -> Nanoseconds = { MonotonicClock.now }) {
        self.read = read
        asleepSince = read()
        awakeSince = asleepSince
    }

    /// Steps back when `resumed` finds that what has been said since included a stop.
    var now: Nanoseconds { read() - skipped }

    /// The loop is about to sleep, at most so long.
    mutating func willSleep(atMost duration: Nanoseconds?) {
        asleepSince = read()
        workBefore = asleepSince - awakeSince
        intendedSleep = duration
    }

    /// The loop has woken up.
    mutating func didWake() { awakeSince = read() }

    /// A SIGCONT came. If the process was stopped before it, that time does not count. Without an intended end of the
    /// sleep nothing was due, and nobody can be blamed.
    mutating func resumed() {
        let moment = read()
        if let intendedSleep, moment - asleepSince > intendedSleep + Self.tolerance { skipped += moment - asleepSince }
        if workBefore > Self.tolerance { skipped += workBefore }
        workBefore = 0
        asleepSince = moment
        awakeSince = moment
        intendedSleep = nil
    }
}
