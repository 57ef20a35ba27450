internal import PhashCore
internal import PhashPosix
package import PhashWire

/// The memory that the bridge shares with its parent: batches to be sent away, and room for their results.
@safe
package struct BridgeSlots {
    private let greeting: WorkerGreeting
    private let profile: [UInt8]
    private let input: UnsafeRawBufferPointer
    private let results: UnsafeMutableRawBufferPointer

    /// Takes over the memory of this child.
    init(greeting: WorkerGreeting, profile: [UInt8]) throws {
        unsafe self.init(
            greeting: greeting, profile: profile,
            input: UnsafeRawBufferPointer(
                try SharedMemory.adopt(ChildProcess.inputDescriptor, access: .readOnly)),
            results: try SharedMemory.adopt(ChildProcess.resultsDescriptor, access: .readWrite))
    }

    package init(
        greeting: WorkerGreeting, profile: [UInt8], input: UnsafeRawBufferPointer,
        results: UnsafeMutableRawBufferPointer
    ) {
        precondition(input.count >= greeting.layout.inputBytes && results.count >= greeting.layout.resultsBytes)
        self.greeting = greeting
        self.profile = profile
        unsafe self.input = input
        unsafe self.results = results
    }

    /// The bytes of the batch that a part belongs to.
    private func batch(of order: PartOrder) -> UnsafeRawBufferPointer {
        let base = greeting.layout.inputOffset(slot: Int(order.slot))
        return unsafe UnsafeRawBufferPointer(rebasing: input[base..<base + Int(order.batchBytes)])
    }

    /// Where the records of a part lie in them.
    private func table(of order: PartOrder) -> UnsafeRawBufferPointer {
        let layout = greeting.layout
        let start =
            layout.inputOffset(slot: Int(order.slot)) + layout.tableOffset(byteCount: Int(order.batchBytes))
            + Int(order.firstRecord) * SlotTable.entryBytes
        return unsafe UnsafeRawBufferPointer(
            rebasing: input[start..<start + Int(order.recordCount) * SlotTable.entryBytes])
    }

    private func room(for order: PartOrder) -> UnsafeMutableRawBufferPointer {
        let start = greeting.layout.resultsOffset(slot: Int(order.slot)) + Int(order.resultsOffset)
        return unsafe UnsafeMutableRawBufferPointer(rebasing: results[start..<start + Int(order.resultsCapacity)])
    }

    /// The body of the message that takes a part away.
    package func message(for order: PartOrder) -> [UInt8] {
        let body = unsafe RemoteBatch.message(
            profile: profile, firstLine: order.firstLine, batch: batch(of: order), table: table(of: order))
        guard let body else { preconditionFailure("records that are too long are not sent") }
        return body
    }

    /// Writes the records of lines that are too long; nil when these are none.
    package func writeTooLong(_ order: PartOrder) -> WorkerReply? {
        guard unsafe SlotTable.entry(0, of: table(of: order)).isTooLong else { return nil }
        var writer = unsafe RecordWriter(format: greeting.format, memory: room(for: order))
        let tally = writer.writeTooLong(
            firstLine: order.firstLine, count: Int(order.recordCount), maximumLineBytes: greeting.maximumLineBytes)
        return .finished(
            ticket: order.ticket, resultBytes: UInt64(writer.byteCount), tally: tally, nanoseconds: 0)
    }

    /// How many newlines there are, eight bytes at a time: a byte of `differing` is zero where there is one, and then alone the
    /// highest bit of `others` is not set.
    package static func lineCount(of bytes: ArraySlice<UInt8>) -> Int {
        let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
        var count = 0
        unsafe bytes.withUnsafeBytes { memory in
            var place = 0
            while place &+ 8 <= memory.count {
                let word = unsafe memory.loadUnaligned(fromByteOffset: place, as: UInt64.self)
                let differing = word ^ 0x0A0A_0A0A_0A0A_0A0A
                let others = ((differing & low) &+ low) | differing | low
                count &+= (~others).nonzeroBitCount
                place &+= 8
            }
            while place < memory.count {
                count &+= unsafe memory[place] == 0x0A ? 1 : 0
                place &+= 1
            }
        }
        return count
    }

    /// Puts the results of a part where they belong. An answer that cannot be true is none: the part is given back, and will
    /// be sent in halves.
    package func finish(_ order: PartOrder, _ body: [UInt8]) -> WorkerReply {
        guard case .finished(let bytes, let tally, let nanoseconds)? = RemoteReply(decoding: body),
            bytes.count <= Int(order.resultsCapacity), tally.isPossible(records: Int(order.recordCount)),
            bytes.isEmpty ? greeting.format.mayLeaveOut : bytes.last == UInt8(ascii: "\n"),
            // Each record is a line.
            Self.lineCount(of: bytes) == Int(order.recordCount) - tally.skipped
        else { return .returned(ticket: order.ticket) }
        unsafe bytes.withUnsafeBytes { unsafe room(for: order).copyMemory(from: $0) }
        return .finished(
            ticket: order.ticket, resultBytes: UInt64(bytes.count), tally: tally, nanoseconds: nanoseconds)
    }
}
