internal import PhashCore
internal import PhashPosix
internal import PhashWire

/// The child's loop: hear of a part, work on it, say that it is done.
@safe
package struct Worker {
    private let greeting: WorkerGreeting
    private let input: UnsafeRawBufferPointer
    private let results: UnsafeMutableRawBufferPointer
    private var job: any Job
    /// Where the records are that the job gets at once.
    private let records: UnsafeMutableBufferPointer<UnsafeRawBufferPointer>
    private var buffer: ResultBuffer
    private var writer: RecordWriter

    /// Records that the job gets at once: so few that their results stay in the nearest cache until they are written, and
    /// enough to fill any number of lanes several times.
    private static let recordsAtOnce = 512

    /// Whether the first argument says that this process is a child.
    ///
    /// It looks at the bytes: an array of strings would be a tenth of what the start of a child takes.
    package static var isWorker: Bool { ProcessArguments.areExactly(mode) }

    /// The only argument of a child of our own, and of the one that speaks for other machines.
    static let mode: StaticString = "--worker"
    package static let bridgeMode: StaticString = "--bridge"

    /// Works until the doorbell closes.
    ///
    /// - Parameter makeJob: Makes the job from what the parent's job gave as its parameters; nil when it cannot.
    package static func run(makeJob: ([UInt8]) throws -> any Job) -> Never {
        guard ChildProcess.hasDoorbell else {
            StandardError.write("phash: --worker: is for phash's own children, and has no other use\n")
            ChildProcess.exitAtOnce(64)
        }
        // First, so that nobody sees what the parent says.
        ChildProcess.settle()
        guard var greeting = Doorbell.greeting(), ChildProcess.isChild(of: greeting.parent) else {
            // The parent is gone already.
            ChildProcess.exitAtOnce(70)
        }
        do {
            let job = try makeJob(greeting.jobParameters)
            greeting.jobParameters.wipe()
            TestHook.beforeReady()
            var worker = try Worker(greeting: greeting, job: job)
            worker.work()
            ChildProcess.exitAtOnce(0)
        } catch {
            // To the parent: another child may well get ready, and then nobody needs to know.
            let reason = WorkerReply.startFailed(reason: "\(error)").flatMap(\.message)
            try? DescriptorIO.writeAll(ChildProcess.doorbellDescriptor, reason)
            ChildProcess.exitAtOnce(70)
        }
    }

    private init(greeting: WorkerGreeting, job: any Job) throws {
        self.greeting = greeting
        self.job = job
        unsafe input = UnsafeRawBufferPointer(
            try SharedMemory.adopt(ChildProcess.inputDescriptor, access: .readOnly))
        unsafe results = try SharedMemory.adopt(ChildProcess.resultsDescriptor, access: .readWrite)
        unsafe records = .allocate(capacity: Self.recordsAtOnce)
        buffer = ResultBuffer(maximumResultBytes: greeting.format.maximumResultBytes)
        writer = unsafe RecordWriter(format: greeting.format, memory: .init(start: nil, count: 0))
        // Lines may be named on stderr, and nobody needs to read that.
        if greeting.format.verdicts.namesMalformed { _ = Signals.ignoreBrokenPipe() }
        // Both are checked here once, so that no order can lead outside of them.
        precondition(unsafe input.count >= greeting.layout.inputBytes)
        precondition(unsafe results.count >= greeting.layout.resultsBytes)
    }

    private mutating func work() {
        let ready = WorkerReply.ready(lanes: UInt32(job.lanes), confinementError: UInt32(confine()))
        guard Doorbell.send(ready.message) else { return }
        while let bytes = Doorbell.receive(PartOrder.byteCount) {
            guard let order = PartOrder(decoding: bytes) else {
                preconditionFailure("the parent speaks another language")
            }
            // Before anything that the records could bring down.
            unsafe BegunNote.write(order.ticket, results.baseAddress!)
            let start = MonotonicClock.now
            let tally = carryOut(order)
            nameMalformedLines()
            let duration = UInt64(max(MonotonicClock.now - start, 0))
            let finished = WorkerReply.finished(
                ticket: order.ticket, resultBytes: UInt64(writer.byteCount), tally: tally, nanoseconds: duration)
            guard Doorbell.send(TestHook.answer(finished, to: order)) else { return }
        }
    }

    /// Gives up what the job does not need, and returns the error number if that failed: the work can be done all the same.
    private func confine() -> Int32 {
        guard job.isConfined else { return 0 }
        do throws(Errno) {
            try TestHook.beforeConfinement()
            try ChildProcess.confine()
            return 0
        } catch {
            return error.code
        }
    }

    /// Works on a part and returns what became of its records.
    private mutating func carryOut(_ order: PartOrder) -> PartTally {
        let layout = greeting.layout
        let slot = Int(order.slot)
        let base = layout.inputOffset(slot: slot)
        let byteCount = Int(order.batchBytes)
        let resultsStart = layout.resultsOffset(slot: slot) + Int(order.resultsOffset)
        unsafe writer.restart(
            in: .init(rebasing: results[resultsStart..<resultsStart + Int(order.resultsCapacity)]))

        let bytes = unsafe UnsafeRawBufferPointer(rebasing: input[base..<base + byteCount])
        var entry = base + layout.tableOffset(byteCount: byteCount) + Int(order.firstRecord) * SlotTable.entryBytes
        var line = order.firstLine
        var left = Int(order.recordCount)
        var tally = PartTally()
        while left > 0 {
            let count = min(left, Self.recordsAtOnce)
            let end = entry + count * SlotTable.entryBytes
            let found = unsafe UnsafeMutableBufferPointer(rebasing: records[..<count])
            guard unsafe SlotTable.read(.init(rebasing: input[entry..<end]), bytes: bytes, into: found) else {
                return writeTooLong(order)
            }
            unsafe tally += hash(.init(found), firstLine: line)
            entry = end
            line += UInt64(count)
            left -= count
        }
        return tally
    }

    /// Has the job work on some records and writes what it makes of them.
    private mutating func hash(
        _ records: UnsafeBufferPointer<UnsafeRawBufferPointer>, firstLine: UInt64
    ) -> PartTally {
        let batch = unsafe RecordBatch(messages: records)
        unsafe TestHook.beforeWork(batch, note: results.baseAddress!)
        buffer.removeAll()
        job.run(batch, into: &buffer)
        precondition(buffer.count == records.count, "a job appends one result for each record")
        return unsafe writer.writeResults(firstLine: firstLine, inputs: records, results: buffer)
    }

    /// Records that are too long share a batch with nothing else.
    private mutating func writeTooLong(_ order: PartOrder) -> PartTally {
        writer.writeTooLong(
            firstLine: order.firstLine, count: Int(order.recordCount), maximumLineBytes: greeting.maximumLineBytes)
    }

    /// Names the lines that are no records of phash, on stderr, if that is wanted.
    ///
    /// Last of all before the answer: a child that dies after this and before it has answered makes its successor say it
    /// once more, and there is no other way to that.
    private func nameMalformedLines() {
        var text = ""
        for (index, line) in writer.malformedLines.enumerated() {
            text += "phash: check: line \(line): not a record of phash\n"
            // A pipe takes 4,096 bytes whole, whoever else writes to it.
            if text.utf8.count > 4_000 || index == writer.malformedLines.count - 1 {
                // There is nobody to tell that this failed; waiting for a reader is not among the calls of a child.
                _ = text.withUTF8 { try? unsafe DescriptorIO.write(StandardStream.error, .init($0)) }
                text = ""
            }
        }
    }
}
