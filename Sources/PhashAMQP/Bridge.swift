internal import PhashCore
internal import PhashEngine
internal import PhashPosix
internal import PhashWire

/// The child of the filter that speaks for children on other machines: to its parent it is a child with many slots.
///
/// One thread, one poll(2), as everywhere; the two links to the broker are threads of their own, since the library may wait
/// in the middle of a call. `BridgeLedger` decides, this carries out.
package enum Bridge {
    /// Works until the doorbell closes, or there is no way to other machines any more.
    package static func run() -> Never {
        guard ChildProcess.hasDoorbell else {
            StandardError.write("phash-amqp: --bridge: is for phash's own children, and has no other use\n")
            ChildProcess.exitAtOnce(64)
        }
        // First, so that nobody sees what the parent says.
        ChildProcess.settle()
        guard var greeting = Doorbell.greeting(), ChildProcess.isChild(of: greeting.parent) else {
            ChildProcess.exitAtOnce(70)
        }
        _ = Signals.ignoreBrokenPipe()
        let parameters = BridgeParameters(decoding: greeting.jobParameters)
        greeting.jobParameters.wipe()
        guard let parameters else {
            let reason = "the parent of phash-amqp speaks another language: are both of one version?"
            _ = Doorbell.send(WorkerReply.startFailed(reason: reason).flatMap(\.message))
            ChildProcess.exitAtOnce(70)
        }
        do {
            try BridgeLoop(greeting: greeting, parameters: parameters).run()
        } catch {
            _ = Doorbell.send(WorkerReply.startFailed(reason: "\(error)").flatMap(\.message))
            ChildProcess.exitAtOnce(70)
        }
    }
}

private final class BridgeLoop {
    private let parameters: BridgeParameters
    private let topology: Topology
    private let slots: BridgeSlots
    private let publisher: Link
    private let replies: Link
    private var ledger: BridgeLedger
    private var doorbellBytes: [UInt8] = []

    /// After this time a batch that nobody has taken comes back: one of a filter that has died must not stay for ever.
    private static let expirationMilliseconds = 60 * 60 * 1_000
    /// Deliveries that the broker sends ahead at most.
    private static let prefetch = 256
    /// How long it takes to leave at the end; the parent waits for a second.
    private static let farewellPatience: Nanoseconds = 700 * .millisecond

    init(greeting: WorkerGreeting, parameters: BridgeParameters) throws {
        self.parameters = parameters
        topology = Topology(prefix: parameters.queue)
        slots = try BridgeSlots(greeting: greeting, profile: parameters.profile)
        let name = "phash filter \(parameters.run)"
        publisher = try Link(
            address: parameters.address, topology: topology, role: .publisher, name: name + ", batches",
            // What is confirmed only matters when the connection breaks.
            wakesForConfirmations: false)
        replies = try Link(
            address: parameters.address, topology: topology,
            role: .replies(run: parameters.run, prefetch: Self.prefetch), name: name + ", replies")
        ledger = BridgeLedger(
            address: "\(parameters.address)", queue: parameters.queue, patience: parameters.patienceNanoseconds,
            now: MonotonicClock.now)
    }

    func run() throws -> Never {
        // First, so that a bridge without threads is one that cannot be started.
        try publisher.start()
        try replies.start()
        guard Doorbell.send(WorkerReply.ready(lanes: 1, confinementError: 0).message) else { leave(0) }
        while true {
            ledger.timePassed(now: MonotonicClock.now)
            perform()
            var poll = PollSet()
            let doorbell = poll.add(ChildProcess.doorbellDescriptor, .input)
            _ = poll.add(publisher.descriptor, .input)
            _ = poll.add(replies.descriptor, .input)
            let sleep = ledger.nextDeadline.map { max($0 - MonotonicClock.now, 0) }
            try poll.wait(nanoseconds: sleep)
            if !poll[doorbell].isQuiet { hearParent() }
            let now = MonotonicClock.now
            for event in publisher.takeEvents() { ledger.publisherSaid(event, now: now) }
            for event in replies.takeEvents() { ledger.repliesSaid(event, now: now) }
        }
    }

    private func hearParent() {
        var buffer = [UInt8](repeating: 0, count: 64 * PartOrder.byteCount)
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe Doorbell.receive(into: $0) }
        guard let count else { leave(0) }
        doorbellBytes += buffer[..<count]
        while doorbellBytes.count >= PartOrder.byteCount {
            guard let order = PartOrder(decoding: Array(doorbellBytes.prefix(PartOrder.byteCount))) else {
                preconditionFailure("the parent speaks another language")
            }
            doorbellBytes.removeFirst(PartOrder.byteCount)
            // Records that are too long have no bytes that could be sent: what becomes of them is known here.
            if let reply = slots.writeTooLong(order) {
                say(reply)
            } else {
                ledger.orderArrived(order, now: MonotonicClock.now)
            }
        }
    }

    private func perform() {
        while let action = ledger.nextAction() {
            switch action {
            case .publish(let token, let order): publish(order, token: token)
            case .finish(let order, let delivery): say(slots.finish(order, delivery.body))
            case .giveBack(let order): say(.returned(ticket: order.ticket))
            // The broker sends far more ahead than one.
            case .acknowledge(let tag): replies.send(.acknowledge(tag), isUrgent: false)
            case .countConsumers: replies.send(.countConsumers(queue: topology.work))
            case .interruptPublisher: publisher.interrupt()
            case .tellChildren(let count):
                // The window of the parent is not larger, and twice as much would be sent ahead.
                say(.remoteChildren(UInt32(min(count, SchedulerLimits.windowBatches / 2))))
            case .say(let text): StandardError.write("phash: broker: \(text)\n")
            case .giveUp(let reason):
                _ = Doorbell.send(WorkerReply.farewell(reason: reason).flatMap(\.message))
                leave(69)
            }
        }
    }

    private func publish(_ order: PartOrder, token: UInt64) {
        var properties = MessageProperties()
        properties.type = RemoteBatch.type
        properties.correlationIdentifier = BridgeLedger.name(of: order)
        properties.replyTo = topology.replies(to: parameters.run)
        properties.expirationMilliseconds = Self.expirationMilliseconds
        publisher.send(
            .publish(
                Publication(
                    token: token, exchange: topology.batches,
                    routingKey: topology.routingKey(of: parameters.run), properties: properties,
                    body: slots.message(for: order))))
    }

    private func say(_ reply: WorkerReply) {
        if !Doorbell.send(reply.message) { leave(0) }
    }

    /// Leaves the broker, taking the queue of replies along that nobody else needs, and ends.
    private func leave(_ status: Int32) -> Never {
        if ledger.openCount == 0 { replies.send(.deleteQueue(topology.replies(to: parameters.run))) }
        Link.close([replies, publisher], patience: Self.farewellPatience)
        ChildProcess.exitAtOnce(status)
    }
}
