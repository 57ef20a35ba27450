import PhashCore
import PhashTestKit

@testable import PhashWire

/// What a child that is out of its mind can say: it is decoded or refused, it leads nowhere outside of the memory that is
/// meant, and no record is lost over it.
enum DoorbellFuzzer {
    @Sendable
    static func run(_ bytes: [UInt8]) {
        var input = FuzzInput(bytes)
        switch input.number(in: 0...3) {
        case 0: decode(input.rest())
        case 1: converse(input)
        case 2: readTable(input)
        default:
            var world = HostileWorld(input)
            world.run()
        }
    }

    // MARK: - Messages

    private static func decode(_ bytes: [UInt8]) {
        if let reply = WorkerReply(decoding: bytes) {
            // A reply of one kind has bytes that mean nothing.
            expect(WorkerReply(decoding: reply.message) == reply, "\(reply) is another one when it is sent")
        }
        if let order = PartOrder(decoding: bytes) {
            expect(order.message == bytes && order.recordCount >= 1, "\(order) is another one when it is sent")
        }
        if let greeting = WorkerGreeting(decoding: bytes) {
            let message = greeting.message[WorkerGreeting.lengthBytes...]
            expect(message.elementsEqual(bytes), "\(greeting) is another one when it is sent")
            expect(greeting.maximumLineBytes >= 0, "a line of a negative length")
            check(greeting.layout, format: greeting.format)
        }
        decodeTravellers(bytes)
    }

    /// What comes through a broker comes from anybody.
    private static func decodeTravellers(_ bytes: [UInt8]) {
        if let batch = RemoteBatch(decoding: bytes) {
            expect(!batch.records.isEmpty && batch.firstLine >= 1, "a batch of nothing")
            var end = 0
            for (index, record) in batch.records.enumerated() {
                expect(index == 0 || record.offset >= end, "records lie over each other")
                end = record.offset + record.length
            }
            expect(end == batch.bytes.count, "records lie outside of their bytes")
        }
        if let profile = RemoteProfile(decoding: bytes) {
            expect(profile.message == bytes, "\(profile) is another one when it is sent")
        }
        if let reply = RemoteReply(decoding: bytes) {
            expect(reply.message == bytes, "\(reply) is another one when it is sent")
        }
        if let parameters = BridgeParameters(decoding: bytes) {
            expect(parameters.message == bytes, "other parameters when they are sent")
        }
    }

    /// Slots lie within their memory, and the largest batch within its slot.
    private static func check(_ layout: SlotLayout, format: RecordFormat) {
        let last = layout.slotCount - 1
        let table = layout.tableOffset(byteCount: layout.maximumInputBytes)
        let worst = layout.partOffset(bytesBefore: layout.maximumInputBytes, recordsBefore: layout.maximumRecords)
        expect(layout.slotCount >= 1 && layout.maximumInputBytes >= 1 && layout.maximumRecords >= 1, "an empty layout")
        expect(
            layout.inputOffset(slot: last) + table + SlotTable.entryBytes * layout.maximumRecords <= layout.inputBytes,
            "the table of the last slot lies behind its memory")
        expect(layout.resultsOffset(slot: last) + worst <= layout.resultsBytes, "results lie behind their memory")
        expect(layout.resultsOffset(slot: 0) >= SlotLayout.resultsHeaderBytes, "results lie over the header")
        expect(format.worstBytesPerRecord >= 1 && format.worstBytesPerInputByte >= 0, "a record takes no room")
    }

    // MARK: - Conversations

