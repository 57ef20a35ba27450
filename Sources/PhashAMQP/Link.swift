package import PhashPosix
package import PhashWire
internal import Synchronization

/// A connection to a broker that comes about and is kept up by itself, in a thread of its own: publishing may wait for as
/// long as a broker likes, and while it waits nothing else of its connection goes on, not even its heartbeats. So whoever
/// both publishes and consumes has two links.
///
/// Everything is said with `send` and heard with `takeEvents`, by one thread. Publications and acknowledgements count for
/// the connection that the owner has last heard of: what is said to an older one is dropped. So on `disconnected` all that
/// is under way is void, and on `connected` what is still wanted is to be said again.
package final class Link: Sendable {
    /// A command, with the connection that its sender knew of.
    struct Order: Sendable {
        let command: LinkCommand
        let generation: LinkGeneration
    }

    let address: BrokerAddress
    let topology: Topology
    let role: LinkRole
    let name: String
    let orders: Mailbox<Order>
    private let events: Mailbox<LinkEvent>
    private let wakesForConfirmations: Bool
    private let knownGeneration = Atomic<LinkGeneration>(0)
    /// A descriptor of our own for the socket that the thread uses at the moment.
    private let socket = Mutex<FileDescriptor?>(nil)

    /// - Parameters:
    ///   - name: What the broker's lists of connections say: `phash filter 4e1b…`.
    ///   - wakesForConfirmations: Whether `descriptor` becomes readable for a `confirmed`; else it comes with something else.
    package init(
        address: BrokerAddress, topology: Topology, role: LinkRole, name: String, wakesForConfirmations: Bool = true
    ) throws(Errno) {
        self.wakesForConfirmations = wakesForConfirmations
        self.address = address
        self.topology = topology
        self.role = role
        self.name = name
        orders = try Mailbox()
        events = try Mailbox()
    }

    /// Starts to connect. Once; the link lives until it is told to close.
    package func start() throws(Errno) {
        try DetachedThread.start(name: "phash-link") { [self] in LinkThread(self).run() }
    }

    /// Readable while there are events.
    package var descriptor: Int32 { events.descriptor }

    /// - Parameter isUrgent: Whether it is done at once; else with the next command that is, or when something comes.
    package func send(_ command: LinkCommand, isUrgent: Bool = true) {
        if case .publish = command { precondition(role == .publisher, "only publishers learn what became of it") }
        let order = Order(command: command, generation: knownGeneration.load(ordering: .relaxed))
        orders.post(order, wakes: isUrgent)
    }

    /// What has happened since the last time. A `connected` is always the first of what is returned: what its receiver says
    /// while it goes through the events before it belongs to the connection before.
    package func takeEvents() -> [LinkEvent] {
        let taken = events.take { event in
            if case .connected = event { true } else { false }
        }
        if case .connected(let generation) = taken.first { knownGeneration.store(generation, ordering: .relaxed) }
        return taken
    }

    /// Breaks the connection, if there is one, from outside: it frees a link that publishes to a broker which takes nothing
    /// before the system does (see `Connection.open`). It says that it is disconnected, and connects again. Any thread may
    /// call this.
    package func interrupt() {
        socket.withLock { socket in
            if let number = socket?.number { SocketControl.shutDown(number) }
        }
    }

    /// Closes links and waits until they have, or for some time, nanoseconds.
    static func close(_ links: [Link], patience: Int64) {
        let deadline = MonotonicClock.now + patience
        for link in links { link.send(.close) }
        var open = links.count
        while open > 0 {
            let left = deadline - MonotonicClock.now
            if left <= 0 { return }
            var poll = PollSet()
            for link in links { _ = poll.add(link.descriptor, .input) }
            _ = try? poll.wait(milliseconds: Int32(left / 1_000_000) + 1)
            open -= links.reduce(0) { count, link in count + link.takeEvents().count { $0 == .closed } }
        }
    }

    // MARK: For the thread

    func post(_ event: LinkEvent) {
        if case .confirmed = event { return events.post(event, wakes: wakesForConfirmations) }
        events.post(event)
    }

    func use(socket number: Int32) {
        let copy = try? SocketControl.duplicate(number)
        keep(copy)
    }

    func forgetSocket() { keep(nil) }

    private func keep(_ descriptor: consuming FileDescriptor?) {
        var descriptor = descriptor
        socket.withLock { $0 = descriptor.take() }
    }
}
