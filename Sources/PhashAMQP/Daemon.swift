internal import PhashCore
package import PhashEngine
internal import PhashPosix
internal import PhashWire

/// `phash-amqp work`: takes batches from the broker, has them worked on by children of its own, and sends the results back to
/// the filter that each came from. It never ends by itself.
///
/// A batch stays with the broker until its answer is safe there: whatever dies in between, somebody does it again.
package enum Daemon {
    /// Works until a signal asks it to end, or it cannot work at all.
    package static func run(_ settings: DaemonSettings) -> Never {
        do {
            try DaemonLoop(settings).run()
        } catch {
            StandardError.write("phash-amqp: \(error)\n")
            let status = error is DaemonMetrics.Failure ? ExitCode.inputOutput : .software
            ProcessExit.exit(status.rawValue)
        }
    }
}

private final class DaemonLoop {
    private let settings: DaemonSettings
    private let consumer: Link
    private let publisher: Link
    private let signals: Int32
    private var deliveries = DeliveryQueue()
    private var crews: CrewTable
    private var desk: ReplyDesk
    private var metrics: DaemonMetrics
    private var isConsuming = false
    private var isPublishing = false
    private var isBlocked = false
    private var hasBeenReady = false
    /// What the broker takes in a message, bytes, as far as it has said so.
    private var largestMessage = Int.max
    /// Whether children have ever done anything.
    private var hasWorked = false
    /// Why there was no connection since the last one, as far as people have been told.
    private var toldFailures: Set<String> = []
    /// The signal that asks to end.
    private var stop: StopRequest?
    /// Since when, after that, there is no way to send what is left; nil while there is one.
    private var cutOffSince: Nanoseconds?

    /// How long a broker that is away is waited for at the end.
    private static let cutOffPatience: Nanoseconds = 10 * .second
    /// How long the links may take to say goodbye.
    private static let farewellPatience: Nanoseconds = 3 * .second

    init(_ settings: DaemonSettings) throws {
        self.settings = settings
        let topology = Topology(prefix: settings.queue)
        let name = "phash-amqp work \(ChildProcess.currentIdentifier)"
        consumer = try Link(
            address: settings.address, topology: topology, role: .worker(consumers: settings.jobs),
            name: name + ", batches")
        publisher = try Link(address: settings.address, topology: topology, role: .publisher, name: name + ", replies")
        signals = try Signals.listen()
        _ = Signals.ignoreBrokenPipe()
        crews = CrewTable(settings: settings, signals: signals)
        desk = ReplyDesk()
        metrics = DaemonMetrics(path: settings.metricsPath, version: settings.version, jobs: settings.jobs)
    }

    func run() throws -> Never {
        try metrics.prepare()
        try consumer.start()
        try publisher.start()
        while true {
            // What is done may have been what others wait for.
            repeat {
                crews.perform()
                try sendAnswers()
            } while beginDeliveries()
            if stop != nil && openCount == 0 && (desk.isEmpty || isCutOff()) { leave() }
            try wait()
        }
    }

    private func wait() throws {
        var poll = PollSet()
        let signalPlace = poll.add(signals, .input)
        _ = poll.add(consumer.descriptor, .input)
        _ = poll.add(publisher.descriptor, .input)
        var sleep = crews.addDescriptors(to: &poll)
        let cutOff = cutOffSince.map { $0 + Self.cutOffPatience }
        for case let due? in [metrics.due, crews.nextRetirement, canConfirm ? desk.nextOverdue : nil, cutOff] {
            let left = max(due - MonotonicClock.now, 0)
            sleep = min(sleep ?? left, left)
        }
        let isInterrupted = try poll.wait(nanoseconds: sleep)
        if isInterrupted || !poll[signalPlace].isQuiet { takeSignals(Signals.arrived(on: signals)) }
        crews.noteReadiness(in: poll)
        for event in publisher.takeEvents() { hear(publisher: event) }
        for event in consumer.takeEvents() { hear(consumer: event) }
        giveUpOverdue()
        takeSignals(crews.retireIdle(now: MonotonicClock.now))
        metrics.note(crews, openCount: openCount)
        metrics.replaceIfDue(now: MonotonicClock.now)
    }

