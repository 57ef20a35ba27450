package import PhashWire

/// Everything that a run of the filter needs to know, resolved: no defaults to look up, nothing left to validate.
package struct FilterSettings: Sendable {
    /// The order of the output records.
    package enum Order: Sendable {
        /// As the records came in.
        case input
        /// As their results are ready.
        case completion
    }

    /// Child processes at most; 0...1024, 0 only with a broker.
    package var jobs: Int
    /// CPUs that this process may use; at least 1.
    package var processors: Int
    /// The byte that ends a record: newline, or NUL with `--null`.
    package var delimiter: UInt8 = 0x0A
    /// Whether a carriage return before the delimiter belongs to it.
    package var stripsCarriageReturn = false
    /// Longest record, bytes without its delimiter; 1...`maximumLineBytesLimit`.
    package var maximumLineBytes = 1 << 20
    /// What input kept plus results not yet written may take together, bytes; at least 1.
    package var bufferBytes = 64 << 20
    package var order = Order.input
    /// Times that a record whose worker died is tried again; at least 0.
    package var retries = 2
    /// How long a child may take for one record, nanoseconds; nil for no limit.
    package var timeoutNanoseconds: Int64?
    /// How results look in the output.
    package var format: RecordFormat
    /// What one record is thought to cost before the first has been measured, nanoseconds.
    package var estimatedRecordNanoseconds: Int64 = 1_000
    /// What a check takes for a failure; nil when this is none.
    package var check: CheckRules?
    /// Whether the life of each child is told on stderr.
    package var isVerbose = false
    /// What else the run shows of itself.
    package var introspection = IntrospectionSettings()
    /// How children on other machines are reached; nil when there are none.
    package var broker: BrokerSettings?

    /// What `maximumLineBytes` may be at most: lengths travel as 32-bit numbers.
    package static let maximumLineBytesLimit = 1 << 30

    package init(jobs: Int, processors: Int, format: RecordFormat) {
        self.jobs = jobs
        self.processors = processors
        self.format = format
    }
}
