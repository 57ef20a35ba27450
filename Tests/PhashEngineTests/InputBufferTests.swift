import Glibc
import PhashTestKit
import Testing

@testable import PhashEngine

/// The bytes between the input and the slots, against an array that keeps the whole stream.
struct InputBufferTests {
    struct Failure: Error {}

    private static func append(_ bytes: [UInt8], to buffer: inout InputBuffer, atMost: Int? = nil) {
        unsafe buffer.append(atMost: atMost ?? bytes.count) { memory in
            precondition(memory.count == atMost ?? bytes.count)
            unsafe memory.copyBytes(from: bytes)
            return bytes.count
        }
    }

    private static func bytes(_ buffer: borrowing InputBuffer, at offset: Int, count: Int) -> [UInt8] {
        unsafe Array(buffer.bytes(at: UInt64(offset), count: count))
    }

    /// Bytes that never repeat for long.
    private static let noise: [UInt8] = {
        var generator = SeededGenerator(seed: 99)
        let words = (0..<(1 << 18)).map { _ in generator.next() }
        return unsafe words.withUnsafeBytes { unsafe Array($0) }
    }()

    /// As the C library compares, since a loop in a debug build takes minutes.
    private static func isSame(_ bytes: UnsafeRawBufferPointer, _ expected: ArraySlice<UInt8>) -> Bool {
        guard bytes.count == expected.count, bytes.count > 0 else { return bytes.count == expected.count }
        return unsafe expected.withUnsafeBytes { unsafe memcmp($0.baseAddress!, bytes.baseAddress!, bytes.count) == 0 }
    }

    @Test func bytesAreFoundByTheirPlaceInTheStream() {
        var buffer = InputBuffer()
        Self.append(Array("hello world".utf8), to: &buffer)
        buffer.discard(before: 6)
        let last = unsafe Array(buffer.last(3))
        let found = Self.bytes(buffer, at: 7, count: 3)
        let count = buffer.count
        #expect(last == Array("rld".utf8) && found == Array("orl".utf8) && count == 5)
        let nothing = Self.bytes(buffer, at: 11, count: 0)
        #expect(nothing.isEmpty)
    }

    @Test func fewerBytesMayComeThanThereIsRoomFor() {
        var buffer = InputBuffer()
        Self.append([1, 2], to: &buffer, atMost: 1_000)
        Self.append([], to: &buffer, atMost: 10)
        Self.append([3], to: &buffer, atMost: 1_000)
        let all = Self.bytes(buffer, at: 0, count: 3)
        #expect(all == [1, 2, 3])
    }

    @Test func aFailedReadChangesNothing() {
        var buffer = InputBuffer()
        Self.append([1, 2], to: &buffer)
        var hasFailed = false
        do throws(Failure) {
            unsafe try buffer.append(atMost: 2 << 20) { _ throws(Failure) in throw Failure() }
        } catch {
            hasFailed = true
        }
        let all = Self.bytes(buffer, at: 0, count: 2)
        let count = buffer.count
        #expect(hasFailed && count == 2 && all == [1, 2])
    }

    @Test func aVeryLongLineGrowsTheBufferAndAShortOneFollows() {
        var buffer = InputBuffer()
        var generator = SeededGenerator(seed: 1)
        var stream: [UInt8] = []
        for _ in 0..<12 {
            let chunk = (0..<256 << 10).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            Self.append(chunk, to: &buffer)
            stream += chunk
        }
        let isKept = Self.bytes(buffer, at: 0, count: stream.count) == stream
        #expect(isKept)
        buffer.discard(before: UInt64(stream.count))
        Self.append([5, 6], to: &buffer)
        let after = Self.bytes(buffer, at: stream.count, count: 2)
        #expect(after == [5, 6])
    }

    @Test(arguments: UInt64(0)..<8)
    func anyOrderOfReadingAndLettingGoKeepsTheStream(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var buffer = InputBuffer()
        var stream: [UInt8] = []
        var first = 0
        // Small and large pieces, so that bytes are moved and memory grows and shrinks.
        let largest = [100, 5_000, 300_000, 700_000][Int(seed % 4)]
        for step in 0..<300 where stream.count < 30_000_000 {
            if Int.random(in: 0..<5, using: &generator) < 3 {
                let count = Int.random(in: 0...largest, using: &generator)
                let start = Int.random(in: 0...(1 << 20), using: &generator)
                let chunk = Array(Self.noise[start..<start + count])
                Self.append(chunk, to: &buffer, atMost: count + Int.random(in: 0...1_000, using: &generator))
                stream += chunk
                let isLast = unsafe Self.isSame(buffer.last(count), chunk[...])
                #expect(isLast, "step \(step)")
            } else {
                first =
                    Int.random(in: 0..<4, using: &generator) == 0
                    ? stream.count : Int.random(in: first...stream.count, using: &generator)
                buffer.discard(before: UInt64(first))
            }
            let count = buffer.count
            #expect(count == stream.count - first)
            let isSame = unsafe Self.isSame(buffer.bytes(at: UInt64(first), count: count), stream[first...])
            #expect(isSame, "step \(step)")
        }
    }

    @Test func bytesThatAreGoneOrNotThereTrap() async {
        await #expect(processExitsWith: .failure) {
            var buffer = InputBuffer()
            Self.append([1, 2, 3], to: &buffer)
            buffer.discard(before: 2)
            _ = Self.bytes(buffer, at: 1, count: 1)
        }
        await #expect(processExitsWith: .failure) {
            var buffer = InputBuffer()
            Self.append([1, 2, 3], to: &buffer)
            _ = Self.bytes(buffer, at: 2, count: 2)
        }
        await #expect(processExitsWith: .failure) {
            var buffer = InputBuffer()
            Self.append([1, 2, 3], to: &buffer)
            buffer.discard(before: 4)
        }
        await #expect(processExitsWith: .failure) {
            var buffer = InputBuffer()
            Self.append([1, 2, 3], to: &buffer)
            buffer.discard(before: 2)
            buffer.discard(before: 1)
        }
    }
}
