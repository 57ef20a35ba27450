package import PhashCore

/// Records on their way to another machine: the body of a message.
///
/// Little-endian: the length of the profile and the profile, the first record's line (64 bits), how many records there are
/// and how many bytes (32 bits each), for each record its offset and length in the bytes (32 bits each), and the bytes.
package struct RemoteBatch: Sendable, Equatable {
    /// A `RemoteProfile`, as it is sent.
    package let profile: [UInt8]
    /// Place of the first record in the input of its filter, from 1.
    package let firstLine: UInt64
    /// Where the records lie in `bytes`, in order, one behind the other.
    package let records: [(offset: Int, length: Int)]
    package let bytes: [UInt8]

    /// What the message is of, by its type.
    package static let type = "phash.batch.v1"
    /// Records of a batch at most.
    package static let maximumRecords = 8192

    /// The body for a part of a batch that lies in a slot; nil when its records are too long, and their bytes gone.
    ///
    /// - Parameters:
    ///   - batch: The bytes of the whole batch.
    ///   - table: The entries of the part's records.
    package static func message(
        profile: [UInt8], firstLine: UInt64, batch: UnsafeRawBufferPointer, table: UnsafeRawBufferPointer
    ) -> [UInt8]? {
        let count = table.count / SlotTable.entryBytes
        precondition(count >= 1)
        let first = unsafe SlotTable.entry(0, of: table)
        if first.isTooLong { return nil }
        let last = unsafe SlotTable.entry(count - 1, of: table)
        let start = Int(first.offset)
        let end = Int(last.offset) + Int(last.length)
        var writer = ByteWriter(capacity: profile.count + 32 + table.count + end - start)
        writer.write(profile)
        writer.write(firstLine)
        writer.write(UInt32(count))
        writer.write(UInt32(end - start))
        for index in 0..<count {
            let entry = unsafe SlotTable.entry(index, of: table)
            writer.write(entry.offset - first.offset)
            writer.write(entry.length)
        }
        unsafe writer.append(.init(rebasing: batch[start..<end]))
        return writer.bytes
    }

    /// nil when the body is none, or its records do not lie one behind the other within its bytes: anybody may publish.
    package init?(decoding body: [UInt8]) {
        var reader = ByteReader(body)
        guard let profile = reader.read([UInt8].self), let firstLine = reader.read(UInt64.self), firstLine >= 1,
            let count = reader.read(UInt32.self), (1...UInt32(Self.maximumRecords)).contains(count),
            firstLine <= UInt64.max - UInt64(count),
            let byteCount = reader.read(UInt32.self),
            reader.remainingBytes == Int(byteCount) + Int(count) * SlotTable.entryBytes
        else { return nil }
        var records: [(offset: Int, length: Int)] = []
        records.reserveCapacity(Int(count))
        var end = 0
        for index in 0..<count {
            guard let offset = reader.read(UInt32.self), let length = reader.read(UInt32.self),
                index == 0 ? offset == 0 : Int(offset) > end || (Int(offset) == end && length == 0),
                Int(offset) + Int(length) <= Int(byteCount)
            else { return nil }
            end = Int(offset) + Int(length)
            records.append((Int(offset), Int(length)))
        }
        guard end == Int(byteCount) else { return nil }
        self.profile = profile
        self.firstLine = firstLine
        self.records = records
        bytes = Array(body[(body.count - Int(byteCount))...])
    }

    /// Length of the longest record, bytes.
    package var longestRecord: Int { records.reduce(0) { max($0, $1.length) } }

    package static func == (one: RemoteBatch, other: RemoteBatch) -> Bool {
        one.profile == other.profile && one.firstLine == other.firstLine && one.bytes == other.bytes
            && one.records.elementsEqual(other.records, by: ==)
    }
}

/// What another machine made of a batch: the body of the answer.
package enum RemoteReply: Sendable, Equatable {
    /// The finished records of the output, and what became of them; what they took its children, nanoseconds.
    case finished(results: ArraySlice<UInt8>, tally: PartTally, nanoseconds: UInt64)
    /// It does not do such work, and why, for people. Another machine may.
    case refused(String)

    /// What the message is of, by its type.
    package static let type = "phash.reply.v1"
    /// Bytes before the results.
    private static let headBytes = 29

    /// Bytes of `message`.
    package var byteCount: Int {
        switch self {
        case .finished(let results, _, _): Self.headBytes + results.count
        case .refused: message.count
        }
    }

    package var message: [UInt8] {
        switch self {
        case .finished(let results, let tally, let nanoseconds):
            var writer = ByteWriter(capacity: Self.headBytes + results.count)
            writer.write(UInt8(0))
            writer.write(UInt32(tally.errors))
            writer.write(UInt32(tally.skipped))
            writer.write(UInt32(tally.unhashed))
            writer.write(tally.lineBalance)
            writer.write(nanoseconds)
            writer.append(results)
            return writer.bytes
        case .refused(let reason):
            var writer = ByteWriter()
            writer.write(UInt8(1))
            writer.write(reason)
            return writer.bytes
        }
    }

    /// nil when the bytes are none.
    package init?(decoding body: [UInt8]) {
        var reader = ByteReader(body)
        switch reader.read(UInt8.self) {
        case 0:
            guard let errors = reader.read(UInt32.self), let skipped = reader.read(UInt32.self),
                let unhashed = reader.read(UInt32.self), let balance = reader.read(UInt64.self),
                let nanoseconds = reader.read(UInt64.self)
            else { return nil }
            let tally = PartTally(
                errors: Int(errors), skipped: Int(skipped), unhashed: Int(unhashed), lineBalance: balance)
            let results = body[(body.count - reader.remainingBytes)...]
            self = .finished(results: results, tally: tally, nanoseconds: nanoseconds)
        case 1:
            guard let reason = reader.read(String.self), reader.remainingBytes == 0 else { return nil }
            self = .refused(reason)
        default: return nil
        }
    }
}
