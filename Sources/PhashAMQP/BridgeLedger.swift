package import PhashWire

/// What the bridge has been given by its parent and has not answered, and what it knows of the way to other machines: a pure
/// state machine, which the bridge's loop feeds events and whose actions it carries out.
///
/// A part is published, confirmed by the broker, worked on somewhere, and answered for. Nothing on that way happens exactly
/// once: what was not confirmed when a connection broke is published again, and a machine that dies gives its batches to the
/// next. What makes it once in the output is that only the first answer to a part counts, and that a part is named by its
/// place in the input, so that even another bridge after this one knows its answers.
package struct BridgeLedger: Sendable {
    /// What the loop is to do.
    package enum Action: Equatable, Sendable {
        /// Send a part away.
        case publish(token: UInt64, PartOrder)
        /// Answer for a part with results.
        case finish(PartOrder, Delivery)
        /// Give a part back: other machines will not try it again.
        case giveBack(PartOrder)
        /// Take a delivery off the queue of replies.
        case acknowledge(DeliveryTag)
        /// Ask who takes batches.
        case countConsumers
        /// Free a publisher that may hang in a dead connection.
        case interruptPublisher
        /// Tell the parent how many children there are.
        case tellChildren(Int)
        /// Tell people.
        case say(String)
        /// Say why there is no way to other machines any more, and end.
        case giveUp(String)
    }

    private enum State: Equatable {
        /// To be published. → published
        case waiting(notBefore: Int64)
        /// With the broker, as far as we know. → confirmed, waiting
        case published(token: UInt64)
        /// With the broker for certain. → waiting
        case confirmed
    }

    private struct Part {
        let order: PartOrder
        var state: State
        /// How often in a row it was not taken.
        var refusals = 0
        /// When it was published last, and how many answers there had been by then.
        var publishedAt: Int64 = 0
        var earlierAnswers: UInt64 = 0
        /// How often it was published again because it seemed to be lost.
        var searches = 0
    }

    /// By name, and in the order in which they came.
    private var parts: [String: Part] = [:]
    private var names: [String] = []
    private var namesByToken: [UInt64: String] = [:]
    private var nextToken: UInt64 = 1
    private var answers: UInt64 = 0
    private var lastAnswer: Int64
    private var isPublishing = false
    private var isHearing = false
    private var consumers = 0
    private var toldChildren = 0
    private var countDue: Int64?
    private let address: String
    private let queue: String
    private let patience: Int64?
    /// Since when nobody could take a batch, and why; nil while somebody can.
    private var trouble: (since: Int64, reason: String)?
    /// Whether people have been told of it.
    private var hasToldTrouble = false
    /// What machines have said why they do not do such work, lately.
    private var refusal: (since: Int64, reason: String)?
    private var toldRefusals: Set<String> = []
    private var hasEnded = false
    private var actions: [Action] = []

    /// How often it is asked who takes batches.
    private static let countInterval: Int64 = 1_000_000_000
    /// After how long people are told of a trouble.
    private static let troubleNotice: Int64 = 3_000_000_000
    /// How long a part waits that was not taken, at first and at most.
    private static let firstPause: Int64 = 20_000_000
    private static let longestPause: Int64 = 2_000_000_000
    /// A part that the broker has confirmed may be lost all the same: with a queue that somebody deletes, or with a disk. It
    /// seems so when so many others for each child were answered after it, and so long ago; or when for so long nothing was
    /// answered at all. Work that was only slow is done twice then, so each time both count four times as much.
    private static let overtaking: UInt64 = 8
    private static let overtakenPatience: Int64 = 10_000_000_000
    private static let silencePatience: Int64 = 60_000_000_000

    /// - Parameters:
    ///   - address: The broker, for people.
    ///   - queue: What the names of its queues begin with.
    ///   - patience: See `BridgeParameters`.
    package init(address: String, queue: String, patience: Int64?, now: Int64) {
        self.address = address
        self.queue = queue
        self.patience = patience
        lastAnswer = now
        trouble = (now, "\(address): no connection yet")
    }

    /// Parts that are not answered for.
    package var openCount: Int { parts.count }

    /// What is to be done next; nil when nothing is.
    package mutating func nextAction() -> Action? { actions.isEmpty ? nil : actions.removeFirst() }

    /// The name of a part, which its answer carries.
    package static func name(of order: PartOrder) -> String { "\(order.firstLine)+\(order.recordCount)" }

    // MARK: The parent

    /// The parent gave a part.
    package mutating func orderArrived(_ order: PartOrder, now: Int64) {
        let name = Self.name(of: order)
        precondition(parts[name] == nil, "a part is given once at a time")
        parts[name] = Part(order: order, state: .waiting(notBefore: now))
        names.append(name)
        // Not all that wait are looked at: hundreds may come at once.
        publish(name, now: now)
    }

    // MARK: The links

    /// The link that publishes said something.
    package mutating func publisherSaid(_ event: LinkEvent, now: Int64) {
        switch event {
        case .connected:
            isPublishing = true
            // What the broker has not confirmed may never have come there.
            for name in names {
                if case .published? = parts[name]?.state { parts[name]?.state = .waiting(notBefore: now) }
            }
            namesByToken = [:]
            noteLinks(now: now)
            publishWaiting(now: now)
        case .disconnected(let failure):
            isPublishing = false
            noteFailure(failure, now: now)
        case .confirmed(let token):
            guard let name = namesByToken.removeValue(forKey: token) else { break }
            // Its pauses stay: a worker may refuse what the broker has taken.
            if parts[name]?.state == .published(token: token) { parts[name]?.state = .confirmed }
        case .refused(let token), .returned(let token):
            guard let name = namesByToken.removeValue(forKey: token) else { break }
            if parts[name]?.state == .published(token: token) { putOff(name, now: now) }
        case .blocked(let reason):
            if let reason { actions.append(.say("\(address): takes nothing for now: \(reason)")) }
        case .delivered, .cancelled, .consumers, .closed:
            break
        }
    }

    /// The link that brings replies said something.
    package mutating func repliesSaid(_ event: LinkEvent, now: Int64) {
        switch event {
        case .connected:
            isHearing = true
            countDue = now
            noteLinks(now: now)
        case .disconnected(let failure):
            isHearing = false
            consumers = 0
            // Heartbeats are only watched here; a publisher may wait for a dead peer for long.
            actions.append(.interruptPublisher)
            noteFailure(failure, now: now)
        case .delivered(let delivery): take(delivery, now: now)
        case .cancelled:
            // The queue of replies is gone, and with it answers that nobody will send again.
            for name in names { parts[name]?.state = .waiting(notBefore: now) }
            namesByToken = [:]
            publishWaiting(now: now)
        case .consumers(let count):
            consumers = count
            noteLinks(now: now)
        case .confirmed, .refused, .returned, .blocked, .closed:
            break
        }
    }

    private mutating func take(_ delivery: Delivery, now: Int64) {
        defer { actions.append(.acknowledge(delivery.tag)) }
        let name = delivery.properties.correlationIdentifier
        // Somebody else has answered already.
        guard let part = parts[name] else { return }
        switch delivery.deathReason {
        case "expired"?:
            // Nobody took it for a long time: that is not its fault.
            parts[name]?.state = .waiting(notBefore: now)
            publishWaiting(now: now)
        case .some:
            close(name)
            actions.append(.giveBack(part.order))
        case nil:
            if case .refused(let reason)? = RemoteReply(decoding: delivery.body) {
                noteRefusal(reason, now: now)
                putOff(name, now: now)
                return
            }
            refusal = nil
            answers += 1
            lastAnswer = now
            close(name)
            actions.append(.finish(part.order, delivery))
        }
    }

    private mutating func close(_ name: String) {
        parts[name] = nil
        names.removeAll { $0 == name }
    }

    // MARK: Publishing

    private mutating func putOff(_ name: String, now: Int64) {
        guard var part = parts[name] else { return }
        let pause = min(Self.firstPause << Int64(min(part.refusals, 10)), Self.longestPause)
        part.refusals += 1
        part.state = .waiting(notBefore: now + pause)
        parts[name] = part
    }

    private mutating func publishWaiting(now: Int64) {
        for name in names { publish(name, now: now) }
    }

    /// Publishes a part, if that is to be and can be done now.
    private mutating func publish(_ name: String, now: Int64) {
        guard isPublishing, let part = parts[name], case .waiting(let moment) = part.state, moment <= now else {
            return
        }
        parts[name]?.state = .published(token: nextToken)
        parts[name]?.publishedAt = now
        parts[name]?.earlierAnswers = answers
        namesByToken[nextToken] = name
        actions.append(.publish(token: nextToken, part.order))
        nextToken += 1
    }

    /// Whether some machine seems to have taken a part, by the time for which the broker has it: a refusal comes at once.
    private func isTakenBySomebody(now: Int64, patience: Int64) -> Bool {
        let time = min(Self.troubleNotice, patience / 2)
        return parts.values.contains { $0.state == .confirmed && now - $0.publishedAt >= time }
    }

    /// Has parts published again that seem to be lost.
    private mutating func searchLost(now: Int64) {
        for name in names {
            guard let part = parts[name], part.state == .confirmed else { continue }
            let factor = Int64(1) << Int64(2 * min(part.searches, 10))
            let isOvertaken =
                answers - part.earlierAnswers >= Self.overtaking * UInt64(max(consumers, 1)) * UInt64(factor)
                && now - part.publishedAt >= Self.overtakenPatience * factor
            let isSilent = now - max(part.publishedAt, lastAnswer) >= Self.silencePatience * factor
            guard isOvertaken || isSilent else { continue }
            parts[name]?.searches += 1
            parts[name]?.state = .waiting(notBefore: now)
        }
    }

    // MARK: Time and trouble

    /// Time went by.
    package mutating func timePassed(now: Int64) {
        // Where nobody is to answer, silence says nothing.
        if toldChildren > 0 { searchLost(now: now) }
        publishWaiting(now: now)
        if let due = countDue, due <= now, isHearing {
            countDue = now + Self.countInterval
            actions.append(.countConsumers)
        }
        if let trouble {
            if !hasToldTrouble && now - trouble.since >= Self.troubleNotice {
                hasToldTrouble = true
                actions.append(.say("\(trouble.reason); waiting"))
            }
            if let patience, now - trouble.since >= patience { giveUp("\(trouble.reason), for \(seconds(patience)) s") }
        }
        if let current = refusal, let patience, now - current.since >= patience {
            if isTakenBySomebody(now: now, patience: patience) {
                refusal?.since = now
            } else {
                giveUp("\(current.reason), and nobody else does the work, for \(seconds(patience)) s")
            }
        }
    }

    /// When time has something to do next; nil for never.
    package var nextDeadline: Int64? {
        var next: Int64?
        func include(_ moment: Int64?) {
            if let moment { next = min(next ?? moment, moment) }
        }
        if isPublishing {
            for part in parts.values { if case .waiting(let moment) = part.state { include(moment) } }
        }
        if isHearing { include(countDue) }
        if let trouble {
            if !hasToldTrouble { include(trouble.since + Self.troubleNotice) }
            include(patience.map { trouble.since + $0 })
        }
        include(refusal.flatMap { refusal in patience.map { refusal.since + $0 } })
        return next
    }

    private func seconds(_ duration: Int64) -> String {
        duration % 1_000_000_000 == 0
            ? "\(duration / 1_000_000_000)" : "\(Double(duration / 1_000_000) / 1_000)"
    }

    /// Says how many children there are, and whether that is a trouble.
    private mutating func noteLinks(now: Int64) {
        let isConnected = isPublishing && isHearing
        let children = isConnected ? consumers : 0
        if children != toldChildren {
            toldChildren = children
            actions.append(.tellChildren(children))
        }
        if isConnected && consumers > 0 {
            if hasToldTrouble { actions.append(.say("\(address): there is somebody to take batches again")) }
            trouble = nil
            hasToldTrouble = false
        } else if isConnected {
            setTrouble("\(address): nobody takes batches from the queue '\(queue).work'", now: now)
        }
    }

    private mutating func noteFailure(_ failure: LinkFailure, now: Int64) {
        setTrouble("\(address): \(failure.reason)", now: now)
        noteLinks(now: now)
        // What is too large today is so tomorrow.
        if failure.isFinal || failure.largestMessage != nil { giveUp("\(address): \(failure.reason)") }
    }

    private mutating func setTrouble(_ reason: String, now: Int64) { trouble = (trouble?.since ?? now, reason) }

    private mutating func noteRefusal(_ reason: String, now: Int64) {
        refusal = (refusal?.since ?? now, reason)
        guard toldRefusals.count < 100, toldRefusals.insert(reason).inserted else { return }
        actions.append(.say(reason))
    }

    private mutating func giveUp(_ reason: String) {
        guard !hasEnded else { return }
        hasEnded = true
        actions.append(.giveUp(reason))
    }
}
