internal import PhashCore

/// A child of a simulated world.
struct SimulatedChild {
    enum Life {
        case starting, working
        /// It does nothing any more, but it is there.
        case hung
        /// Its end has not been noticed.
        case dead
    }

    /// How far it is with its current order.
    enum Stage {
        case idle, begun, hashed
    }

    var life = Life.starting
    var stage = Stage.idle
    /// Whether the shell has killed it.
    var isKilled = false
    /// Whether that was to replace its memory.
    var isRetired = false
    /// Whether it said that it is ready while that was still believed.
    var wasReady = false
    var hasTalkedNonsense = false
    /// What it was given and has not answered, or too late, the first one first.
    var orders: [Assignment] = []
    /// How many of them it has answered too late.
    var position = 0
    /// The last ticket that it noted.
    var begunTicket: UInt64?
    /// The last ticket that it answered.
    var answeredTicket: UInt64?
    /// When it is done with what it works on.
    var dueAt: Nanoseconds = 0

    /// What it works on, or would next.
    var current: Assignment? { position < orders.count ? orders[position] : nil }
}
