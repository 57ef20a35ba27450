#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// What is waited for on a descriptor.
package enum PollInterest: Sendable {
    /// Nothing to read yet, but trouble: the other end is gone.
    case trouble
    case input
    case output
}

/// What poll(2) found on a descriptor.
package struct PollReadiness: Equatable, Sendable {
    let events: Int16

    package var isReadable: Bool { events & Int16(POLLIN) != 0 }
    package var isWritable: Bool { events & Int16(POLLOUT) != 0 }
    package var isHungUp: Bool { events & Int16(POLLHUP) != 0 }
    package var hasError: Bool { events & Int16(POLLERR) != 0 }
    /// Not an open descriptor.
    package var isInvalid: Bool { events & Int16(POLLNVAL) != 0 }
    /// The other end is gone, or there is no descriptor.
    package var isBroken: Bool { isHungUp || hasError || isInvalid }
    package var isQuiet: Bool { events == 0 }
}

/// The descriptors of one turn of the loop.
package struct PollSet {
    private var entries: [pollfd] = []

    package init() {}

    package mutating func removeAll() { entries.removeAll(keepingCapacity: true) }

    /// Adds a descriptor and returns its place in the set. A negative one is passed over by the system.
    package mutating func add(_ number: Int32, _ interest: PollInterest) -> Int {
        let events: Int32 =
            switch interest {
            case .trouble: 0
            case .input: Int32(POLLIN)
            case .output: Int32(POLLOUT)
            }
        entries.append(pollfd(fd: number, events: Int16(events), revents: 0))
        return entries.count - 1
    }

    package subscript(index: Int) -> PollReadiness { PollReadiness(events: entries[index].revents) }

    /// Waits until something is ready, a time is over, or a signal comes; the latter two leave all entries quiet.
    ///
    /// - Parameter milliseconds: nil waits without end.
    /// - Returns: Whether a signal cut it short. poll(2)
    @discardableResult
    package mutating func wait(milliseconds: Int32?) throws(Errno) -> Bool {
        let count = unsafe entries.withUnsafeMutableBufferPointer { buffer in
            unsafe poll(buffer.baseAddress, nfds_t(buffer.count), milliseconds ?? -1)
        }
        guard count < 0 else { return false }
        let failure = Errno.current
        guard failure == .interrupted || failure == .again else { throw failure }
        for index in entries.indices { entries[index].revents = 0 }
        return true
    }

    /// The same for a time in nanoseconds, 0 or more, rounded up: when the wait is over, so is the time.
    @discardableResult
    package mutating func wait(nanoseconds: Int64?) throws(Errno) -> Bool {
        try wait(milliseconds: nanoseconds.map { Int32(clamping: $0 / 1_000_000 + ($0 % 1_000_000 > 0 ? 1 : 0)) })
    }
}
