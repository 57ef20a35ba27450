/// Where a record lies in the input stream, without its delimiter.
package struct RecordExtent: Equatable, Sendable {
    /// Stream offset of the first byte. For a record that is too long: a place behind its first bytes, none of which
    /// are kept.
    package var offset: UInt64
    /// Bytes, or `tooLong`.
    package var length: UInt32

    /// The length of a record that was longer than allowed and whose bytes are gone.
    package static let tooLong = UInt32.max

    package init(offset: UInt64, length: UInt32) {
        self.offset = offset
        self.length = length
    }

    package var isTooLong: Bool { length == Self.tooLong }

    /// Stream offset behind the last byte that is kept.
    package var end: UInt64 { isTooLong ? offset : offset + UInt64(length) }
}

/// The records that have been read and not yet copied into a slot, in input order: a ring with two ends and a middle.
///
/// *Cutting* moves records from the waiting part into the cut part, *taking* removes them from there. Both go in input
/// order, so the shell can copy a batch some actions after the scheduler has decided on it.
package struct RecordQueue {
    /// Places that are there at first.
    private static let firstPlaces = 1 << 10
    /// Places that are kept when nothing waits, 1 MiB of them. Only very short records need more.
    private static let keptPlaces = 1 << 16

    private var ring: [RecordExtent]
    /// Records ever taken, cut and appended; a record's place in the ring is its number modulo the ring's size.
    private var takenCount = 0
    private var cutCount = 0
    private var appendedCount = 0
    /// Numbers of the waiting records that are too long, ascending.
    private var tooLongNumbers: [Int] = []

    package init() {
        ring = Self.places(Self.firstPlaces)
    }

    private static func places(_ count: Int) -> [RecordExtent] {
        Array(repeating: RecordExtent(offset: 0, length: 0), count: count)
    }

    /// Places for records, taken and free.
    package var capacity: Int { ring.count }

    /// Records that are in no batch yet.
    package var waitingCount: Int { appendedCount - cutCount }

    /// Stream offset before which no byte is needed for records of this queue; nil when it is empty.
    package var firstOffset: UInt64? { takenCount == appendedCount ? nil : extent(takenCount).offset }

    private func extent(_ number: Int) -> RecordExtent { ring[number & (ring.count - 1)] }

    package mutating func append(_ extent: RecordExtent) {
        if appendedCount - takenCount == ring.count { grow() }
        if extent.isTooLong { tooLongNumbers.append(appendedCount) }
        ring[appendedCount & (ring.count - 1)] = extent
        appendedCount += 1
    }

    /// Appends records that end at `base + ends[0]`, `base + ends[1]` and so on, each beginning behind the delimiter of the
    /// one before it and the first at `start`, as far as they are no longer than allowed.
    ///
    /// - Parameter start: Moved behind the delimiter of the last one that was appended.
    /// - Returns: How many were appended.
    mutating func append(
        from start: inout UInt64, ends: Span<UInt32>, base: UInt64, maximumLineBytes: Int
    ) -> Int {
        while ring.count - (appendedCount - takenCount) < ends.count { grow() }
        let mask = ring.count - 1
        let first = appendedCount
        var places = ring.mutableSpan
        var recordStart = start
        var count = 0
        // The loop of every record of the input: what is unchecked was made sure of before it.
        while count < ends.count {
            let end = base &+ UInt64(unsafe ends[unchecked: count])
            let length = end &- recordStart
            guard length <= UInt64(maximumLineBytes) else { break }
            let extent = RecordExtent(offset: recordStart, length: UInt32(truncatingIfNeeded: length))
            unsafe places[unchecked: (first &+ count) & mask] = extent
            recordStart = end &+ 1
            count &+= 1
        }
        start = recordStart
        appendedCount += count
        return count
    }

    private mutating func grow() {
        var larger = Self.places(ring.count * 2)
        for number in takenCount..<appendedCount { larger[number & (larger.count - 1)] = extent(number) }
        ring = larger
    }

    /// How many records from the first waiting one on can share a batch: all of them are too long, or none is.
    ///
    /// The bytes of such a run lie one after another in the stream, delimiters between them.
    package func uniformRun(limit: Int) -> Int {
        let most = Swift.min(limit, waitingCount)
        guard let firstTooLong = tooLongNumbers.first else { return most }
        if firstTooLong > cutCount { return Swift.min(most, firstTooLong - cutCount) }
        var run = 0
        for number in tooLongNumbers.prefix(most) {
            guard number == cutCount + run else { break }
            run += 1
        }
        return run
    }

    /// Bytes from the start of the first waiting record to the end of the `count`-th, 0 when they are too long.
    ///
    /// Precondition: `1...uniformRun` records.
    package func span(count: Int) -> Int {
        precondition(count >= 1 && count <= waitingCount)
        let first = extent(cutCount)
        return first.isTooLong ? 0 : Int(extent(cutCount + count - 1).end - first.offset)
    }

    /// The largest number of records, `1...limit`, for which `fits` holds, given that it holds for all smaller ones;
    /// 0 when it does not even hold for one.
    package func largestCount(limit: Int, where fits: (_ count: Int, _ span: Int) -> Bool) -> Int {
        var low = 0
        var high = limit
        while low < high {
            let middle = (low + high + 1) / 2
            if fits(middle, span(count: middle)) { low = middle } else { high = middle - 1 }
        }
        return low
    }

    /// Moves the first `count` waiting records into the cut part.
    package mutating func cut(count: Int) {
        precondition(count >= 1 && count <= waitingCount)
        cutCount += count
        let passed = tooLongNumbers.prefix { $0 < cutCount }.count
        if passed > 0 { tooLongNumbers.removeFirst(passed) }
    }

    /// Removes the first `count` cut records, handing them to `body` in two runs, the second of which is mostly empty.
    package mutating func take<Result>(
        count: Int, _ body: (_ first: Span<RecordExtent>, _ second: Span<RecordExtent>) -> Result
    ) -> Result {
        precondition(count >= 1 && count <= cutCount - takenCount, "records are taken after they are cut")
        let start = takenCount & (ring.count - 1)
        let firstCount = min(count, ring.count - start)
        takenCount += count
        let result = body(
            ring.span.extracting(start..<start + firstCount), ring.span.extracting(0..<count - firstCount))
        if takenCount == appendedCount && ring.count > Self.keptPlaces { giveBack() }
        return result
    }

    /// A flood of records is over: its memory goes back.
    private mutating func giveBack() {
        ring = Self.places(Self.firstPlaces)
        tooLongNumbers = []
    }
}
