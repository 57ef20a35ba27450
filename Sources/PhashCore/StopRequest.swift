/// A signal that asked to stop, and when.
package struct StopRequest: Sendable {
    package let signal: Int32
    package let since: Nanoseconds

    package init(signal: Int32, since: Nanoseconds) {
        self.signal = signal
        self.since = since
    }

    /// Whether a signal is the same one again within a moment, as timeout(1) and its like send it: to us, and to the group that
    /// we are in.
    package func isEchoed(by signal: Int32, at now: Nanoseconds) -> Bool {
        signal == self.signal && now - since < SchedulerLimits.signalDebounce
    }
}
