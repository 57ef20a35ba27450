package import PhashWire

/// The batches that a daemon has taken and not settled: which delivery each is, and its answer once there is one.
///
/// An answer is kept until the broker has confirmed it; only then is its batch taken off the queue. Pure bookkeeping.
package struct ReplyDesk {
    private struct Entry {
        /// nil once the connection is gone by which it came: then there is nothing to take off the queue.
        var tag: DeliveryTag?
        let replyTo: String
        let name: String
        var publication: Publication?
    }

    private var entries: [UInt64: Entry] = [:]
    private var nextToken: UInt64 = 1

    package init() {}

    package var isEmpty: Bool { entries.isEmpty }
    package var count: Int { entries.count }

    /// Notes a delivery and returns the token that names it from now on.
    package mutating func open(_ delivery: Delivery) -> UInt64 {
        let token = nextToken
        nextToken += 1
        entries[token] = Entry(
            tag: delivery.tag, replyTo: delivery.properties.replyTo, name: delivery.properties.correlationIdentifier)
        return token
    }

    /// Notes the answer for a delivery and returns it as it is to be published; nil when there is no such delivery.
    package mutating func answer(_ token: UInt64, _ reply: RemoteReply) -> Publication? {
        guard let entry = entries[token] else { return nil }
        var properties = MessageProperties()
        properties.type = RemoteReply.type
        properties.correlationIdentifier = entry.name
        let publication = Publication(
            token: token, exchange: "", routingKey: entry.replyTo, properties: properties, body: reply.message)
        entries[token]?.publication = publication
        return publication
    }

    /// Answers that the broker has not confirmed, the oldest first: to be published again on a new connection.
    package var unconfirmed: [Publication] {
        entries.sorted { $0.key < $1.key }.compactMap(\.value.publication)
    }

    /// The connection is gone by which deliveries came.
    package mutating func forgetTags() {
        for token in entries.keys { entries[token]?.tag = nil }
    }

    /// The answer for a delivery is safe, or nobody wants it: returns what is to be taken off the queue.
    package mutating func close(_ token: UInt64) -> DeliveryTag? { entries.removeValue(forKey: token)?.tag }
}
