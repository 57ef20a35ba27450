internal import Histogram
internal import PhashCore

/// Measures for how long records are in the process. It costs a few operations for each read and batch, none for a record.
struct Latencies {
    private var arrivals = ArrivalTimes()
    private var histogram = Histogram<UInt64>(numberOfSignificantValueDigits: .three)
    private var sum: Double = 0
    private var longest: Nanoseconds = 0
    private var recordsSeen: UInt64 = 0

    /// Reads and batches of which something is kept.
    var pendingCount: Int { arrivals.count }

    /// A read may have completed records.
    ///
    /// - Parameter total: Records found in the input so far.
    mutating func recordsRead(total: UInt64, now: Nanoseconds) {
        arrivals.recordsRead(Int(total - recordsSeen), now: now)
        recordsSeen = total
    }

    mutating func batchCut(_ address: SlotAddress, recordCount: Int) {
        arrivals.batchCut(address, recordCount: recordCount)
    }

    mutating func recordsLeft(_ address: SlotAddress, firstRecord: Int, recordCount: Int, now: Nanoseconds) {
        arrivals.recordsLeft(address, firstRecord: firstRecord, recordCount: recordCount, now: now) { duration, count in
            let isRecorded = histogram.record(UInt64(duration), count: UInt64(count))
            precondition(isRecorded, "the histogram grows to any duration")
            sum += Double(duration) * Double(count)
            longest = max(longest, duration)
        }
    }

    mutating func batchLeft(_ address: SlotAddress) { arrivals.batchLeft(address) }

    var report: LatencyReport {
        LatencyReport(
            count: histogram.totalCount, sum: sum, longest: longest,
            quantiles: LatencyReport.shares.map { _, share in
                // The histogram gives the upper end of a range, which may lie above the longest one there was.
                histogram.totalCount == 0
                    ? 0 : min(Nanoseconds(clamping: histogram.valueAtPercentile(share * 100)), longest)
            })
    }
}
