internal import PhashCore

/// A child of a simulated world.
struct SimulatedChild {
    enum State: Equatable {
        case starting
        case working
        /// Killed by the scheduler; its end has not been noticed.
        case killed
    }

    var state = State.starting
    /// What it was given, first come first served.
    var orders: [Assignment] = []
    /// Whether it has begun the first of them.
    var hasBegun = false
    /// Whether it has answered after it was killed.
    var hasAnsweredLate = false
    /// The last ticket that it noted.
    var begunTicket: UInt64?
}
