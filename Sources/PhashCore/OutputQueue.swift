/// Results of one part that wait to be written.
package struct OutputSegment: Equatable, Sendable {
    package let address: SlotAddress
    /// Place of the part's first record in its batch; where its results lie in the slot follows from it.
    package let firstRecord: Int
    /// 0 when all its records are left out.
    package let byteCount: Int
}

/// What is ready to be written to stdout, in the order in which it leaves, with an account of partial writes.
package struct OutputQueue {
    private var segments: [OutputSegment] = []
    private var head = 0
    /// Bytes of the first segment that are written.
    package private(set) var headWrittenBytes = 0
    /// Bytes that are still to be written.
    package private(set) var pendingBytes = 0

    package init() {}

    package var isEmpty: Bool { head == segments.count }
    package var count: Int { segments.count - head }

    /// Whether the next segment has no bytes: it leaves as soon as that is said, by `written(0)`.
    package var isHeadEmpty: Bool { !isEmpty && segments[head].byteCount == 0 }

    /// A pending segment, 0 being the next to leave.
    package subscript(index: Int) -> OutputSegment { segments[head + index] }

    /// Queues a part's results if it has them and tells whether it had.
    package mutating func enqueueIfFinished(part index: Int, of batch: inout Batch) -> Bool {
        let part = batch.parts[index]
        switch part.state {
        case .finished(let resultBytes, let tally):
            precondition(resultBytes >= 0, "no part has fewer than no bytes of results")
            let segment = OutputSegment(
                address: batch.address, firstRecord: part.firstRecord, byteCount: resultBytes)
            segments.append(segment)
            pendingBytes += resultBytes
            batch.parts[index].state = .queued(tally)
            return true
        case .waiting, .sent, .givenUp:
            return false
        case .queued, .written:
            preconditionFailure("results are queued once")
        }
    }

    /// Accounts for bytes that have left; `completed` gets each segment that has left whole.
    package mutating func written(_ byteCount: Int, completed: (OutputSegment) -> Void) {
        precondition(byteCount >= 0 && byteCount <= pendingBytes, "no more is written than was queued")
        pendingBytes -= byteCount
        headWrittenBytes += byteCount
        while head < segments.count, headWrittenBytes >= segments[head].byteCount {
            headWrittenBytes -= segments[head].byteCount
            completed(segments[head])
            head += 1
        }
        if head == segments.count {
            segments.removeAll(keepingCapacity: true)
            head = 0
        } else if head > 1024 && head * 2 > segments.count {
            segments.removeFirst(head)
            head = 0
        }
    }
}
