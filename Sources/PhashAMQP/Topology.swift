/// The exchanges and queues at the broker that filters and workers meet in, all durable, and named with one prefix.
///
/// Who connects declares them all, so that nobody has to come first. What an operator may want otherwise, such as
/// smaller limits, is for the broker's policies: other arguments here would be refused wherever the old ones are there.
package struct Topology: Sendable, Equatable {
    package static let usualPrefix = "phash"

    /// What all names begin with.
    package let prefix: String

    package init(prefix: String = Topology.usualPrefix) { self.prefix = prefix }

    /// Where batches are published.
    package var batches: String { "\(prefix).batches" }
    /// Where the broker publishes the batches that it gives up: rejected, expired, or delivered too often.
    package var failed: String { "\(prefix).failed" }
    /// The queue of the batches that wait for a worker.
    package var work: String { "\(prefix).work" }
    /// The queue of the batches that were given up, for people to look at.
    package var parked: String { "\(prefix).parked" }
    /// The queue of the replies to one run of the filter, and of its batches that were given up.
    package func replies(to run: String) -> String { "\(prefix).reply.\(run)" }

    /// What the batches of a run are published with. A batch that is given up keeps it, which brings it back to its run.
    package func routingKey(of run: String) -> String { "batch.\(run)" }

    /// How often the broker delivers a batch again whose worker has gone. A crash of the broker counts as well, and so do
    /// the neighbours of a batch that kills its worker: more than one or two.
    package static let deliveryLimit: Int64 = 5
    package static let workMessages: Int64 = 10_000
    package static let workBytes: Int64 = 1 << 30
    package static let parkedMessages: Int64 = 10_000
    package static let parkedMilliseconds: Int64 = 24 * 60 * 60 * 1000
    /// How long a broker keeps a queue of replies that nobody consumes: a filter that has lost its connection for longer
    /// makes it again.
    package static let repliesMilliseconds: Int64 = 10 * 60 * 1000

    /// An argument of a queue.
    enum Argument: Equatable {
        case text(String)
        case number(Int64)
    }

    /// Something that is declared. Doing it again is harmless.
    enum Declaration: Equatable {
        case exchange(String)
        case queue(String, arguments: [String: Argument])
        case binding(queue: String, exchange: String, pattern: String)
    }

    /// What everybody declares, in this order: where batches end must be there before a batch can get there, because a
    /// queue that keeps dead letters until they have arrived hides those that have nowhere to go.
    var declarations: [Declaration] {
        [
            .exchange(batches),
            .exchange(failed),
            .queue(
                parked,
                arguments: [
                    "x-queue-type": .text("quorum"),
                    "x-message-ttl": .number(Self.parkedMilliseconds),
                    "x-max-length": .number(Self.parkedMessages),
                    "x-overflow": .text("drop-head"),
                ]),
            .binding(queue: parked, exchange: failed, pattern: "#"),
            .queue(
                work,
                arguments: [
                    "x-queue-type": .text("quorum"),
                    "x-delivery-limit": .number(Self.deliveryLimit),
                    "x-max-length": .number(Self.workMessages),
                    "x-max-length-bytes": .number(Self.workBytes),
                    "x-overflow": .text("reject-publish"),
                    "x-dead-letter-exchange": .text(failed),
                    // No routing key of its own: the batch's leads back to its run.
                    "x-dead-letter-strategy": .text("at-least-once"),
                ]),
            .binding(queue: work, exchange: batches, pattern: "batch.#"),
        ]
    }

    /// What a run of the filter declares besides. Not a quorum queue: RabbitMQ 3.10 keeps the list of those back for up to
    /// three seconds, and one that was declared just before a crash takes messages for ever without giving or confirming any,
    /// and keeps the channels of daemons waiting that publish to it.
    func declarations(of run: String) -> [Declaration] {
        [
            .queue(
                replies(to: run),
                arguments: ["x-queue-type": .text("classic"), "x-expires": .number(Self.repliesMilliseconds)]),
            .binding(queue: replies(to: run), exchange: failed, pattern: routingKey(of: run)),
        ]
    }
}
