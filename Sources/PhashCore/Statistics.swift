/// Counters of a run; contract section 11.
package struct Statistics: Equatable, Sendable {
    /// Records found in the input.
    package var recordsIn: UInt64 = 0
    /// Records whose output has left the process, without those that have none.
    package var recordsOut: UInt64 = 0
    /// Error records among them; of a check also those that do not hold.
    package var errors: UInt64 = 0
    /// Records that were done with and have no place in the output.
    package var skipped: UInt64 = 0
    /// Records that have a place in the output and that there was nothing to hash of: see `PartTally`.
    package var unhashed: UInt64 = 0
    /// See `PartTally`; of all records.
    package var lineBalance: UInt64 = 0
    package var bytesIn: UInt64 = 0
    package var bytesOut: UInt64 = 0
    /// Children started beyond the first of each worker.
    package var restarts: UInt64 = 0

    package init() {}

    /// Records that have been read and not yet written.
    package var inFlight: UInt64 { recordsIn - recordsOut - skipped }
}

/// Counters of one worker, over all its children.
package struct WorkerStatistics: Equatable, Sendable {
    package var records: UInt64 = 0
    /// Time spent on batches.
    package var busy: Nanoseconds = 0
    package var starts: UInt64 = 0

    package init() {}

    package var restarts: UInt64 { starts == 0 ? 0 : starts - 1 }
}
