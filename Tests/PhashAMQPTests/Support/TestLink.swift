import BrokerTestKit
import Glibc
import PhashAMQP
import PhashPosix
import PhashWire

/// A link that a test listens to.
final class TestLink {
    /// Long enough for a broker to start again on a machine that is busy with other tests.
    private static let patience = Duration.seconds(60)

    let link: Link
    /// What it has said and nobody has asked for.
    private var events: [LinkEvent] = []
    /// All that it has said, for the report.
    private var history: [String] = []

    init(_ address: BrokerAddress, _ topology: Topology, _ role: LinkRole) throws {
        link = try Link(address: address, topology: topology, role: role, name: "phash test \(topology.prefix)")
        try link.start()
    }

    deinit { link.send(.close) }

    /// A link that is connected.
    static func connected(_ address: BrokerAddress, _ topology: Topology, _ role: LinkRole) throws -> TestLink {
        let link = try TestLink(address, topology, role)
        try link.connection()
        return link
    }

    func send(_ command: LinkCommand) { link.send(command) }

    /// Waits for an event and takes it; the others stay.
    @discardableResult
    func wait<Value>(for what: String, _ match: (LinkEvent) -> Value?) throws -> Value {
        let end = ContinuousClock.now + Self.patience
        while true {
            for (index, event) in events.enumerated() {
                guard let value = match(event) else { continue }
                events.remove(at: index)
                return value
            }
            guard ContinuousClock.now < end else {
                throw TestBroker.Failure("no \(what) within \(Self.patience): \(history)")
            }
            listen(milliseconds: 100)
        }
    }

    func wait(for event: LinkEvent) throws { try wait(for: "\(event)") { $0 == event ? () : nil } }

    /// Whether an event has come that nobody has asked for.
    func hasSaid(_ match: (LinkEvent) -> Bool) -> Bool {
        listen(milliseconds: 0)
        return events.contains(where: match)
    }

    private func listen(milliseconds: Int32) {
        var set = PollSet()
        _ = set.add(link.descriptor, .input)
        _ = try? set.wait(milliseconds: milliseconds)
        let taken = link.takeEvents()
        events += taken
        history += taken.map { event in
            if case .delivered(let delivery) = event { "delivered \(delivery.tag)" } else { "\(event)" }
        }
    }

    // MARK: Events

    @discardableResult
    func connection() throws -> LinkGeneration {
        try wait(for: "connection") { if case .connected(let generation) = $0 { generation } else { nil } }
    }

    func failure() throws -> LinkFailure {
        try wait(for: "failure") { if case .disconnected(let failure) = $0 { failure } else { nil } }
    }

    func delivery() throws -> Delivery {
        try wait(for: "delivery") { if case .delivered(let delivery) = $0 { delivery } else { nil } }
    }

    /// How many consumers a queue has, once it has as many as are expected: a broker takes its time to see one go.
    func waitForConsumers(_ expected: Int, of queue: String) throws {
        let end = ContinuousClock.now + Self.patience
        while true {
            send(.countConsumers(queue: queue))
            let count = try wait(for: "count") { if case .consumers(let count) = $0 { count } else { nil } }
            if count == expected { return }
            guard ContinuousClock.now < end else { throw TestBroker.Failure("\(count) consumers, not \(expected)") }
            // The count is asked for anew now and then, not all the time.
            poll(nil, 0, 50)
        }
    }

    func close() throws {
        send(.close)
        try wait(for: .closed)
    }
}

extension Publication {
    /// A batch of a run.
    static func batch(
        _ token: UInt64, of run: String, _ topology: Topology, _ body: [UInt8] = Array("batch".utf8)
    ) -> Publication {
        var properties = MessageProperties()
        properties.type = "phash.batch.v1"
        properties.correlationIdentifier = "\(token)"
        properties.replyTo = topology.replies(to: run)
        return Publication(
            token: token, exchange: topology.batches, routingKey: topology.routingKey(of: run),
            properties: properties, body: body)
    }
}
