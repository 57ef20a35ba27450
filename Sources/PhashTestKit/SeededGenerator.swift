/// Random numbers that a seed repeats: SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number
/// generators", 2014).
package struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension UInt64 {
    /// A seed as people give it: a number, or a git hash of up to 40 hexadecimal digits, of which the first 16 count.
    /// What could be either is a number, since that is what is printed.
    package init?(seed text: String) {
        if let number = UInt64(text) {
            self = number
        } else if text.utf8.count <= 40, text.allSatisfy({ $0.isASCII && $0.isHexDigit }),
            let hash = UInt64(text.prefix(16), radix: 16)
        {
            self = hash
        } else {
            return nil
        }
    }
}