    private func takeSignals(_ arrivals: [SignalArrival]) {
        for arrival in arrivals {
            switch arrival.signal {
            case Signals.child: crews.reap()
            case Signals.resumed: crews.noteResumption()
            case Signals.status: StandardError.write(metrics.statusLine(crews, openCount: openCount))
            default:
                if let stop {
                    if stop.isEchoed(by: arrival.signal, at: arrival.time) { break }
                    stopAtOnce(arrival.signal)
                }
                stop = StopRequest(signal: arrival.signal, since: arrival.time)
                ServiceManager.notify("STOPPING=1")
                // What is held is finished and answered for; the rest goes to others.
                consumer.send(.stopConsuming)
                if settings.isVerbose && openCount > 0 {
                    tell("stopping: \(openCount) batches are left, a second signal stops now")
                }
            }
        }
    }

    // MARK: Batches

    private func hear(consumer event: LinkEvent) {
        switch event {
        case .connected:
            isConsuming = true
            noteConnections()
        case .disconnected(let failure):
            isConsuming = false
            metrics.reconnects += 1
            // Their tags are void, and somebody else gets them; what is begun may be done all the same.
            for token in deliveries.removeAll() { _ = desk.close(token) }
            desk.forgetTags()
            // Heartbeats are only watched here; a publisher may wait for a dead peer for long.
            publisher.interrupt()
            noteFailure(failure)
        case .delivered(let delivery): take(delivery)
        case .cancelled: tell("the queue of batches was deleted: making it again")
        case .confirmed, .refused, .returned, .blocked, .consumers, .closed: break
        }
    }

    private func take(_ delivery: Delivery) {
        metrics.taken += 1
        if delivery.earlierDeliveries > 0 { metrics.redelivered += 1 }
        guard !delivery.properties.replyTo.isEmpty else { return consumer.send(.reject(delivery.tag, requeue: false)) }
        deliveries.add(delivery, token: desk.open(delivery))
    }

    /// Batches that are under way here or wait.
    private var openCount: Int { crews.openCount + deliveries.count }

    /// Begins what may be begun, and says whether there was any.
    private func beginDeliveries() -> Bool {
        var hasBegun = false
        while let (delivery, token) = deliveries.next(underWay: crews.openCount) {
            begin(delivery, token)
            hasBegun = true
        }
        return hasBegun
    }

    private func begin(_ delivery: Delivery, _ token: UInt64) {
        switch crews.begin(delivery, token: token) {
        case .begun: break
        case .refused(let reason): refuse(token, reason)
        }
    }

    private func refuse(_ token: UInt64, _ reason: String) {
        metrics.refused += 1
        tell("a batch is refused: \(reason)")
        answer(token, .refused("a worker does not take batches of this run: \(reason)"))
    }

    // MARK: Answers

    private func sendAnswers() throws {
        for (token, reply) in crews.answers() {
            hasWorked = true
            if reply.byteCount > largestMessage {
                refuse(token, Self.tooLarge(largestMessage))
            } else {
                answer(token, reply)
            }
        }
        while let failure = crews.takeFailure() {
            // Where no child has ever done anything, none will.
            if !hasWorked {
                StandardError.write("phash-amqp: \(failure.reason)\n")
                end(with: .software)
            }
            for token in failure.tokens { refuse(token, failure.reason) }
            takeSignals(failure.arrivals)
        }
    }

    private func answer(_ token: UInt64, _ reply: RemoteReply) {
        guard let publication = desk.answer(token, reply, now: MonotonicClock.now) else { return }
        if isPublishing { publisher.send(.publish(publication)) }
    }

