extension Scheduler {
    /// The shell wrote the error record that a `giveUp` action asked for.
    package mutating func errorRecordWritten(_ address: SlotAddress, firstRecord: Int, resultBytes: Int) {
        let part = batches[address].parts[batches[address].partIndex(firstRecord: firstRecord)]
        precondition(part.state == .givenUp, "an error record is written where one was asked for")
        partFinished(address, firstRecord: firstRecord, resultBytes: resultBytes, tally: PartTally(errors: 1))
    }

    /// A part has its results: correct the charge, and let out what may leave.
    mutating func partFinished(_ address: SlotAddress, firstRecord: Int, resultBytes: Int, tally: PartTally) {
        let partIndex = batches[address].partIndex(firstRecord: firstRecord)
        batches[address].parts[partIndex].state = .finished(resultBytes: resultBytes, tally: tally)
        batches[address].resultBytes += resultBytes
        unfinishedRecords -= batches[address].parts[partIndex].recordCount
        if batches[address].isFinished {
            let real = batches[address].inputCharge + batches[address].resultBytes
            credits.correct(batches[address].charge, to: real)
            batches[address].charge = real
        }
        if limits.isOrdered {
            window.advance(&batches, into: &output)
        } else {
            let isQueued = output.enqueueIfFinished(part: partIndex, of: &batches[address])
            precondition(isQueued)
        }
    }

    /// Bytes from the head of the output queue have left the process: none of them when its head is empty.
    ///
    /// - Parameter left: Gets each run of records that has left whole with these bytes.
    package mutating func outputWritten(
        _ byteCount: Int,
        left: (_ address: SlotAddress, _ firstRecord: Int, _ recordCount: Int) -> Void = { _, _, _ in }
    ) {
        var completed: [OutputSegment] = []
        output.written(byteCount) { completed.append($0) }
        statistics.bytesOut += UInt64(byteCount)
        for segment in completed { complete(segment, left: left) }
    }

    private mutating func complete(_ segment: OutputSegment, left: (SlotAddress, Int, Int) -> Void) {
        let address = segment.address
        let partIndex = batches[address].partIndex(firstRecord: segment.firstRecord)
        let part = batches[address].parts[partIndex]
        switch part.state {
        case .queued(let tally):
            statistics.recordsOut += UInt64(part.recordCount - tally.skipped)
            statistics.errors += UInt64(tally.errors)
            statistics.skipped += UInt64(tally.skipped)
            statistics.unhashed += UInt64(tally.unhashed)
            statistics.lineBalance &+= tally.lineBalance
        case .waiting, .sent, .givenUp, .finished, .written:
            preconditionFailure("only queued results are written")
        }
        batches[address].parts[partIndex].state = .written
        left(address, part.firstRecord, part.recordCount)
        guard batches[address].isWritten else { return }
        credits.giveBack(batches.remove(address).charge)
        workers[address.worker].slots.release(address.slot)
        actions.append(.releaseSlot(address))
    }
}
