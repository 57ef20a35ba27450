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
        /// When that was published last.
        var publishedAt: Int64 = 0
    }

    private var entries: [UInt64: Entry] = [:]
    private var nextToken: UInt64 = 1
    /// Queues that have confirmed nothing lately.
    private var suspects: Set<String> = []

    /// How long a broker may take to confirm an answer, nanoseconds: a queue that has lost its data takes messages without
    /// ever confirming one, and its filter must not keep others waiting.
    package static let patience: Int64 = 30_000_000_000
    /// The same for a queue that is suspect; not nothing, because it may do so again.
    package static let suspectPatience: Int64 = 1_000_000_000
    private static let mostSuspects = 1_000

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
    package mutating func answer(_ token: UInt64, _ reply: RemoteReply, now: Int64) -> Publication? {
        guard let entry = entries[token] else { return nil }
        var properties = MessageProperties()
        properties.type = RemoteReply.type
        properties.correlationIdentifier = entry.name
        let publication = Publication(
            token: token, exchange: "", routingKey: entry.replyTo, properties: properties, body: reply.message)
        entries[token]?.publication = publication
        entries[token]?.publishedAt = now
        return publication
    }

    /// Answers that the broker has not confirmed, the oldest first: to be published again on a new connection.
    package mutating func unconfirmed(now: Int64) -> [Publication] {
        waitAnew(now: now)
        return entries.sorted { $0.key < $1.key }.compactMap(\.value.publication)
    }

    /// Those whose answers are larger than so many bytes, the oldest first.
    package func tokens(ofAnswersBeyond byteCount: Int) -> [UInt64] {
        entries.filter { $0.value.publication.map { $0.body.count > byteCount } ?? false }.keys.sorted()
    }

    /// The broker could confirm nothing until now.
    package mutating func waitAnew(now: Int64) {
        for token in entries.keys { entries[token]?.publishedAt = now }
    }

    private func deadline(_ entry: Entry) -> Int64? {
        guard entry.publication != nil else { return nil }
        return entry.publishedAt + (suspects.contains(entry.replyTo) ? Self.suspectPatience : Self.patience)
    }

    /// Answers that the broker has not confirmed for too long, the oldest first, which are to be closed.
    package mutating func takeOverdue(now: Int64) -> [UInt64] {
        let tokens = entries.filter { deadline($0.value).map { $0 <= now } ?? false }.keys.sorted()
        for token in tokens where suspects.count < Self.mostSuspects { suspects.insert(entries[token]!.replyTo) }
        return tokens
    }

    /// When the next answer is overdue; nil while there is none to be confirmed.
    package var nextOverdue: Int64? { entries.values.lazy.compactMap { deadline($0) }.min() }

    /// The connection is gone by which deliveries came.
    package mutating func forgetTags() {
        for token in entries.keys { entries[token]?.tag = nil }
    }

    /// The answer for a delivery is safe: returns what is to be taken off the queue.
    package mutating func confirmed(_ token: UInt64) -> DeliveryTag? {
        if let entry = entries[token] { suspects.remove(entry.replyTo) }
        return close(token)
    }

    /// Nobody wants the answer for a delivery, or gets it: returns what is to be taken off the queue.
    package mutating func close(_ token: UInt64) -> DeliveryTag? { entries.removeValue(forKey: token)?.tag }
}
