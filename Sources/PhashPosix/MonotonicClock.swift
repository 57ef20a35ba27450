#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// A clock that only goes forward, and whose hands mean nothing.
package enum MonotonicClock {
    /// Nanoseconds. clock_gettime(2)
    package static var now: Int64 {
        var time = timespec()
        let code = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        precondition(code == 0, "every system we run on has this clock")
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
