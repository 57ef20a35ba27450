import CPhashBytes
import PhashTestKit
import Testing

/// One implementation, made safe: every call has its memory exactly as large as it may be used, between guards.
private struct Implementation: Sendable, CustomTestStringConvertible {
    let index: Int
    let name: String

    var testDescription: String { name }

    /// All that this processor can run.
    static let all: [Implementation] = {
        var found: [Implementation] = []
        while let implementation = unsafe phash_bytes_implementation(found.count) {
            found.append(.init(index: found.count, name: unsafe String(cString: implementation.pointee.name)))
        }
        return found
    }()

    private var functions: phash_bytes { unsafe phash_bytes_implementation(index)!.pointee }

    private static let guardByte: UInt8 = 0xEE
    private static let guardBytes = 64

    /// Calls `body` with a copy of `bytes` at some alignment and with `room` bytes to write to, at another; what lies
    /// around the room must stay as it was.
    private func call<Result>(
        _ bytes: [UInt8], room: Int, alignment: Int, _ body: (UnsafeRawPointer, UnsafeMutableRawPointer) -> Result
    ) -> (result: Result, written: [UInt8]) {
        let source = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count + alignment, alignment: 64)
        let target = UnsafeMutableRawBufferPointer.allocate(byteCount: room + 2 * Self.guardBytes + 64, alignment: 64)
        defer {
            unsafe source.deallocate()
            unsafe target.deallocate()
        }
        unsafe target.initializeMemory(as: UInt8.self, repeating: Self.guardByte)
        for index in bytes.indices { unsafe source[alignment + index] = bytes[index] }
        let start = Self.guardBytes + (alignment &* 7) % 64
        let result = unsafe body(source.baseAddress! + alignment, target.baseAddress! + start)
        for place in 0..<target.count where place < start || place >= start + room {
            unsafe precondition(target[place] == Self.guardByte, "\(name) wrote outside of its memory")
        }
        return unsafe (result, Array(target[start..<start + room]))
    }

    func find(_ wanted: UInt8, in bytes: [UInt8], alignment: Int) -> [Int] {
        let places = bytes.count + Int(PHASH_BYTES_SPARE_PLACES)
        let (count, written) = unsafe call(bytes, room: 4 * places, alignment: alignment & ~3) { source, target in
            unsafe functions.find(source, bytes.count, wanted, target.assumingMemoryBound(to: UInt32.self))
        }
        return (0..<count).map { place in
            (0..<4).reduce(0) { $0 | Int(written[4 * place + $1]) << (8 * $1) }
        }
    }

    /// The bytes that were copied and are plain.
    func copyPlain(_ text: [UInt8], alignment: Int) -> [UInt8] {
        let (count, written) = unsafe call(text, room: text.count, alignment: alignment) { source, target in
            unsafe functions.copy_plain(target, source, text.count)
        }
        return Array(written[..<count])
    }

    func hexadecimal(_ bytes: [UInt8], alignment: Int) -> [UInt8] {
        unsafe call(bytes, room: 2 * bytes.count, alignment: alignment) { source, target in
            unsafe functions.hexadecimal(target, source, bytes.count)
        }.written
    }
}

private let longest = 300

@Suite("Bytes")
struct ImplementationTests {
    @Test func theLastResortIsAlwaysThere() {
        let names = Implementation.all.map(\.name)
        #expect(names.last == "portable" && Set(names).count == names.count)
        #expect(names.allSatisfy { ["avx2", "ssse3", "neon", "portable"].contains($0) })
    }

    // MARK: - Finding

    @Test(arguments: Implementation.all)
    private func nothingAndEverythingIsFound(implementation: Implementation) {
        for count in 0...longest {
            for alignment in 0..<64 {
                let bytes = [UInt8](repeating: 0x0A, count: count)
                let all = implementation.find(0x0A, in: bytes, alignment: alignment)
                let none = implementation.find(0x0B, in: bytes, alignment: alignment)
                guard all == Array(0..<count), none.isEmpty else {
                    Issue.record("\(count) bytes at \(alignment)")
                    return
                }
            }
        }
    }