    private static func tooLarge(_ limit: Int) -> String {
        "its results are larger than what the broker takes in a message, \(limit) bytes"
    }

    private func hear(publisher event: LinkEvent) {
        switch event {
        case .connected:
            isPublishing = true
            isBlocked = false
            for publication in desk.unconfirmed(now: MonotonicClock.now) { publisher.send(.publish(publication)) }
            noteConnections()
        case .disconnected(let failure):
            isPublishing = false
            metrics.reconnects += 1
            if let limit = failure.largestMessage {
                // Sent again it would break the next connection, for ever.
                largestMessage = min(limit, largestMessage)
                for token in desk.tokens(ofAnswersBeyond: limit) { refuse(token, Self.tooLarge(limit)) }
            }
            noteFailure(failure)
        case .confirmed(let token):
            metrics.answered += 1
            acknowledge(desk.confirmed(token))
        case .returned(let token):
            // Its filter is gone, and with it everybody who wants to know.
            metrics.orphaned += 1
            if settings.isVerbose { tell("the filter of a batch is gone") }
            acknowledge(desk.close(token))
        case .refused(let token):
            if let tag = desk.close(token) { consumer.send(.reject(tag, requeue: true)) }
        case .blocked(let reason):
            isBlocked = reason != nil
            desk.waitAnew(now: MonotonicClock.now)
            if let reason { tell("\(settings.address): takes nothing for now: \(reason)") }
        case .delivered, .cancelled, .consumers, .closed: break
        }
    }

    private var canConfirm: Bool { isPublishing && !isBlocked }

    /// Takes batches off the queue whose answers nobody gets: whoever still wants them sends the batches again.
    private func giveUpOverdue() {
        guard canConfirm else { return }
        for token in desk.takeOverdue(now: MonotonicClock.now) {
            metrics.orphaned += 1
            if settings.isVerbose { tell("the queue of a filter confirms nothing: its batch is dropped") }
            acknowledge(desk.close(token))
        }
    }

    private func acknowledge(_ tag: DeliveryTag?) {
        if let tag { consumer.send(.acknowledge(tag)) }
    }

    // MARK: Connections and ends

    private func noteConnections() {
        guard isConsuming && isPublishing else { return }
        if hasBeenReady || !toldFailures.isEmpty || settings.isVerbose { tell("\(settings.address): connected") }
        toldFailures = []
        if !hasBeenReady { ServiceManager.notify("READY=1") }
        hasBeenReady = true
    }

    private func noteFailure(_ failure: LinkFailure) {
        if failure.isFinal {
            StandardError.write("phash-amqp: \(settings.address): \(failure.reason)\n")
            end(with: .unavailable)
        }
        // Each attempt fails in the same way until the broker is back, which may take days.
        guard toldFailures.count < 100, toldFailures.insert(failure.reason).inserted else { return }
        tell("\(settings.address): \(failure.reason); trying again")
    }

    private func tell(_ text: String) { StandardError.write("phash-amqp: \(text)\n") }

    /// Whether there has been no broker for a while. It has given what is left to others by then, or does when it is back.
    private func isCutOff() -> Bool {
        guard !isConsuming && !isPublishing else {
            cutOffSince = nil
            return false
        }
        let since = cutOffSince ?? MonotonicClock.now
        cutOffSince = since
        return MonotonicClock.now - since >= Self.cutOffPatience
    }

    private func leave() -> Never {
        Link.close([consumer, publisher], patience: Self.farewellPatience)
        stopAtOnce(stop?.signal ?? Signals.terminate)
    }

    private func stopAtOnce(_ signal: Int32) -> Never {
        _ = crews.end()
        metrics.replace()
        Signals.die(by: signal)
    }

    private func end(with status: ExitCode) -> Never {
        _ = crews.end()
        metrics.replace()
        ProcessExit.exit(status.rawValue)
    }
}
