package import PhashPosix

/// Why the filter ended; contract section 6.
package enum ExitReason: Equatable, Sendable {
    /// Every record has been written; `hasErrors` when there were error records among them.
    case completed(hasErrors: Bool)
    /// Every record has been checked.
    case checked(CheckSummary)
    /// Stopped by a signal, after draining or at once.
    case stopped(bySignal: Int32)
    /// The reader of stdout went away.
    case readerGone
    /// Reading stdin failed.
    case inputFailed(Errno)
    /// Writing stdout failed.
    case outputFailed(Errno)
    /// The file for Prometheus cannot be written, and nothing has been read.
    case metricsFailed(path: String, reason: String)
    /// Children cannot be started, with the reason for people.
    case workersUnavailable(String)
    /// There is no way to other machines, with the reason for people.
    case brokerUnavailable(String)

    /// What stderr says about it; nil when nothing is to be said.
    package var message: String? {
        switch self {
        case .completed, .stopped, .readerGone: nil
        case .checked(let summary): summary.messages.isEmpty ? nil : summary.messages.joined(separator: "\n")
        case .inputFailed(let error): "phash: standard input: \(error)"
        case .outputFailed(let error): "phash: standard output: \(error)"
        case .metricsFailed(let path, let reason): "phash: metrics file '\(Self.printable(path))': \(reason)"
        case .workersUnavailable(let reason): "phash: \(reason)"
        case .brokerUnavailable(let reason): "phash: broker: \(reason)"
        }
    }

    /// A path without what could lead a terminal astray.
    private static func printable(_ path: String) -> String {
        String(path.map { $0.unicodeScalars.contains { $0.properties.generalCategory == .control } ? "?" : $0 })
    }

    /// The status that this process exits with; nil when it ends by a signal.
    package var status: ExitCode? {
        switch self {
        case .completed(hasErrors: false): .success
        case .completed(hasErrors: true): .errorRecords
        case .checked(let summary): summary.status
        case .inputFailed, .outputFailed, .metricsFailed: .inputOutput
        case .workersUnavailable: .software
        case .brokerUnavailable: .unavailable
        case .stopped, .readerGone: nil
        }
    }

    /// Ends this process accordingly.
    package func terminate() -> Never {
        if let message { StandardError.write(message + "\n") }
        switch self {
        case .stopped(let signal): Signals.die(by: signal)
        case .readerGone: Signals.die(by: Signals.brokenPipe)
        case .completed, .checked, .inputFailed, .outputFailed, .metricsFailed, .workersUnavailable,
            .brokerUnavailable:
            ProcessExit.exit((status ?? .software).rawValue)
        }
    }
}

/// Exit statuses; those from 64 on are sysexits.h's.
package enum ExitCode: Int32, Sendable {
    /// Every record hashed.
    case success = 0
    /// At least one error record, or one that does not hold.
    case errorRecords = 1
    /// EX_USAGE
    case usage = 64
    /// EX_DATAERR: what was to be checked is no output of phash.
    case malformedInput = 65
    /// EX_UNAVAILABLE: the broker, or the program that speaks to it.
    case unavailable = 69
    /// EX_SOFTWARE: workers cannot be started, or a bug.
    case software = 70
    /// EX_IOERR: read or write error.
    case inputOutput = 74
    /// EX_CONFIG: the environment or the configuration file.
    case configuration = 78
}
