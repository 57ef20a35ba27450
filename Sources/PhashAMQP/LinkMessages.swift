/// What a link is told to do. Links are threads: everything goes to them and comes from them by value.
package enum LinkCommand: Sendable {
    /// Publish a message, and answer with `confirmed`, `refused` or `returned`, unless the connection breaks first.
    case publish(Publication)
    /// Take a delivery off the queue.
    case acknowledge(DeliveryTag)
    /// Give a delivery back: to its queue, or, without `requeue`, to the dead letters.
    case reject(DeliveryTag, requeue: Bool)
    /// Take no more deliveries; those that are unanswered stay with us.
    case stopConsuming
    /// Count who takes from a queue, and answer with `consumers`.
    case countConsumers(queue: String)
    /// Delete a queue, whatever is in it: for one that nobody else needs.
    case deleteQueue(String)
    /// Close the connection and end, after everything that was said before.
    case close
}

/// What a link says.
package enum LinkEvent: Sendable, Equatable {
    /// It is connected, and the topology is there. All that was under way on the connection before it is void.
    case connected(LinkGeneration)
    /// It is not, or no more; it tries again by itself unless the failure is final.
    case disconnected(LinkFailure)
    case delivered(Delivery)
    /// The broker has a publication safe.
    case confirmed(token: UInt64)
    /// The broker does not take a publication: the queue is full.
    case refused(token: UInt64)
    /// There is no queue for a publication. It is answered for by this: no `confirmed` follows.
    case returned(token: UInt64)
    /// The broker has ended the consuming: somebody deleted the queue. The link connects again by itself.
    case cancelled
    /// The broker takes no publications for a while, and why; nil when it does again.
    case blocked(String?)
    /// How many consumers a queue has.
    case consumers(Int)
    /// It has ended, as it was told to.
    case closed
}

/// Counts the connections of a link, from 1.
package typealias LinkGeneration = UInt64

/// Why there is no connection.
package struct LinkFailure: Error, Equatable {
    /// For people: `Connection refused`.
    package var reason: String
    /// Whether trying again is of no use: wrong password, no such virtual host, an untrusted certificate, other arguments
    /// of a queue. The link has ended.
    package var isFinal: Bool
    /// How large a message may be, bytes, when one was larger; nil when that was not the reason.
    package var largestMessage: Int?

    package init(reason: String, isFinal: Bool = false, largestMessage: Int? = nil) {
        self.reason = reason
        self.isFinal = isFinal
        self.largestMessage = largestMessage
    }
}

/// Names a delivery on the connection that it came by; on another it means nothing, and is passed over.
package struct DeliveryTag: Sendable, Hashable {
    package var generation: LinkGeneration
    package var number: UInt64

    package init(generation: LinkGeneration, number: UInt64) {
        self.generation = generation
        self.number = number
    }
}

/// What goes with a message beside its body.
package struct MessageProperties: Sendable, Equatable {
    /// What the body is: `phash.batch.v1`.
    package var type = ""
    package var correlationIdentifier = ""
    /// The queue that an answer goes to.
    package var replyTo = ""
    /// After so many milliseconds a message that nobody has taken becomes a dead letter; nil for never.
    package var expirationMilliseconds: Int?

    package init() {}
}

/// A message to be published; durable, and mandatory.
package struct Publication: Sendable, Equatable {
    /// Chosen by the sender, for the answer; each is used once at a time.
    package var token: UInt64
    /// Empty for the default exchange, where the routing key is the name of a queue.
    package var exchange: String
    package var routingKey: String
    package var properties: MessageProperties
    package var body: [UInt8]

    package init(
        token: UInt64, exchange: String, routingKey: String, properties: MessageProperties, body: [UInt8]
    ) {
        self.token = token
        self.exchange = exchange
        self.routingKey = routingKey
        self.properties = properties
        self.body = body
    }
}

/// A message that has come.
package struct Delivery: Sendable, Equatable {
    package var tag: DeliveryTag
    package var routingKey: String
    package var properties: MessageProperties
    /// How often it was delivered before, `x-delivery-count`.
    package var earlierDeliveries: Int
    /// Why it is a dead letter, the reason of the first `x-death`: `rejected`, `expired`, `delivery_limit`, …; nil where it is
    /// none.
    package var deathReason: String?
    package var body: [UInt8]

    package init(
        tag: DeliveryTag, routingKey: String, properties: MessageProperties, earlierDeliveries: Int = 0,
        deathReason: String? = nil, body: [UInt8]
    ) {
        self.tag = tag
        self.routingKey = routingKey
        self.properties = properties
        self.earlierDeliveries = earlierDeliveries
        self.deathReason = deathReason
        self.body = body
    }
}

/// What a link is for.
package enum LinkRole: Sendable, Equatable {
    /// Publishes, with confirms.
    case publisher
    /// Consumes the queue of work, as so many consumers as there are children, each of which gets one delivery at a time and
    /// the first of them two: so the broker's count of consumers is that of children.
    case worker(consumers: Int)
    /// Consumes the replies to one run of the filter: makes the queue, and gets up to `prefetch` deliveries at a time.
    case replies(run: String, prefetch: Int)
}
