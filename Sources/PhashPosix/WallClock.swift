#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// The time of day, which may be set back and forth: for people, not for durations.
package enum WallClock {
    /// Nanoseconds since 1970-01-01T00:00:00Z, leap seconds not counted. clock_gettime(2)
    package static var now: Int64 {
        var time = timespec()
        let code = unsafe clock_gettime(CLOCK_REALTIME, &time)
        precondition(code == 0, "every system has this clock")
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
