internal import PhashCore
internal import PhashPosix
internal import PhashWire

extension ChildPool {
    /// Result pages that one worker's slots may hold while it works, bytes: its share of what results may take anyway.
    /// A page that is given back costs as much as hashing a dozen short records when it is needed again.
    private var heldResultsBytes: Int { max(settings.bufferBytes / children.count, 4 << 20) }
    /// What is kept of them when none of its slots is in use, bytes: a few batches of short records.
    private var keptResultsBytes: Int { max(heldResultsBytes / 4, 4 << 20) }
    /// A slot's results beyond this go back to the system as soon as they are written, bytes.
    private static let largeResultsBytes = 2 << 20

    /// Input pages that one worker's slots may hold before they are replaced, bytes: sealed pages cannot be given back
    /// one by one.
    private var keptInputBytes: Int { max(16 << 20, settings.bufferBytes / 2) / children.count + (1 << 20) }

    /// Carries out what the scheduler wants until it wants nothing more.
    ///
    /// A child that is not ready gets its work when all that are to be started have been: one that hashes already would
    /// take the CPU from those that come after it.
    func performActions() {
        var held: [Assignment] = []
        while true {
            while let action = nextAction() {
                if case .run(let assignment) = action, !isReady(assignment.address.worker) {
                    held.append(assignment)
                } else {
                    perform(action)
                }
            }
            if held.isEmpty { return }
            held.forEach(send)
            held.removeAll()
        }
    }

    private func perform(_ action: Action) {
        switch action {
        case .startWorker(let index):
            startChild(of: index)
        case .fillSlot(let address, _, let recordCount, let byteCount):
            fill(address, recordCount: recordCount, byteCount: byteCount)
        case .run(let assignment):
            send(assignment)
        case .giveUp(let address, let firstRecord, let cause, let tries):
            writeErrorRecord(address, firstRecord: firstRecord, cause: cause, tries: tries)
        case .killWorker(let index), .retireWorker(let index):
            // A child that is to make room for another has nothing to lose either.
            if let child = children[index] { ChildProcess.kill(child.pid) }
        case .releaseSlot(let address):
            release(address)
        case .reportDraining(let recordsLeft):
            let records = recordsLeft == 1 ? "1 record is" : "\(recordsLeft) records are"
            messages.add("phash: stopping: \(records) left, a second signal stops at once\n")
        }
    }

    private func nextAction() -> Action? {
        releaseResults()
        return scheduler.nextAction(now: clock.now)
    }

    private func isReady(_ index: Int) -> Bool {
        switch scheduler.workers[index].phase {
        case .ready: true
        case .absent, .spawning, .starting, .doomed, .retiring: false
        }
    }

    private func arena(of index: Int) -> Arena {
        guard let arena = arenas[index] else { preconditionFailure("a worker with a batch has memory") }
        return arena
    }

    /// Results that wait to leave.
    func results(of segment: OutputSegment) -> UnsafeMutableRawBufferPointer {
        let arena = arena(of: segment.address.worker)
        var start = 0
        if segment.firstRecord > 0 {
            let batch = scheduler.batch(at: segment.address)
            start = arena.resultsRange(firstRecord: segment.firstRecord, recordCount: 1, of: batch).lowerBound
        }
        return unsafe arena.results(slot: segment.address.slot, range: start..<start + segment.byteCount)
    }

    private func fill(_ address: SlotAddress, recordCount: Int, byteCount: Int) {
        let arena = arena(of: address.worker)
        scheduler.takeRecords(count: recordCount) { first, second in
            let bytes = unsafe input.bytes(at: first[0].offset, count: byteCount)
            unsafe arena.fill(slot: address.slot, records: first, second, bytes: bytes)
        }
        batchWasCut(address, recordCount: recordCount)
        input.discard(before: scheduler.keepFrom)
    }

    private func send(_ assignment: Assignment) {
        let address = assignment.address
        let batch = scheduler.batch(at: address)
        let range = arena(of: address.worker).resultsRange(
            firstRecord: assignment.firstRecord, recordCount: assignment.recordCount, of: batch)
        let order = PartOrder(
            ticket: assignment.ticket, slot: UInt32(address.slot), firstRecord: UInt32(assignment.firstRecord),
            recordCount: UInt32(assignment.recordCount), batchBytes: UInt64(batch.byteCount),
            firstLine: batch.firstLine + UInt64(assignment.firstRecord), resultsOffset: UInt64(range.lowerBound),
            resultsCapacity: UInt64(range.count))
        guard let child = children[address.worker] else { preconditionFailure("only a child is given work") }
        if !child.send(order) { scheduler.workerMisbehaved(address.worker) }
    }

    /// Writes the record of a record that cost too many children their lives where its result would be.
    private func writeErrorRecord(_ address: SlotAddress, firstRecord: Int, cause: DeathCause, tries: Int) {
        let batch = scheduler.batch(at: address)
        let arena = arena(of: address.worker)
        let range = arena.resultsRange(firstRecord: firstRecord, recordCount: 1, of: batch)
        let room = unsafe arena.results(slot: address.slot, range: range)
        var writer = unsafe RecordWriter(format: settings.format, memory: room)
        let input = unsafe arena.record(firstRecord, of: batch)
        let times = tries == 1 ? "tried 1 time" : "tried \(tries) times"
        let code: RecordErrorCode
        let message: String
        switch cause {
        case _ where unsafe input == nil:
            // Whatever became of its workers, this is what is wrong with the record.
            code = .lineTooLong
            message = RecordErrorCode.lineTooLongMessage(maximumLineBytes: settings.maximumLineBytes)
        case .timedOut:
            code = .timeout
            message = "no result within \(seconds(settings.timeoutNanoseconds ?? 0)) s, \(times)"
        case .died(let status):
            code = .workerCrashed
            message = "its worker \(ExitStatus(waitStatus: status)), \(times)"
        case .givenBack:
            code = .workerCrashed
            message = "the broker gave it back, for no machine came to an end with it, \(times)"
        }
        unsafe writer.writeError(
            line: batch.firstLine + UInt64(firstRecord), input: input, code: code, message: message)
        givenUpRecords += 1
        arena.noteResults(slot: address.slot, upTo: range.lowerBound + writer.byteCount)
        scheduler.errorRecordWritten(address, firstRecord: firstRecord, resultBytes: writer.byteCount)
    }

    /// A duration as people write it: `5`, `0.25`.
    private func seconds(_ duration: Nanoseconds) -> String {
        let whole = duration / .second
        let fraction = duration % .second
        guard fraction > 0 else { return "\(whole)" }
        var digits = String(fraction)
        digits = String(repeating: "0", count: 9 - digits.count) + digits
        while digits.hasSuffix("0") { digits.removeLast() }
        return "\(whole).\(digits)"
    }

    private func release(_ address: SlotAddress) {
        batchHasLeft(address)
        let arena = arena(of: address.worker)
        let isLarge = arena.touchedResults(slot: address.slot) > Self.largeResultsBytes
        if isLarge || arena.heldResultsBytes > heldResultsBytes { arena.discardResults(slot: address.slot) }
        if arena.heldResultsBytes > keptResultsBytes && scheduler.workers[address.worker].slots.isAllFree {
            arena.discardResults(beyond: keptResultsBytes)
        }
        // The child that speaks for other machines keeps its own: what it holds is bounded by the credits.
        if arena.heldInputBytes > keptInputBytes, scheduler.workers[address.worker].isLocal {
            scheduler.slotsOutgrown(address.worker)
        }
    }
}
