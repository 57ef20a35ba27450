/// A number that counts up, with its decimal digits at hand: nine times out of ten only the last digit changes.
struct DecimalCounter: Equatable {
    /// The number without its last eight digits.
    private(set) var upper: UInt64
    /// The last eight digits in ASCII, leading zeros included, the first one lowest.
    private(set) var lowerDigits: UInt64
    /// How many of them are written, 1...8: all eight when there are more before them.
    private(set) var lowerDigitCount: Int
    /// The number; after the last one there is comes 0.
    private(set) var number: UInt64

    private static let lowerLimit: UInt64 = 100_000_000

    init(_ number: UInt64) {
        self.number = number
        upper = number / Self.lowerLimit
        let lower = number % Self.lowerLimit
        lowerDigits = decimalDigits(of: lower)
        // Zeros in front are zero bits in front; the last digit is written in any case.
        let leadingZeros = min((lowerDigits &- 0x3030_3030_3030_3030).trailingZeroBitCount / 8, 7)
        lowerDigitCount = upper > 0 ? 8 : 8 - leadingZeros
    }

    @inline(__always)
    mutating func countUp() {
        number &+= 1
        lowerDigits &+= 1 << 56
        if lowerDigits >> 56 > UInt64(UInt8(ascii: "9")) { self = DecimalCounter(number) }
    }
}

/// The eight digits of a number below 10^8 in ASCII, the first one lowest.
///
/// Halves the number into groups of four, two and one digits, all groups of a size at once. The divisions are
/// multiplications by the reciprocal, exact for numbers of that size.
private func decimalDigits(of number: UInt64) -> UInt64 {
    let fours = number / 10_000 | (number % 10_000) << 32
    let hundreds = (fours &* 10_486) >> 20 & 0x0000_007F_0000_007F
    let twos = hundreds | (fours &- hundreds &* 100) << 16
    let tens = (twos &* 103) >> 10 & 0x000F_000F_000F_000F
    return (tens | (twos &- tens &* 10) << 8) &+ 0x3030_3030_3030_3030
}
