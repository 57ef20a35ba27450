internal import PhashCore
internal import PhashPosix

/// A clock that stands still while the process does not run, so that nobody is blamed for that time: stopped (Ctrl-Z),
/// frozen with its container, or in a virtual machine that was paused.
///
/// Nothing tells how long a stop was. But the loop knows how long it meant to sleep, and that its work between two looks
/// at the clock is short: what took much longer was a stop. A SIGCONT after it makes sure; without one it must have been
/// so long that a busy machine does not explain it.
struct RunningClock {
    /// Reads the clock that goes on regardless.
    private let read: () -> Nanoseconds
    private(set) var skipped: Nanoseconds = 0
    private var lastLook: Nanoseconds
    /// What was counted of a stop that was found just now and that no signal has made sure of.
    private var countedOfStop: Nanoseconds = 0
    /// When the loop went to sleep, and for how long at most; nil for no limit.
    private var asleepSince: Nanoseconds
    private var intendedSleep: Nanoseconds?
    /// When it last woke up, and how long it then worked until it slept again.
    private var awakeSince: Nanoseconds
    private var workBefore: Nanoseconds = 0

    /// While something has a deadline the loop wakes at least this often, so that a stop is known to that grain.
    static let heartbeat: Nanoseconds = 250 * .millisecond
    /// A delay that needs no explanation on a busy machine.
    static let tolerance: Nanoseconds = 100 * .millisecond
    /// A delay that is a stop even if no signal says so.
    static let unannouncedStop: Nanoseconds = .second

    init(read: @escaping () -> Nanoseconds = { MonotonicClock.now }) {
        self.read = read
        lastLook = read()
        asleepSince = lastLook
        awakeSince = lastLook
    }

    /// Steps back when `resumed` finds that what has been said since included a stop.
    var now: Nanoseconds {
        mutating get { look(expected: 0) - skipped }
    }

    /// The loop is about to sleep, at most so long.
    mutating func willSleep(atMost duration: Nanoseconds?) {
        countedOfStop = 0
        asleepSince = look(expected: 0)
        workBefore = asleepSince - awakeSince
        intendedSleep = duration
    }

    /// The loop has woken up.
    mutating func didWake() { awakeSince = look(expected: intendedSleep) }

    /// A SIGCONT came. If the process was stopped before it, that time does not count. Without an intended end of the
    /// sleep nothing was due, and nobody can be blamed.
    mutating func resumed() {
        let moment = look(expected: 0)
        skipped += countedOfStop
        if let intendedSleep, moment - asleepSince > intendedSleep + Self.tolerance { skipped += moment - asleepSince }
        if workBefore > Self.tolerance { skipped += workBefore }
        countAnew(from: moment)
    }

    /// Reads the clock.
    ///
    /// - Parameter expected: How much later it may well be than the last time; nil for no limit.
    private mutating func look(expected: Nanoseconds?) -> Nanoseconds {
        let moment = read()
        let passed = moment - lastLook
        lastLook = moment
        if let expected, passed > expected.addingSaturating(Self.unannouncedStop) {
            // Not all of it: where every call of ours takes that long, time would stand still and nobody ever be late.
            skipped += passed - Self.tolerance
            countAnew(from: moment)
            countedOfStop = Self.tolerance
        }
        return moment
    }

    private mutating func countAnew(from moment: Nanoseconds) {
        countedOfStop = 0
        workBefore = 0
        asleepSince = moment
        awakeSince = moment
        intendedSleep = nil
    }
}
