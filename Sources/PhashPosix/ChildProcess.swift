internal import CPhashPosix

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// How a process ended.
package enum ExitStatus: Equatable, Sendable {
    case exited(Int32)
    case signaled(Int32)

    /// Reads a wait status. wait(2)
    package init(waitStatus: Int32) {
        let value = phash_status_value(waitStatus)
        self = phash_status_is_signal(waitStatus) != 0 ? .signaled(value) : .exited(value)
    }
}

extension ExitStatus: CustomStringConvertible {
    /// Such as `exited with status 1` or `was killed by signal 9 (Killed)`.
    package var description: String {
        switch self {
        case .exited(let status):
            return "exited with status \(status)"
        case .signaled(let signal):
            guard let text = unsafe strsignal(signal) else { return "was killed by signal \(signal)" }
            return unsafe "was killed by signal \(signal) (\(String(cString: text)))"
        }
    }
}

/// A connected pair of sockets: the parent keeps the first end, which does not block, and the child gets the second.
package struct DoorbellPair: ~Copyable {
    package let parentEnd: FileDescriptor
    package let childEnd: FileDescriptor

    /// socketpair(2)
    package init() throws(Errno) {
        var ends: [Int32] = [-1, -1]
        guard unsafe ends.withUnsafeMutableBufferPointer({ unsafe phash_doorbell_pair($0.baseAddress!) }) >= 0 else {
            throw Errno.current
        }
        // Owned first, so that neither stays open when moving one fails.
        let first = FileDescriptor(owning: ends[0])
        let second = FileDescriptor(owning: ends[1])
        let movedFirst = try first.duplicate()
        let movedSecond = try second.duplicate()
        parentEnd = movedFirst
        childEnd = movedSecond
    }

    /// Closes the child's end, which the child has by now, and returns the parent's.
    package consuming func keepParentEnd() -> FileDescriptor { parentEnd }
}

/// Our own program as a child.
package enum ChildProcess {
    /// Where a child finds what it was given.
    package static let doorbellDescriptor: Int32 = 3
    package static let inputDescriptor: Int32 = 4
    package static let resultsDescriptor: Int32 = 5

    /// Starts a program as a child and returns its process id. posix_spawn(3)
    ///
    /// - Parameters:
    ///   - path: The program; nil for this one.
    ///   - mode: Its only argument.
    package static func spawn(
        _ path: String?, mode: String, doorbell: Int32, input: Int32, results: Int32
    ) throws(Errno) -> Int32 {
        precondition(min(doorbell, input, results) > resultsDescriptor)
        var pid: pid_t = 0
        let code = unsafe (path ?? "/proc/self/exe").withCString { path in
            unsafe mode.withCString { mode in unsafe phash_spawn_child(&pid, path, mode, doorbell, input, results) }
        }
        guard code == 0 else { throw Errno(code: code) }
        return pid
    }

    /// Kills a process; that it is gone already is no failure. kill(2)
    package static func kill(_ pid: Int32) {
        precondition(pid > 0)
        _ = Platform.kill(pid, SIGKILL)
    }

    /// The wait status of a child that has ended, removing it from the process table; nil while it lives. waitpid(2)
    package static func reap(_ pid: Int32) -> Int32? {
        precondition(pid > 0)
        var status: Int32 = 0
        while true {
            let result = unsafe waitpid(pid, &status, WNOHANG)
            if result == pid { return status }
            if result == 0 { return nil }
            let failure = Errno.current
            if failure == .interrupted { continue }
            // Somebody else has reaped it; it is gone, and nobody knows how.
            precondition(failure == .noChild)
            return 0
        }
    }

    /// Whether this process was started as a worker: only then is its doorbell a socket. fstat(2)
    package static var hasDoorbell: Bool { phash_is_socket(doorbellDescriptor) != 0 }

    /// Makes this process a proper worker that others cannot look into. To be called first in the child.
    package static func settle() { phash_worker_settle() }

    /// Whether that process is still the parent: one that died before `settle` takes nobody with it. getppid(2)
    package static func isChild(of parent: Int32) -> Bool { getppid() == parent }

    /// Leaves this process nothing but its doorbell, standard error and memory: any other system call kills it from now
    /// on. Not every system can do that. seccomp(2)
    package static func confine() throws(Errno) {
        guard phash_worker_confine() == 0 else { throw Errno.current }
    }

    /// This process. getpid(2)
    package static var currentIdentifier: Int32 { getpid() }

    /// Ends this process at once, without running anything at exit. _exit(2)
    package static func exitAtOnce(_ status: Int32) -> Never { _exit(status) }

    /// Ends this process by SIGABRT. abort(3)
    package static func abortAtOnce() -> Never { abort() }

}
