import PhashCore
import Testing

@testable import PhashWire

/// What travels to other machines and back: it comes from anybody who may publish.
struct RemoteBatchTests {
    private static var profile: RemoteProfile {
        var format = RecordFormat(maximumResultBytes: 32)
        format.tag = ",\"algorithm\":\"sha256\",\"rounds\":2"
        return RemoteProfile(
            format: format, maximumLineBytes: 1 << 20, retries: 2, timeoutNanoseconds: 5_000_000_000,
            estimatedRecordNanoseconds: 1_000, keyFingerprint: "00ff", job: [1, 2, 3])
    }

    /// A batch of lines as it lies in a slot, and the message for a part of it.
    private static func message(_ lines: [String], from first: Int, count: Int, firstLine: UInt64 = 1) -> [UInt8]? {
        let bytes = Array(lines.joined(separator: "\n").utf8)
        var table: [UInt8] = []
        var offset = 0
        for line in lines {
            for number in [UInt32(offset), UInt32(line.utf8.count)] {
                table += (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * UInt32($0))) }
            }
            offset += line.utf8.count + 1
        }
        return unsafe bytes.withUnsafeBytes { bytes in
            unsafe table.withUnsafeBytes { table in
                unsafe RemoteBatch.message(
                    profile: profile.message, firstLine: firstLine + UInt64(first), batch: bytes,
                    table: .init(rebasing: table[first * 8..<(first + count) * 8]))
            }
        }
    }

    @Test func aPartComesBackRecordByRecord() throws {
        let lines = ["alice", "", "bob", "", "", "carol\r", "d"]
        for first in lines.indices {
            for count in 1...lines.count - first {
                let body = try #require(Self.message(lines, from: first, count: count, firstLine: 10))
                let batch = try #require(RemoteBatch(decoding: body))
                #expect(batch.firstLine == 10 + UInt64(first) && batch.profile == Self.profile.message)
                let records = batch.records.map { record in
                    String(decoding: batch.bytes[record.offset..<record.offset + record.length], as: UTF8.self)
                }
                #expect(records == Array(lines[first..<first + count]))
                #expect(batch.longestRecord == records.map(\.utf8.count).max())
            }
        }
    }

    @Test func whatIsCutOffOrLongerIsNone() throws {
        let body = try #require(Self.message(["alice", "bob"], from: 0, count: 2))
        for length in body.indices { #expect(RemoteBatch(decoding: Array(body[..<length])) == nil) }
        #expect(RemoteBatch(decoding: body + [0]) == nil)
    }

    @Test func recordsThatLieElsewhereAreNone() {
        func body(count: UInt32 = 2, byteCount: UInt32 = 3, line: UInt64 = 1, _ table: [UInt32]) -> [UInt8] {
            var writer = ByteWriter()
            writer.write([UInt8]())
            writer.write(line)
            writer.write(count)
            writer.write(byteCount)
            for number in table { writer.write(number) }
            for _ in 0..<byteCount { writer.write(UInt8(ascii: "a")) }
            return writer.bytes
        }
        #expect(RemoteBatch(decoding: body([0, 1, 2, 1])) != nil)
        let wrong: [[UInt8]] = [
            body([0, 1, 2, 2]), body([0, 1, 1, 2]), body([1, 1, 2, 1]), body([0, 1, .max, 1]), body([0, .max, 2, 1]),
            body([2, 1, 0, 1]), body([0, 1, 2, 0]), body(count: 0, byteCount: 0, []), body(line: 0, [0, 1, 2, 1]),
            body(line: .max, [0, 1, 2, 1]), body(count: 8193, byteCount: 0, Array(repeating: 0, count: 2 * 8193)),
        ]
        for (index, body) in wrong.enumerated() { #expect(RemoteBatch(decoding: body) == nil, "\(index)") }
    }

    @Test func aProfileComesBackAndNothingElseIsOne() {
        for change in 0..<3 {
            var profile = Self.profile
            if change == 1 { profile.timeoutNanoseconds = nil }
            if change == 2 { profile.keyFingerprint = "" }
            #expect(RemoteProfile(decoding: profile.message) == profile)
        }
        let bytes = Self.profile.message
        for length in bytes.indices { #expect(RemoteProfile(decoding: Array(bytes[..<length])) == nil) }
        #expect(RemoteProfile(decoding: bytes + [0]) == nil)
        #expect(RemoteProfile(decoding: [2] + bytes.dropFirst()) == nil, "another version")
        var verdicts = Self.profile
        verdicts.format = RecordFormat(maximumResultBytes: Verdict.resultBytes)
        verdicts.format.shape = .verdict
        #expect(RemoteProfile(decoding: verdicts.message) == nil)
        var greedy = Self.profile
        greedy.format.maximumResultBytes = 1 << 20
        #expect(RemoteProfile(decoding: greedy.message) == nil, "memory is set aside for it")
        greedy = Self.profile
        greedy.format.tag = "," + String(repeating: "x", count: 2_000)
        #expect(RemoteProfile(decoding: greedy.message) == nil)
    }

    @Test func answersComeBackAndNothingElseIsOne() {
        let tally = PartTally(errors: 1, skipped: 2, unhashed: 3, lineBalance: .max)
        let replies: [RemoteReply] = [
            .finished(results: Array("{}\n".utf8)[...], tally: tally, nanoseconds: .max),
            .finished(results: [], tally: PartTally(), nanoseconds: 0), .refused("the key here is another one"),
            .refused(""),
        ]
        for reply in replies { #expect(RemoteReply(decoding: reply.message) == reply) }
        #expect(RemoteReply(decoding: []) == nil && RemoteReply(decoding: [2]) == nil)
        for length in 0..<29 { #expect(RemoteReply(decoding: Array(replies[1].message[..<length])) == nil) }
        #expect(RemoteReply(decoding: replies[2].message + [0]) == nil)
        #expect(RemoteReply(decoding: [1, 1, 0, 0, 0, 0xFF]) == nil, "a reason that is no text")
    }

    @Test func whatTheBridgeIsToldComesBack() throws {
        let address = try BrokerAddress("amqps://u:p%40@host:1/v?cacertfile=/ca&verify=verify_none&heartbeat=7")
        for patience in [nil, 5] as [Int64?] {
            let parameters = BridgeParameters(
                address: address, queue: "q", patienceNanoseconds: patience, run: "r", profile: [9], isVerbose: true)
            #expect(BridgeParameters(decoding: parameters.message) == parameters)
            let bytes = parameters.message
            for length in bytes.indices { #expect(BridgeParameters(decoding: Array(bytes[..<length])) == nil) }
        }
    }
}