    /// Some orders, and replies in pieces of any size: what is believed is what a model believes.
    private static func converse(_ input: FuzzInput) {
        var input = input
        var model: [UInt64: PartOrder] = [:]
        var open = OpenOrders()
        for ticket in 1...UInt64(input.number(in: 1...4)) {
            let order = PartOrder(
                ticket: ticket, slot: 0, firstRecord: 0, recordCount: UInt32(input.number(in: 1...8)), batchBytes: 1,
                firstLine: 1, resultsOffset: UInt64(input.byte()), resultsCapacity: UInt64(input.number(in: 1...40)))
            model[ticket] = order
            open.add(order)
        }
        var stream = ReplyStream()
        var said: [UInt8] = []
        var heard: [WorkerReply?] = []
        while !input.isAtEnd {
            let isWhole = input.bit()
            let piece = isWhole ? plausibleReply(&input).message : input.bytes(input.number(in: 1...40))
            said += piece
            heard += stream.replies(completedBy: piece[...])
        }
        let whole = said.count / WorkerReply.byteCount
        let expected = (0..<whole).map { index in
            WorkerReply(decoding: Array(said[index * WorkerReply.byteCount..<(index + 1) * WorkerReply.byteCount]))
        }
        expect(heard == expected, "pieces change what a child says")
        for case .finished(let ticket, let resultBytes, let tally, _)? in heard {
            let order = model.removeValue(forKey: ticket)
            let counted = tally.errors + tally.skipped + tally.unhashed
            let isTrue = order.map { resultBytes <= $0.resultsCapacity && counted <= Int($0.recordCount) } ?? false
            let settled = open.settle(ticket: ticket, resultBytes: resultBytes, tally: tally)
            expect(settled == (isTrue ? order : nil), "\(resultBytes) bytes are judged wrongly")
        }
    }

    /// A reply whose numbers are near those of the orders.
    static func plausibleReply(_ input: inout FuzzInput) -> WorkerReply {
        if input.byte() & 7 == 0 { return .ready(lanes: UInt32(input.byte()), confinementError: 0) }
        return .finished(
            ticket: UInt64(input.byte() & 7), resultBytes: UInt64(input.byte() & 63),
            tally: PartTally(errors: Int(input.byte() & 15), skipped: Int(input.byte() & 3)),
            nanoseconds: UInt64(input.byte()))
    }

    // MARK: - Tables

    /// Any table over any bytes: what the child reads of it is what the entries say one by one.
    private static func readTable(_ input: FuzzInput) {
        var input = input
        let bytes = [UInt8](repeating: 0x61, count: Int(input.byte()))
        let isPlausible = input.bit()
        var table: [UInt8] = []
        while !input.isAtEnd && table.count < 40 * SlotTable.entryBytes {
            var writer = ByteWriter()
            writer.write(isPlausible ? UInt32(input.byte()) : input.integer(UInt32.self))
            writer.write(isPlausible ? UInt32(input.byte() & 63) : input.integer(UInt32.self))
            table += writer.bytes
        }
        let count = table.count / SlotTable.entryBytes
        let entries = (0..<count).map { index in
            unsafe table.withUnsafeBytes { unsafe SlotTable.entry(index, of: $0) }
        }
        let firstTooLong = entries.firstIndex(where: \.isTooLong) ?? count
        // A record outside of its batch ends the child: tests of the table see to that.
        let isInside = entries[..<firstTooLong].allSatisfy { UInt64($0.offset) + UInt64($0.length) <= bytes.count }
        guard isInside else { return }
        unsafe table.withUnsafeBytes { table in
            unsafe bytes.withUnsafeBytes { bytes in
                let places = UnsafeMutableBufferPointer<UnsafeRawBufferPointer>.allocate(capacity: count)
                defer { unsafe places.deallocate() }
                unsafe places.initialize(repeating: .init(start: nil, count: 0))
                let isRead = unsafe SlotTable.read(table, bytes: bytes, into: places)
                expect(isRead == (firstTooLong == count), "records that are too long are not seen")
                for index in 0..<firstTooLong {
                    let offset = unsafe places[index].baseAddress.map { unsafe $0 - bytes.baseAddress! } ?? 0
                    expect(unsafe places[index].count == Int(entries[index].length), "a record of another length")
                    let isThere = offset == Int(entries[index].offset)
                    expect(unsafe isThere || bytes.isEmpty, "a record at another place")
                }
            }
        }
    }
}
