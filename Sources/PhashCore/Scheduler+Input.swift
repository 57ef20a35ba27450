extension Scheduler {
    /// Bytes came from the input. They must stay where `fillSlot` can find them from `keepFrom` on.
    package mutating func inputRead(_ bytes: RawSpan) {
        switch input {
        case .open: break
        case .ended, .stopped: preconditionFailure("nothing is read after the end of the input")
        }
        let before = queue.waitingCount
        splitter.split(bytes, into: &queue)
        let found = queue.waitingCount - before
        statistics.bytesIn += UInt64(bytes.byteCount)
        statistics.recordsIn += UInt64(found)
        estimate.observeInput(records: found, bytes: bytes.byteCount)
    }

    /// The input is at its end; a last record without a delimiter counts.
    package mutating func inputEnded() {
        switch input {
        case .open:
            let before = queue.waitingCount
            splitter.finish(into: &queue)
            statistics.recordsIn += UInt64(queue.waitingCount - before)
            input = .ended
        case .ended, .stopped:
            preconditionFailure("the input ends once")
        }
    }

    /// Reading failed. What has been read is finished; a record without its delimiter is not one.
    package mutating func inputFailed() {
        switch input {
        case .open:
            splitter.discardPartialRecord()
            input = .stopped
        case .ended, .stopped:
            preconditionFailure("nothing is read after the end of the input")
        }
    }

    /// Stream offset before which no byte of input is needed any more.
    package var keepFrom: UInt64 { queue.firstOffset ?? max(splitter.keepFrom, arrivedBytes) }

    /// Hands the records of a `fillSlot` action to `body`, in order: two runs, the second of which is mostly empty.
    package mutating func takeRecords<Result>(
        count: Int, _ body: (_ first: Span<RecordExtent>, _ second: Span<RecordExtent>) -> Result
    ) -> Result {
        queue.take(count: count, body)
    }

    /// Bytes that may be read now; 0 pauses the input.
    ///
    /// - Parameter heldBytes: Input bytes that the shell keeps outside of slots.
    package func readAllowance(heldBytes: Int) -> Int {
        switch input {
        case .open: break
        case .ended, .stopped: return 0
        }
        let ahead = recordsAhead
        let wanted = ahead - queue.waitingCount - unfinishedRecords
        guard wanted > 0 else { return 0 }
        let areDear = ahead < Self.fewRecords
        // Cheap records are read many at a time: topping up each time that a few are done would take a call for a handful of
        // bytes. There is enough to do meanwhile.
        guard areDear || wanted >= ahead / Self.leastTopUp else { return 0 }
        // Dear ones make reading cheap beside them: then no more bytes than records, each of which has one at least, so that
        // none too many is read whatever their length.
        let likely = areDear ? wanted : wanted.multipliedSaturating(by: estimate.recordBytes)
        // A record that is longer than usual doubles what is asked for until it is complete.
        let useful = max(likely, splitter.incompleteBytes)
        let room = min(limits.inputBytes, limits.bufferBytes - credits.used) - heldBytes
        if room > 0 { return min(useful, room, limits.readBytes) }
        // One record always fits: with nothing else in memory the one that is not complete yet may go on.
        let isAlone = credits.used == 0 && queue.waitingCount == 0
        let isHeldUpByItself = queue.waitingCount == 0 && heldBytes < limits.bufferBytes - credits.used
        return isAlone || isHeldUpByItself ? min(useful, limits.readBytes) : 0
    }

    /// Whether it is worth looking for more input before a batch is cut, should there be any without waiting.
    ///
    /// Dear records are read a few bytes at a time, so the first read rarely holds as many as would run side by side.
    /// A child that is given one of them works as long on it as on a lane group; and children that are started together
    /// do not take the CPU from one another's start.
    ///
    /// - Parameter heldBytes: As for `readAllowance`.
    package func isWorthGathering(heldBytes: Int) -> Bool {
        queue.waitingCount < limits.lanes * (limits.jobs - localBusyCount + remoteIdle)
            && recordsAhead < Self.fewRecords
            && readAllowance(heldBytes: heldBytes) > 0
    }

    /// Children on other machines that have nothing to do.
    private var remoteIdle: Int {
        workers.reduce(0) { $0 + ($1.isLocal ? 0 : max($1.remoteChildren - $1.running.count, 0)) }
    }

    /// Fewer than these make 2 s of work only when each takes milliseconds: then reading them costs nothing beside.
    private static var fewRecords: Int { 1_000 }
    /// Which part of what is read ahead of cheap records has to be done until more is read: an eighth.
    private static var leastTopUp: Int { 8 }

    /// Records that it is worth to have read ahead: about 2 s of work, and never less than a lane group for each child.
    private var recordsAhead: Int {
        // Never none, or the end of the input would not be seen while there is nobody to work.
        let remote = remoteChildren == 0 && limits.hasRemote ? SchedulerLimits.supposedRemoteChildren : remoteChildren
        let time = SchedulerLimits.workAhead.multipliedSaturating(by: Nanoseconds(limits.parallelism + remote))
        let groups = limits.jobs + SchedulerLimits.batchesPerRemoteChild * remote
        let floor = max(limits.lanes, SchedulerLimits.leastRecordsAhead) * groups
        return max(estimate.records(within: time), floor)
    }
}
