/// A small seeded generator (SplitMix64): every run of a test sees the same bytes and makes the same choices.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Inputs that several themes share.
enum Inputs {
    /// Any bytes but the delimiter; mostly no UTF-8.
    static func randomBytes(_ count: Int, without delimiter: UInt8, _ generator: inout SeededGenerator) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            for index in 0..<count {
                var byte = UInt8(truncatingIfNeeded: generator.next())
                if byte == delimiter { byte ^= 0x55 }
                unsafe buffer[index] = byte
            }
            filled = count
        }
    }

    /// Valid UTF-8 of exactly `count` bytes, with characters of every length and everything that JSON must escape.
    static func text(_ count: Int, without delimiter: UInt8) -> [UInt8] {
        let sample = Array("\"a\\b/\u{1}\u{8}\t\u{C}\r\u{1B}\u{1F} ~\u{7F}é€\u{2028}\u{FFFD}😀 end,".utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + sample.count)
        while bytes.count + sample.count <= count { bytes += sample }
        while bytes.count < count { bytes.append(0x78) }
        return bytes
    }

    /// `count` records: text lines of some 30 bytes, of which only `distinct` differ, so that an oracle is quick.
    static func lines(_ count: Int, distinct: Int, delimiter: UInt8 = 0x0A) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count * 32)
        for number in 0..<count {
            bytes += Array("record \(number % distinct) of the input".utf8)
            bytes.append(delimiter)
        }
        return bytes
    }

    /// Every byte string of at most two bytes that does not hold the delimiter, as records.
    static func allShortStrings(delimiter: UInt8) -> [UInt8] {
        let bytes = (UInt8.min...UInt8.max).filter { $0 != delimiter }
        var input = [delimiter]
        for first in bytes {
            input += [first, delimiter]
            for second in bytes { input += [first, second, delimiter] }
        }
        return input
    }
}
