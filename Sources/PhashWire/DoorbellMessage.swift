package import PhashCore

/// The first thing that a child hears: what it needs to know for its whole life.
package struct WorkerGreeting: Equatable, Sendable {
    /// Process id of the parent.
    package var parent: Int32
    package var layout: SlotLayout
    package var format: RecordFormat
    /// Longest record, for the message about longer ones, bytes.
    package var maximumLineBytes: Int
    /// What the job made of itself for its counterpart in the child; a key may be among it.
    package var jobParameters: [UInt8]

    package init(
        parent: Int32, layout: SlotLayout, format: RecordFormat, maximumLineBytes: Int, jobParameters: [UInt8]
    ) {
        self.parent = parent
        self.layout = layout
        self.format = format
        self.maximumLineBytes = maximumLineBytes
        self.jobParameters = jobParameters
    }

    /// Bytes of the length that precedes the greeting.
    package static let lengthBytes = 4
    /// A longer one is no greeting.
    package static let maximumBytes = 1 << 16

    /// The greeting with its length before it. There is no other copy of the job's parameters than the one in it.
    package var message: [UInt8] {
        var writer = ByteWriter()
        writer.write(parent)
        writer.write(Int64(layout.slotCount))
        writer.write(Int64(layout.maximumInputBytes))
        writer.write(Int64(layout.maximumRecords))
        format.encode(into: &writer)
        writer.write(Int64(maximumLineBytes))
        let byteCount = writer.bytes.count + 4 + jobParameters.count
        var framed = ByteWriter(capacity: Self.lengthBytes + byteCount)
        framed.write(UInt32(byteCount))
        framed.append(writer.bytes[...])
        framed.write(jobParameters)
        precondition(framed.bytes.count <= Self.maximumBytes, "a greeting is small")
        return framed.bytes
    }

    /// Reads the greeting, without its length; nil when the bytes are not one.
    package init?(decoding bytes: [UInt8]) {
        var reader = ByteReader(bytes)
        guard let parent = reader.read(Int32.self),
            let slotCount = reader.read(Int64.self), (1...1 << 20).contains(slotCount),
            let maximumInputBytes = reader.read(Int64.self), (1...1 << 31).contains(maximumInputBytes),
            let maximumRecords = reader.read(Int64.self), (1...1 << 24).contains(maximumRecords),
            let format = RecordFormat(decoding: &reader),
            let maximumLineBytes = reader.read(Int64.self), maximumLineBytes >= 0,
            let jobParameters = reader.read([UInt8].self),
            reader.remainingBytes == 0
        else { return nil }
        let layout = SlotLayout(
            slotCount: Int(slotCount), maximumInputBytes: Int(maximumInputBytes), maximumRecords: Int(maximumRecords),
            format: format)
        guard layout.isAddressable else { return nil }
        self.init(
            parent: parent, layout: layout, format: format, maximumLineBytes: Int(maximumLineBytes),
            jobParameters: jobParameters)
    }
}

/// A part of a batch that a child is to work on, as the parent says it over the doorbell.
package struct PartOrder: Equatable, Sendable {
    /// Names this order; the child says it back.
    package var ticket: UInt64
    package var slot: UInt32
    /// Place of the part's first record in the batch.
    package var firstRecord: UInt32
    package var recordCount: UInt32
    /// Bytes of the whole batch: where its table lies follows from it.
    package var batchBytes: UInt64
    /// Place of the part's first record in the input, from 1.
    package var firstLine: UInt64
    /// Where the part's results go, from the start of the slot's results, and how many bytes there are for them.
    package var resultsOffset: UInt64
    package var resultsCapacity: UInt64

    /// Bytes of the message.
    package static let byteCount = 52

    package init(
        ticket: UInt64, slot: UInt32, firstRecord: UInt32, recordCount: UInt32, batchBytes: UInt64, firstLine: UInt64,
        resultsOffset: UInt64, resultsCapacity: UInt64
    ) {
        self.ticket = ticket
        self.slot = slot
        self.firstRecord = firstRecord
        self.recordCount = recordCount
        self.batchBytes = batchBytes
        self.firstLine = firstLine
        self.resultsOffset = resultsOffset
        self.resultsCapacity = resultsCapacity
    }

    package var message: [UInt8] {
        var writer = ByteWriter()
        writer.write(ticket)
        writer.write(slot)
        writer.write(firstRecord)
        writer.write(recordCount)
        writer.write(batchBytes)
        writer.write(firstLine)
        writer.write(resultsOffset)
        writer.write(resultsCapacity)
        return writer.bytes
    }

    /// nil when the bytes are not an order.
    package init?(decoding bytes: [UInt8]) {
        var reader = ByteReader(bytes)
        guard let ticket = reader.read(UInt64.self), let slot = reader.read(UInt32.self),
            let firstRecord = reader.read(UInt32.self), let recordCount = reader.read(UInt32.self), recordCount >= 1,
            let batchBytes = reader.read(UInt64.self), let firstLine = reader.read(UInt64.self),
            let resultsOffset = reader.read(UInt64.self), let resultsCapacity = reader.read(UInt64.self),
            reader.remainingBytes == 0
        else { return nil }
        self.init(
            ticket: ticket, slot: slot, firstRecord: firstRecord, recordCount: recordCount, batchBytes: batchBytes,
            firstLine: firstLine, resultsOffset: resultsOffset, resultsCapacity: resultsCapacity)
    }
}

