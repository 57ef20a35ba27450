internal import PhashPosix
internal import PhashWire

/// What a link does, in its thread.
final class LinkThread {
    private static let firstPause: Int64 = 100_000_000
    private static let longestPause: Int64 = 5_000_000_000
    /// A connection that stood for so long, nanoseconds, was a good one.
    private static let goodTime: Int64 = 5_000_000_000

    private let link: Link
    private var generation: LinkGeneration = 0
    /// What was said and is not done yet.
    private var orders: [Link.Order] = []
    private var confirms = Confirms()
    private var isBlocked = false
    private var isConsuming = true
    private var isClosed = false
    /// How long to wait before the next attempt, nanoseconds.
    private var pause = LinkThread.firstPause

    init(_ link: Link) { self.link = link }

    /// Connects, serves, and connects again, until it is told to close.
    func run() {
        while !isClosed {
            var start: Int64?
            do throws(LinkFailure) {
                let connection = try connect()
                start = MonotonicClock.now
                generation += 1
                link.post(.connected(generation))
                try serve(connection)
            } catch {
                // The connection is gone by now, and closed.
                link.forgetSocket()
                link.post(.disconnected(error))
                if let start, MonotonicClock.now - start >= Self.goodTime { pause = Self.firstPause }
                rest(for: error.isFinal ? nil : pause / 2 + .random(in: 0...pause / 2))
                pause = min(2 * pause, Self.longestPause)
            }
        }
        link.forgetSocket()
        link.post(.closed)
    }

    /// Waits, for ever where there is no use in trying again, or until the link is told to close.
    private func rest(for nanoseconds: Int64?) {
        let end = nanoseconds.map { MonotonicClock.now + $0 }
        while true {
            orders += link.orders.takeAll()
            orders.removeAll { Self.isVoid($0) }
            isClosed = orders.contains { $0.command.closes }
            let rest = end.map { $0 - MonotonicClock.now }
            if isClosed || (rest ?? 1) <= 0 { return }
            wait(nanoseconds: rest)
        }
    }

    /// Whether an order is only for the connection that it was given to.
    private static func isVoid(_ order: Link.Order) -> Bool {
        switch order.command {
        case .publish, .acknowledge, .reject: true
        case .stopConsuming, .countConsumers, .deleteQueue, .close: false
        }
    }

    // MARK: Connecting

    private func connect() throws(LinkFailure) -> Connection {
        confirms = Confirms()
        isBlocked = false
        let connection = try Connection(link.address, name: link.name) { link.use(socket: $0) }
        let topology = link.topology
        for declaration in topology.declarations { try connection.declare(declaration) }
        switch link.role {
        case .publisher:
            try connection.confirmPublications()
        case .worker:
            break
        case .replies(let run, _):
            for declaration in topology.declarations(of: run) { try connection.declare(declaration) }
        }
        if isConsuming {
            for consumer in consumers {
                try connection.consume(consumer.queue, prefetch: consumer.prefetch, name: consumer.name)
            }
        }
        return connection
    }

    private struct Consumer {
        let queue: String
        let prefetch: Int
        let name: String
    }

    private var consumers: [Consumer] {
        switch link.role {
        case .publisher:
            []
        case .worker(let count):
            // One more than there are children, so that the next is there when the first has ended.
            (0..<count).map { Consumer(queue: link.topology.work, prefetch: $0 == 0 ? 2 : 1, name: "\($0 + 1)") }
        case .replies(let run, let prefetch):
            [Consumer(queue: link.topology.replies(to: run), prefetch: prefetch, name: "1")]
        }
    }

    // MARK: Serving

    private func serve(_ connection: Connection) throws(LinkFailure) {
        // The heartbeats are sent and looked for only in calls of the library.
        let watch = Int64(link.address.heartbeatSeconds) * 250_000_000
        try takeArrivals(connection)
        var lastLook = MonotonicClock.now
        while true {
            orders += link.orders.takeAll()
            while !isClosed, let index = nextOrder {
                try carryOut(orders.remove(at: index), connection)
                // With the answer, or while there was no room for what is sent, other things may have come.
                if connection.holdsArrivals { try takeArrivals(connection) }
            }
            if isClosed { return connection.close() }
            let isReadable = wait(on: connection.descriptor, nanoseconds: watch)
            let now = MonotonicClock.now
            if isReadable || now - lastLook >= watch {
                try takeArrivals(connection)
                lastLook = now
            }
        }
    }

    /// All that poll(2) may not tell of.
    private func takeArrivals(_ connection: Connection) throws(LinkFailure) {
        repeat {
            guard let arrival = try connection.next() else { return }
            try take(arrival)
        } while connection.holdsArrivals
    }

    /// While the broker takes nothing, every order would have to wait inside of the library, where nothing gets it out.
    private var nextOrder: Int? {
        isBlocked ? orders.firstIndex { $0.command.closes } : orders.indices.first
    }

    /// Waits for orders and, where there is one, for a socket; returns whether something has come by that.
    @discardableResult
    private func wait(on socket: Int32 = -1, nanoseconds: Int64?) -> Bool {
        var set = PollSet()
        let place = set.add(socket, .input)
        _ = set.add(link.orders.descriptor, .input)
        // Where the system cannot wait for want of memory, the next turn tries again.
        _ = try? set.wait(nanoseconds: nanoseconds)
        return !set[place].isQuiet
    }

    private func take(_ arrival: Arrival) throws(LinkFailure) {
        switch arrival {
        case .delivered(var delivery):
            delivery.tag.generation = generation
            link.post(.delivered(delivery))
        case .returned(let token):
            confirms.returned(token)
        case .answered(let number, let isMultiple, let isTaken):
            let events = confirms.answered(number: number, isMultiple: isMultiple, isTaken: isTaken)
            for event in events { link.post(event) }
        case .cancelled:
            link.post(.cancelled)
            throw LinkFailure(reason: "the broker has ended the consuming: a queue was deleted, or has moved")
        case .blocked(let reason):
            isBlocked = reason != nil
            link.post(.blocked(reason))
        }
    }

    private func carryOut(_ order: Link.Order, _ connection: Connection) throws(LinkFailure) {
        switch order.command {
        case .publish(let publication):
            guard order.generation == generation else { return }
            confirms.published(publication.token)
            try connection.publish(publication)
        case .acknowledge(let tag):
            guard tag.generation == generation else { return }
            try connection.acknowledge(tag.number)
        case .reject(let tag, let requeue):
            guard tag.generation == generation else { return }
            try connection.reject(tag.number, requeue: requeue)
        case .stopConsuming:
            guard isConsuming else { return }
            isConsuming = false
            for consumer in consumers { try connection.cancel(consumer: consumer.name) }
        case .countConsumers(let queue):
            link.post(.consumers(try connection.countConsumers(queue)))
        case .deleteQueue(let queue):
            try connection.delete(queue: queue)
        case .close:
            isClosed = true
        }
    }
}

extension LinkCommand {
    fileprivate var closes: Bool {
        if case .close = self { true } else { false }
    }
}
