package import PhashCore

/// The replies in what a child says, which arrives in pieces of any size.
package struct ReplyStream {
    /// Bytes of a reply that has not arrived whole.
    private var partial: [UInt8] = []

    package init() {}

    /// The replies that `bytes` complete. Whatever is no reply is nil in the list: the child is not to be believed.
    package mutating func replies(completedBy bytes: ArraySlice<UInt8>) -> [WorkerReply?] {
        partial.append(contentsOf: bytes)
        var replies: [WorkerReply?] = []
        var start = 0
        while partial.count - start >= WorkerReply.byteCount {
            let end = start + WorkerReply.byteCount
            replies.append(WorkerReply(decoding: Array(partial[start..<end])))
            start = end
        }
        partial.removeFirst(start)
        return replies
    }
}

/// What a child has been given and has not answered: its replies are held against it.
package struct OpenOrders {
    private var orders: [UInt64: PartOrder] = [:]

    package init() {}

    /// Notes an order that the child is given.
    package mutating func add(_ order: PartOrder) { orders[order.ticket] = order }

    /// How many are open.
    package var count: Int { orders.count }

    /// Takes an order back that came to nothing; false when there is none of that ticket.
    package mutating func takeBack(ticket: UInt64) -> Bool { orders.removeValue(forKey: ticket) != nil }

    /// The order that a reply answers, which is open no more; nil when the reply cannot be believed.
    ///
    /// Believed are results that lie in the room that was given for them, and counts of no more records than there are. A lie is not an answer that another order is waiting for: the child has to be ended.
    package mutating func settle(ticket: UInt64, resultBytes: UInt64, tally: PartTally) -> PartOrder? {
        guard let order = orders.removeValue(forKey: ticket), resultBytes <= order.resultsCapacity,
            tally.isPossible(records: Int(order.recordCount))
        else { return nil }
        return order
    }
}
