import PhashTestKit
import Testing

private let longest = 300

@Suite("Bytes")
struct ImplementationTests {
    @Test func theLastResortIsAlwaysThere() {
        let names = ByteImplementation.all.map(\.name)
        #expect(names.last == "portable" && Set(names).count == names.count)
        #expect(names.allSatisfy { ["avx2", "ssse3", "neon", "portable"].contains($0) })
    }

    // MARK: - Finding

    @Test(arguments: ByteImplementation.all)
    func nothingAndEverythingIsFound(implementation: ByteImplementation) {
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
    @Test(arguments: ByteImplementation.all, [0x00, 0x0A, 0x7F, 0x80, 0xFF] as [UInt8])
    func oneByteIsFoundAtEveryPlace(implementation: ByteImplementation, wanted: UInt8) {
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

    @Test(arguments: ByteImplementation.all)
    func anyNumberOfBytesIsFound(implementation: ByteImplementation) {
        var generator = SeededGenerator(seed: 1)
        for round in 0..<4_000 {
            let density = Int.random(in: 1...80, using: &generator)
            let bytes = (0..<Int.random(in: 0...600, using: &generator)).map { _ in
                Int.random(in: 0..<density, using: &generator) == 0
                    ? 0x0A : UInt8.random(in: 0...255, using: &generator)
            }
            let expected = ByteReference.find(0x0A, in: bytes)
            #expect(implementation.find(0x0A, in: bytes, alignment: round % 64) == expected, "round \(round)")
        }
    }

    // MARK: - Plain text

    private static let plainBytes = (UInt8.min...UInt8.max).filter(ByteReference.isPlain)

    @Test(arguments: ByteImplementation.all)
    func plainTextIsCopiedWhole(implementation: ByteImplementation) {
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

    @Test(arguments: ByteImplementation.all)
    func everyByteStopsTheCopyOrNot(implementation: ByteImplementation) {
        for byte in UInt8.min...UInt8.max {
            for count in [1, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100] {
                for place in 0..<count {
                    var text = [UInt8](repeating: 0x61, count: count)
                    text[place] = byte
                    let expected = ByteReference.isPlain(byte) ? text : Array(text[..<place])
                    guard implementation.copyPlain(text, alignment: place % 64) == expected else {
                        Issue.record("byte \(byte) at \(place) of \(count)")
                        return
                    }
                }
            }
        }
    }

    @Test(arguments: ByteImplementation.all)
    func theFirstSpecialByteStopsTheCopy(implementation: ByteImplementation) {
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

    @Test(arguments: ByteImplementation.all)
    func everyByteAtEveryPlaceIsTwoDigits(implementation: ByteImplementation) {
        for count in 0...130 {
            for first in UInt8.min...UInt8.max {
                let bytes = (0..<count).map { first &+ UInt8($0) &* 37 }
                guard implementation.hexadecimal(bytes, alignment: Int(first) % 64) == ByteReference.hexadecimal(bytes)
                else {
                    Issue.record("\(count) bytes from \(first)")
                    return
                }
            }
        }
    }

    @Test(arguments: ByteImplementation.all)
    func hexadecimalOfEveryLengthAndAlignment(implementation: ByteImplementation) {
        for count in 0...longest {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 101 &+ count) }
            for alignment in 0..<64 {
                guard implementation.hexadecimal(bytes, alignment: alignment) == ByteReference.hexadecimal(bytes) else {
                    Issue.record("\(count) bytes at \(alignment)")
                    return
                }
            }
        }
    }
}