    /// Bytes that differ from the wanted one in one bit, or by one, stand around it.
    @Test(arguments: Implementation.all, [0x00, 0x0A, 0x7F, 0x80, 0xFF] as [UInt8])
    private func oneByteIsFoundAtEveryPlace(implementation: Implementation, wanted: UInt8) {
        let neighbours = (0..<8).map { wanted ^ 1 << UInt8($0) } + [wanted &+ 1, wanted &- 1]
        for count in 1...longest {
            var bytes = (0..<count).map { neighbours[$0 % neighbours.count] }
            for place in 0..<count {
                let before = bytes[place]
                bytes[place] = wanted
                let found = implementation.find(wanted, in: bytes, alignment: (count &+ place) % 64)
                guard found == [place] else {
                    Issue.record("\(place) of \(count): \(found)")
                    return
                }
                bytes[place] = before
            }
        }
    }

    @Test(arguments: Implementation.all)
    private func anyNumberOfBytesIsFound(implementation: Implementation) {
        var generator = SeededGenerator(seed: 1)
        for round in 0..<4_000 {
            let density = Int.random(in: 1...80, using: &generator)
            let bytes = (0..<Int.random(in: 0...600, using: &generator)).map { _ in
                Int.random(in: 0..<density, using: &generator) == 0
                    ? 0x0A : UInt8.random(in: 0...255, using: &generator)
            }
            let expected = bytes.indices.filter { bytes[$0] == 0x0A }
            #expect(implementation.find(0x0A, in: bytes, alignment: round % 64) == expected, "round \(round)")
        }
    }

    // MARK: - Plain text

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x20...0x7F).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private static let plainBytes = (UInt8.min...UInt8.max).filter(isPlain)

    @Test(arguments: Implementation.all)
    private func plainTextIsCopiedWhole(implementation: Implementation) {
        for count in 0...longest {
            for alignment in 0..<64 {
                let text = (0..<count).map { Self.plainBytes[($0 + alignment) % Self.plainBytes.count] }
                guard implementation.copyPlain(text, alignment: alignment) == text else {
                    Issue.record("\(count) bytes at \(alignment)")
                    return
                }
            }
        }
    }

    @Test(arguments: Implementation.all)
    private func everyByteStopsTheCopyOrNot(implementation: Implementation) {
        for byte in UInt8.min...UInt8.max {
            for count in [1, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100] {
                for place in 0..<count {
                    var text = [UInt8](repeating: 0x61, count: count)
                    text[place] = byte
                    let expected = Self.isPlain(byte) ? text : Array(text[..<place])
                    guard implementation.copyPlain(text, alignment: place % 64) == expected else {
                        Issue.record("byte \(byte) at \(place) of \(count)")
                        return
                    }
                }
            }
        }
    }

    @Test(arguments: Implementation.all)
    private func theFirstSpecialByteStopsTheCopy(implementation: Implementation) {
        let special: [UInt8] = [0x00, 0x0A, 0x1F, 0x22, 0x5C, 0x80, 0xC3, 0xFF]
        for count in 1...longest {
            for place in 0..<count {
                var text = (0..<count).map { Self.plainBytes[$0 % Self.plainBytes.count] }
                text[place] = special[(count + place) % special.count]
                // What follows must not matter.
                if place + 1 < count { text[count - 1] = special[place % special.count] }
                let copied = implementation.copyPlain(text, alignment: (count &+ place) % 64)
                guard copied == Array(text[..<place]) else {
                    Issue.record("\(place) of \(count)")
                    return
                }
            }
        }
    }

    // MARK: - Hexadecimal

    private static func reference(_ bytes: [UInt8]) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }

    @Test(arguments: Implementation.all)
    private func everyByteAtEveryPlaceIsTwoDigits(implementation: Implementation) {
        for count in 0...130 {
            for first in UInt8.min...UInt8.max {
                let bytes = (0..<count).map { first &+ UInt8($0) &* 37 }
                guard implementation.hexadecimal(bytes, alignment: Int(first) % 64) == Self.reference(bytes) else {
                    Issue.record("\(count) bytes from \(first)")
                    return
                }
            }
        }
    }

    @Test(arguments: Implementation.all)
    private func hexadecimalOfEveryLengthAndAlignment(implementation: Implementation) {
        for count in 0...longest {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 101 &+ count) }
            for alignment in 0..<64 {
                guard implementation.hexadecimal(bytes, alignment: alignment) == Self.reference(bytes) else {
                    Issue.record("\(count) bytes at \(alignment)")
                    return
                }
            }
        }
    }
}
