/// Reads base64 as RFC 4648 section 4 writes it, with padding, and nothing else.
package enum StrictBase64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The bytes that `text` stands for; nil when no encoder would have written it.
    package static func bytes(of text: [UInt8]) -> [UInt8]? {
        let digits = text.count - text.reversed().prefix(2).prefix { $0 == UInt8(ascii: "=") }.count
        // One digit in a last group would hold no whole byte.
        guard text.count % 4 == 0, digits % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var bitCount = 0
        for digit in text[..<digits] {
            guard let value = alphabet.firstIndex(of: digit) else { return nil }
            bits = bits << 6 | UInt32(value)
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> bitCount))
            }
            bits &= 1 << bitCount - 1
        }
        // What is left over of the last digit has to be zero.
        return bits == 0 ? bytes : nil
    }
}
