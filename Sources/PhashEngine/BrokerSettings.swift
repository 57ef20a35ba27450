package import PhashDigest
package import PhashWire

/// How a run of the filter reaches children on other machines: through a broker, by `phash-amqp`.
package struct BrokerSettings: Sendable {
    package var address: BrokerAddress
    /// What the names of queues and exchanges begin with; 1 to 64 letters, digits and `.`, `_` and `-`.
    package var queue = BrokerSettings.usualQueue
    /// How long it may go on without a broker, or without anybody who takes work from it, nanoseconds; nil for ever.
    package var patienceNanoseconds: Int64? = 60_000_000_000
    /// The program that speaks to the broker, a path.
    package var bridgePath: String

    package static let usualQueue = "phash"

    package init(address: BrokerAddress, bridgePath: String) {
        self.address = address
        self.bridgePath = bridgePath
    }
}

/// Everything that `phash-amqp work` needs to know.
package struct DaemonSettings {
    package var address: BrokerAddress
    /// As in `BrokerSettings`.
    package var queue = BrokerSettings.usualQueue
    /// Child processes at most; 1...1024.
    package var jobs: Int
    /// CPUs that this process may use; at least 1.
    package var processors: Int
    /// What batches taken and results not yet sent may take together, bytes; at least 1.
    package var bufferBytes = 64 << 20
    /// What batches that name a key are hashed with; nil when such batches are refused.
    package var key: SecretKey?
    /// What children hash with where they can; nil for what is fastest.
    package var kernel: Kernel?
    /// Whether connections, batches and the life of each child are told on stderr.
    package var isVerbose = false
    /// The file for Prometheus; nil for none.
    package var metricsPath: String?
    /// The program's own version, for metrics.
    package var version = ""

    package init(address: BrokerAddress, jobs: Int, processors: Int) {
        self.address = address
        self.jobs = jobs
        self.processors = processors
    }
}
