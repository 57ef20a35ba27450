/// Deliveries that a daemon has not begun yet, in the order in which they came.
///
/// What has been delivered often may be what brought down those who had it. It is begun when nothing else is under way, and
/// until it is done nothing else is begun: so it takes no other batch along, and none of those is suspected in its place.
/// Nothing overtakes it either, or it would wait for ever where there is always something to do. Pure bookkeeping.
package struct DeliveryQueue {
    /// So often a batch was delivered before when it is suspect. Once can be anybody's misfortune: the broker counts its own
    /// crashes as well.
    package static let suspectDeliveries = 2

    private var waiting: [(delivery: Delivery, token: UInt64)] = []
    /// What was begun last was suspect.
    private var isSuspectUnderWay = false

    package init() {}

    package var count: Int { waiting.count }

    package mutating func add(_ delivery: Delivery, token: UInt64) { waiting.append((delivery, token)) }

    /// What is to be begun now, if anything.
    ///
    /// - Parameter underWay: Batches that were begun and are not done.
    package mutating func next(underWay: Int) -> (delivery: Delivery, token: UInt64)? {
        guard let first = waiting.first else { return nil }
        let isSuspect = first.delivery.earlierDeliveries >= Self.suspectDeliveries
        guard underWay == 0 || !(isSuspect || isSuspectUnderWay) else { return nil }
        isSuspectUnderWay = isSuspect
        return waiting.removeFirst()
    }

    /// Forgets all of them, and returns their tokens.
    package mutating func removeAll() -> [UInt64] {
        defer { waiting = [] }
        return waiting.map(\.token)
    }
}
