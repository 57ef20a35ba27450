package import PhashPosix

/// Why the filter ended; contract section 6.
package enum ExitReason: Equatable, Sendable {
    /// Every record has been written; `hasErrors` when there were error records among them.
    case completed(hasErrors: Bool)
    /// Stopped by a signal, after draining or at once.
    case stopped(bySignal: Int32)
    /// The reader of stdout went away.
    case readerGone
    /// Reading stdin or writing stdout failed.
    case inputFailed(Errno)
    case outputFailed(Errno)
    /// Children cannot be started, with the reason for people.
    case workersUnavailable(String)
}
