/// Where a batch lives from the moment it is cut until its results are written: one slot of one worker.
package struct SlotAddress: Hashable, Sendable {
    package let worker: Int
    package let slot: Int

    package init(worker: Int, slot: Int) {
        self.worker = worker
        self.slot = slot
    }
}

/// A run of a batch's records that is hashed in one go. A batch is one part until a worker dies over it.
package struct Part: Equatable, Sendable {
    package enum State: Equatable, Sendable {
        /// Not with any worker. → sent, givenUp
        case waiting
        /// With its worker, under the ticket of that sending. → finished, waiting (the worker died)
        case sent(ticket: UInt64)
        /// Its tries are used up and its error record is being made. → finished
        case givenUp
        /// Its results lie in the slot. → queued
        case finished(resultBytes: Int, tally: PartTally)
        /// Its results are in the output queue. → written
        case queued(PartTally)
        /// Its results have left the process.
        case written
    }

    /// Place of the first record in the batch, from 0.
    package let firstRecord: Int
    package let recordCount: Int
    /// Deaths while the record was alone; 0 for more than one record.
    package var tries = 0
    package var state = State.waiting

    package init(firstRecord: Int, recordCount: Int) {
        precondition(firstRecord >= 0 && recordCount >= 1)
        self.firstRecord = firstRecord
        self.recordCount = recordCount
    }
}

/// Records that were cut together, with what has become of them.
///
/// Halves of a batch whose worker died stay in its slot, each with its own share of the room for results. So the head
/// of the line always has its slot, and ordered output cannot deadlock.
package struct Batch: Equatable, Sendable {
    /// Counts batches from 0, in input order.
    package let number: UInt64
    package let address: SlotAddress
    /// Place of the first record in the input, from 1.
    package let firstLine: UInt64
    package let recordCount: Int
    /// Bytes of input from the first record to the last.
    package let byteCount: Int
    /// What of the charge is input, bytes.
    package let inputCharge: Int
    /// What the batch takes of the credits, bytes.
    package var charge: Int
    /// In the order of their records.
    package var parts: [Part]
    /// Results that lie in the slot or went out of it, bytes.
    package var resultBytes = 0

    package init(
        number: UInt64, address: SlotAddress, firstLine: UInt64, recordCount: Int, byteCount: Int, inputCharge: Int,
        charge: Int
    ) {
        self.number = number
        self.address = address
        self.firstLine = firstLine
        self.recordCount = recordCount
        self.byteCount = byteCount
        self.inputCharge = inputCharge
        self.charge = charge
        parts = [Part(firstRecord: 0, recordCount: recordCount)]
    }

    /// Index of the part that begins with a record; traps when no part does.
    package func partIndex(firstRecord: Int) -> Int {
        guard let index = parts.firstIndex(where: { $0.firstRecord == firstRecord }) else {
            preconditionFailure("no part of the batch begins with record \(firstRecord)")
        }
        return index
    }

    package var isWritten: Bool { parts.allSatisfy { $0.state == .written } }

    /// Whether every part has its results, written or not.
    package var isFinished: Bool {
        parts.allSatisfy { part in
            switch part.state {
            case .waiting, .sent, .givenUp: false
            case .finished, .queued, .written: true
            }
        }
    }

    /// Replaces a part by its halves and returns where they begin.
    package mutating func split(partIndex: Int) -> (Int, Int) {
        let part = parts[partIndex]
        precondition(part.recordCount >= 2, "a single record cannot be split")
        let half = part.recordCount / 2
        let left = Part(firstRecord: part.firstRecord, recordCount: half)
        let right = Part(firstRecord: part.firstRecord + half, recordCount: part.recordCount - half)
        parts.replaceSubrange(partIndex...partIndex, with: [left, right])
        return (left.firstRecord, right.firstRecord)
    }
}

/// The batches that have been cut and not yet written, by the slot they live in.
package struct BatchTable {
    /// By worker and slot. A worker's list grows to the highest slot it has used, since most use a few of a thousand.
    private var storage: [[Batch?]]
    private let slotsPerWorker: Int
    package private(set) var count = 0

    package init(workers: Int, slotsPerWorker: Int) {
        storage = Array(repeating: [], count: workers)
        self.slotsPerWorker = slotsPerWorker
    }

    private func holdsBatch(_ address: SlotAddress) -> Bool {
        precondition(address.slot >= 0 && address.slot < slotsPerWorker, "no such slot")
        let slots = storage[address.worker]
        return address.slot < slots.count && slots[address.slot] != nil
    }

    /// The batch in a slot; nil when it holds none.
    func batchIfAny(at address: SlotAddress) -> Batch? { holdsBatch(address) ? self[address] : nil }

    package subscript(address: SlotAddress) -> Batch {
        get {
            guard let batch = storage[address.worker][address.slot] else {
                preconditionFailure("the slot holds no batch")
            }
            return batch
        }
        _modify {
            // Straight to the element, so that a batch's parts are changed in place.
            precondition(holdsBatch(address), "the slot holds no batch")
            yield &storage[address.worker][address.slot]!
        }
    }

    package mutating func insert(_ batch: Batch) {
        let address = batch.address
        precondition(!holdsBatch(address), "the slot is taken")
        while storage[address.worker].count <= address.slot { storage[address.worker].append(nil) }
        storage[address.worker][address.slot] = batch
        count += 1
    }

    package mutating func remove(_ address: SlotAddress) -> Batch {
        let batch = self[address]
        storage[address.worker][address.slot] = nil
        count -= 1
        return batch
    }
}
