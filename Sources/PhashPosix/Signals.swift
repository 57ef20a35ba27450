internal import CPhashPosix

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// A signal that this process got.
package struct SignalArrival: Equatable, Sendable {
    package let signal: Int32
    /// When it came, nanoseconds of `MonotonicClock`, if it asks to stop; else 0.
    package let time: Int64
}

/// The signals that the filter listens to. A pipe wakes the loop that waits for them.
package enum Signals {
    package static let interrupt = SIGINT
    package static let terminate = SIGTERM
    package static let hangUp = SIGHUP
    package static let status = SIGUSR1
    package static let child = SIGCHLD
    package static let resumed = SIGCONT
    package static let brokenPipe = SIGPIPE

    /// Starts listening and returns the descriptor on which signals arrive.
    ///
    /// INT, TERM, HUP and USR1 stay ignored when they were (`nohup`, `&`). SIGXFSZ is ignored, so that a file size
    /// limit is a write error like any other. sigaction(2)
    package static func listen() throws(Errno) -> Int32 {
        let descriptor = phash_signal_pipe()
        guard descriptor >= 0 else { throw Errno.current }
        for signal in [interrupt, terminate, hangUp, status] {
            guard phash_signal_catch(signal) >= 0 else { throw Errno.current }
        }
        for signal in [child, resumed] {
            guard phash_signal_take(signal) >= 0 else { throw Errno.current }
        }
        _ = phash_signal_ignore(SIGXFSZ)
        return descriptor
    }

    /// Ignores SIGPIPE and tells whether it was ignored before.
    package static func ignoreBrokenPipe() -> Bool { phash_signal_ignore(SIGPIPE) != 0 }

    /// The signals that have arrived since the last call: SIGCONT first, then SIGCHLD, those that ask to stop in their
    /// order, and SIGUSR1. All but those that ask to stop count once, however often they came.
    package static func arrived(on descriptor: Int32) -> [SignalArrival] {
        // The bytes first: one that comes later wakes the next poll.
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let outcome = unsafe buffer.withUnsafeMutableBytes { memory in
                try? unsafe DescriptorIO.read(descriptor, into: memory)
            }
            guard case .bytes(buffer.count) = outcome else { break }
        }
        var signals: [SignalArrival] = []
        while true {
            var time: Int64 = 0
            let signal = unsafe phash_signal_next(&time)
            if signal == 0 { return signals }
            signals.append(SignalArrival(signal: signal, time: time))
        }
    }

    /// Ends this process by a signal's default action, so that whoever waits for it sees that signal.
    package static func die(by signal: Int32) -> Never {
        phash_signal_die(signal)
        // Only a signal whose default action is not to end a process gets here.
        exit(128 + signal)
    }
}
