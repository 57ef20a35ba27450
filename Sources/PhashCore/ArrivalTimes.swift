/// Records that came together.
package struct Arrival: Equatable, Sendable {
    /// When the read that completed them returned.
    package let moment: Nanoseconds
    /// How many of them are meant; at least 1.
    package var count: Int

    package init(moment: Nanoseconds, count: Int) {
        self.moment = moment
        self.count = count
    }
}

/// When records came, from the read that completed them to their output: for how long each was here.
///
/// What is kept is one moment for each read and batch, not one for each record. A batch takes its moments with it, so
/// that nothing is kept for records that have left, however long an earlier one takes.
package struct ArrivalTimes {
    /// Records that are in no batch yet, in input order; those before `head` have gone.
    private var waiting: [Arrival] = []
    private var head = 0
    private var batches: [SlotAddress: [Arrival]] = [:]

    package init() {}

    /// Reads and batches of which something is kept.
    package var count: Int { waiting.count - head + batches.count }

    /// A read completed records.
    package mutating func recordsRead(_ count: Int, now: Nanoseconds) {
        guard count > 0 else { return }
        waiting.append(Arrival(moment: now, count: count))
    }

    /// The next records were put into a batch.
    package mutating func batchCut(_ address: SlotAddress, recordCount: Int) {
        var arrivals: [Arrival] = []
        var left = recordCount
        while left > 0 {
            precondition(head < waiting.count, "a record comes before it is put into a batch")
            let taken = min(left, waiting[head].count)
            arrivals.append(Arrival(moment: waiting[head].moment, count: taken))
            waiting[head].count -= taken
            left -= taken
            if waiting[head].count == 0 { head += 1 }
        }
        if head == waiting.count {
            waiting.removeAll(keepingCapacity: true)
            head = 0
        } else if head > 1024 && head * 2 > waiting.count {
            waiting.removeFirst(head)
            head = 0
        }
        batches[address] = arrivals
    }

    /// Records of a batch have left: tells for how long they were here, a run of the same read at a time.
    ///
    /// - Parameter firstRecord: Place of the first of them in the batch, from 0.
    package func recordsLeft(
        _ address: SlotAddress, firstRecord: Int, recordCount: Int, now: Nanoseconds,
        _ tell: (_ duration: Nanoseconds, _ count: Int) -> Void
    ) {
        guard let arrivals = batches[address] else { preconditionFailure("what leaves was in a batch") }
        var start = 0
        for arrival in arrivals {
            let end = start + arrival.count
            let count = min(end, firstRecord + recordCount) - max(start, firstRecord)
            if count > 0 { tell(max(now - arrival.moment, 0), count) }
            start = end
        }
    }

    /// A batch has left whole.
    package mutating func batchLeft(_ address: SlotAddress) { batches[address] = nil }
}
