/// A batch that came as somebody else has cut it.
struct ArrivedBatch {
    let recordCount: Int
    /// Place of the first record in the input that it was cut from, from 1.
    let firstLine: UInt64
}

// What has to do with other machines: on the side of the filter the place whose child speaks for them, and on their side the
// batches that come from a filter.
extension Scheduler {
    static func remoteBatcher(_ limits: SchedulerLimits, children: Int) -> Batcher {
        Batcher(
            maximumRecords: max(limits.batchRecords, limits.lanes), maximumBytes: SchedulerLimits.remoteBatchBytes,
            parallelism: max(children, 1), lanes: limits.lanes, work: .remote)
    }

    mutating func setRemoteChildren(of index: Int, to children: Int) {
        workers[index].reach = .remote(children: children)
        remoteBatcher = Self.remoteBatcher(limits, children: children)
    }

    /// The child that speaks for other machines said how many children there are now; 0 when it cannot reach them. What was
    /// given to more stays with them.
    package mutating func remoteChildrenCounted(_ index: Int, children: Int) {
        switch workers[index].phase {
        case .ready:
            guard !workers[index].isLocal, children >= 0, children <= SchedulerLimits.windowBatches else {
                return workerMisbehaved(index)
            }
            setRemoteChildren(of: index, to: children)
        case .starting:
            workerMisbehaved(index)
        case .doomed, .retiring:
            break  // It said so while it was being killed or told to end.
        case .absent, .spawning:
            preconditionFailure("a worker without a child says nothing")
        }
    }

    /// Other machines gave a part back: it has cost them so much that they will not try again. It is to blame, as if a child
    /// of ours had died of it.
    package mutating func partReturned(_ index: Int, ticket: UInt64, now: Nanoseconds) {
        switch workers[index].phase {
        case .ready:
            guard !workers[index].isLocal,
                let place = workers[index].running.firstIndex(where: { $0.ticket == ticket })
            else { return workerMisbehaved(index) }
            requeue(workers[index].running.remove(at: place), isBlamed: true, cause: .givenBack)
        case .starting:
            workerMisbehaved(index)
        case .doomed, .retiring:
            break  // Whatever it had is sent again.
        case .absent, .spawning:
            preconditionFailure("a worker without a child says nothing")
        }
    }

    /// There is no way to other machines any more, and the child that spoke for them has ended: a child of ours will do what
    /// lies in its slots.
    package mutating func remoteGivenUp(_ index: Int) {
        precondition(!workers[index].isLocal && workers[index].phase == .absent)
        setRemoteChildren(of: index, to: 0)
        workers[index].reach = .local
        workers[index].fruitlessDeaths = 0
        workers[index].startNotBefore = 0
        // Its ends before it was ready were none of a child of ours.
        startFailures = 0
    }

    /// A batch came as somebody else has cut it. Its bytes must stay where `fillSlot` can find them, behind those of the batch
    /// before it; the batches are put into slots in the order in which they came.
    ///
    /// - Parameters:
    ///   - records: Where they lie in the bytes, in order, and none of them too long; at least 1.
    ///   - byteCount: Size of the bytes.
    ///   - firstLine: Place of the first record in the input that it was cut from, from 1.
    package mutating func batchArrived(_ records: [(offset: Int, length: Int)], byteCount: Int, firstLine: UInt64) {
        precondition(limits.takesBatches && !records.isEmpty)
        for (offset, length) in records {
            queue.append(RecordExtent(offset: arrivedBytes + UInt64(offset), length: UInt32(length)))
        }
        arrivedBytes += UInt64(byteCount)
        arrivals.append(ArrivedBatch(recordCount: records.count, firstLine: firstLine))
        statistics.bytesIn += UInt64(byteCount)
        statistics.recordsIn += UInt64(records.count)
    }
}