/// What a child says over the doorbell. The parent believes none of it before it has been checked.
package enum WorkerReply: Equatable, Sendable {
    /// It can be given work; how many records it works on side by side, and why its system calls are not restricted: the
    /// error of the attempt, or 0.
    case ready(lanes: UInt32, confinementError: UInt32)
    /// The results of a part lie in the slot.
    case finished(ticket: UInt64, resultBytes: UInt64, tally: PartTally, nanoseconds: UInt64)
    /// It will not become ready: why, for people, in pieces of 1...`pieceBytes` bytes.
    case startFailed(piece: [UInt8])
    /// From the child that speaks for other machines: how many children there are, now 0 when they cannot be reached.
    case remoteChildren(UInt32)
    /// From that child: a part came back without results, since it had cost them too much.
    case returned(ticket: UInt64)
    /// From that child: it gives up, and will end: why, for people, in pieces as above.
    case farewell(piece: [UInt8])

    /// Bytes of every reply.
    package static let byteCount = 48
    private static let pieceBytes = 40
    /// What is said of a reason at most, bytes.
    package static let maximumReasonBytes = 6 * pieceBytes

    /// The replies that say why a child does not become ready.
    package static func startFailed(reason: String) -> [WorkerReply] {
        pieces(of: reason).map { .startFailed(piece: $0) }
    }

    /// The replies that say why the child that speaks for other machines gives up.
    package static func farewell(reason: String) -> [WorkerReply] {
        pieces(of: reason).map { .farewell(piece: $0) }
    }

    private static func pieces(of reason: String) -> [[UInt8]] {
        let text = Array(reason.utf8.prefix(maximumReasonBytes))
        return stride(from: 0, to: text.count, by: pieceBytes).map { start in
            Array(text[start..<min(start + pieceBytes, text.count)])
        }
    }

    package var message: [UInt8] {
        var writer = ByteWriter()
        switch self {
        case .ready(let lanes, let confinementError):
            writer.write(UInt32(1))
            writer.write(lanes)
            writer.write(UInt64(confinementError))
            for _ in 0..<4 { writer.write(UInt64(0)) }
        case .finished(let ticket, let resultBytes, let tally, let nanoseconds):
            writer.write(UInt32(2))
            // No part has so many records that its counts would not fit.
            writer.write(UInt32(tally.errors))
            writer.write(ticket)
            writer.write(resultBytes)
            writer.write(nanoseconds)
            writer.write(UInt32(tally.skipped))
            writer.write(UInt32(tally.unhashed))
            writer.write(tally.lineBalance)
        case .startFailed(let piece): Self.write(piece, kind: 3, into: &writer)
        case .remoteChildren(let children):
            writer.write(UInt32(4))
            writer.write(children)
            for _ in 0..<5 { writer.write(UInt64(0)) }
        case .returned(let ticket):
            writer.write(UInt32(5))
            writer.write(UInt32(0))
            writer.write(ticket)
            for _ in 0..<4 { writer.write(UInt64(0)) }
        case .farewell(let piece): Self.write(piece, kind: 6, into: &writer)
        }
        return writer.bytes
    }

    private static func write(_ piece: [UInt8], kind: UInt32, into writer: inout ByteWriter) {
        precondition((1...pieceBytes).contains(piece.count))
        writer.write(kind)
        writer.write(UInt32(piece.count))
        for place in 0..<pieceBytes { writer.write(place < piece.count ? piece[place] : 0) }
    }

    /// nil when the bytes are no reply.
    package init?(decoding bytes: [UInt8]) {
        var reader = ByteReader(bytes)
        guard let kind = reader.read(UInt32.self), let number = reader.read(UInt32.self),
            let ticket = reader.read(UInt64.self), let resultBytes = reader.read(UInt64.self),
            let nanoseconds = reader.read(UInt64.self), let skipped = reader.read(UInt32.self),
            let unhashed = reader.read(UInt32.self), let lineBalance = reader.read(UInt64.self),
            reader.remainingBytes == 0
        else { return nil }
        switch kind {
        case 1: self = .ready(lanes: number, confinementError: UInt32(truncatingIfNeeded: ticket))
        case 2:
            let tally = PartTally(
                errors: Int(number), skipped: Int(skipped), unhashed: Int(unhashed), lineBalance: lineBalance)
            self = .finished(ticket: ticket, resultBytes: resultBytes, tally: tally, nanoseconds: nanoseconds)
        case 3, 6:
            guard (1...UInt32(Self.pieceBytes)).contains(number) else { return nil }
            let piece = Array(bytes[8..<8 + Int(number)])
            self = kind == 3 ? .startFailed(piece: piece) : .farewell(piece: piece)
        case 4: self = .remoteChildren(number)
        case 5: self = .returned(ticket: ticket)
        default: return nil
        }
    }
}
