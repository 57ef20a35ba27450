/// A duration, or a moment on a clock that only goes forward. The core never reads a clock: moments come with the events.
package typealias Nanoseconds = Int64

extension Nanoseconds {
    /// A billion.
    package static var second: Nanoseconds { 1_000_000_000 }
    /// A million.
    package static var millisecond: Nanoseconds { 1_000_000 }
}

extension FixedWidthInteger {
    /// The product, or the largest number there is.
    package func multipliedSaturating(by factor: Self) -> Self {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? .max : product
    }

    /// The sum, or the largest number there is; for numbers that are not negative.
    package func addingSaturating(_ other: Self) -> Self {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
