/// What the scheduler wants done. The shell carries actions out in the order in which it gets them.
package enum Action: Equatable, Sendable {
    /// Start a child, and answer with `workerStarted` or `workerStartFailed` before asking for the next action.
    case startWorker(Int)
    /// Take the next cut records out of the queue and copy them, with the table of where they lie, into a slot.
    case fillSlot(SlotAddress, firstLine: UInt64, recordCount: Int, byteCount: Int)
    /// Tell the child to work on a part that lies in one of its slots.
    case run(Assignment)
    /// Write the error record of a single record that used up its tries into its slot, and answer with
    /// `errorRecordWritten` before asking for the next action.
    case giveUp(SlotAddress, firstRecord: Int, cause: DeathCause, tries: Int)
    /// Kill the child; `workerExited` follows when it is gone.
    case killWorker(Int)
    /// Have the child end, and replace the memory of its slots once `workerExited` has followed.
    case retireWorker(Int)
    /// A slot's contents are no longer needed.
    case releaseSlot(SlotAddress)
    /// Tell the user that draining takes a while.
    case reportDraining(recordsLeft: UInt64)
}

/// How the scheduler's work ended.
package enum Outcome: Equatable, Sendable {
    /// Everything that was read has been written.
    case completed
    /// A second signal demands to stop at once.
    case aborted(signal: Int32)
    /// Too many children in a row ended before they were ready; the status of the last.
    case startsFailed(status: Int32)
}
