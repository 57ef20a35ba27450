/// What a record is expected to cost a child, learned from the batches that have come back.
package struct CostEstimate: Hashable, Sendable {
    /// What a byte costs in the first round, roughly, whatever the digest: reading, hashing and escaping it.
    private static let byteCost: Nanoseconds = 3
    /// No batch is that cheap; keeps a clock's grain from making a record free.
    private static let leastRecordCost: Nanoseconds = 20

    /// Cost of one record, without its bytes.
    package private(set) var recordCost: Nanoseconds
    /// Length of a record with its delimiter, bytes.
    package private(set) var recordBytes: Int
    private var hasMeasuredCost = false
    private var hasMeasuredBytes = false

    /// - Parameters:
    ///   - recordCost: What to assume before the first batch has come back; at least 1.
    ///   - recordBytes: What to assume before the first record has been read; at least 1.
    package init(recordCost: Nanoseconds, recordBytes: Int = 64) {
        precondition(recordCost >= 1 && recordBytes >= 1)
        self.recordCost = recordCost
        self.recordBytes = recordBytes
    }

    /// Takes in what a batch took. The first one replaces the assumption, later ones count a quarter.
    package mutating func observe(records: Int, bytes: Int, took duration: Nanoseconds) {
        precondition(records >= 1 && bytes >= 0)
        let own = duration - Self.byteCost.multipliedSaturating(by: Nanoseconds(bytes))
        let cost = max(own / Nanoseconds(records), Self.leastRecordCost)
        recordCost = hasMeasuredCost ? recordCost / 4 * 3 + recordCost % 4 * 3 / 4 + cost / 4 : cost
        recordCost = max(recordCost, Self.leastRecordCost)
        hasMeasuredCost = true
    }

    /// Takes in how long records are.
    package mutating func observeInput(records: Int, bytes: Int) {
        guard records >= 1 else { return }
        let length = max(bytes / records, 1)
        recordBytes = hasMeasuredBytes ? max((recordBytes * 3 + length) / 4, 1) : length
        hasMeasuredBytes = true
    }

    /// Expected cost of some records.
    package func cost(records: Int, bytes: Int) -> Nanoseconds {
        recordCost.multipliedSaturating(by: Nanoseconds(records))
            .addingSaturating(Self.byteCost.multipliedSaturating(by: Nanoseconds(bytes)))
    }

    /// Records of the usual length that can be done in a time; may be 0.
    package func records(within time: Nanoseconds) -> Int {
        Int(time / cost(records: 1, bytes: recordBytes))
    }
}
