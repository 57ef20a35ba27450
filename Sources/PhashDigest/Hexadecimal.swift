/// Writes `bytes` in lower-case hexadecimal into `text`, which is exactly twice as long.
///
/// It stands between all rounds of a chain, so four bytes are done at a time, in one word and without a table.
func writeHexadecimal(of bytes: UnsafeRawBufferPointer, into text: UnsafeMutableRawBufferPointer) {
    precondition(text.count == 2 * bytes.count, "the room for the text has another size")
    var index = 0
    while index + 4 <= bytes.count {
        let group = unsafe UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self))
        let digits = hexadecimalDigits(of: group).littleEndian
        unsafe text.storeBytes(of: digits, toByteOffset: 2 * index, as: UInt64.self)
        index += 4
    }
    while index < bytes.count {
        let digits = unsafe hexadecimalDigits(of: UInt32(bytes[index]))
        let pair = UInt16(truncatingIfNeeded: digits).littleEndian
        unsafe text.storeBytes(of: pair, toByteOffset: 2 * index, as: UInt16.self)
        index += 1
    }
}

/// The eight hexadecimal digits of four bytes, first byte and first digit lowest.
private func hexadecimalDigits(of bytes: UInt32) -> UInt64 {
    // One byte in every 16 bits, then one nibble in every 8, the high one first.
    var spread = UInt64(bytes)
    spread = (spread | spread << 16) & 0x0000_FFFF_0000_FFFF
    spread = (spread | spread << 8) & 0x00FF_00FF_00FF_00FF
    let nibbles = (spread >> 4 | spread << 8) & 0x0F0F_0F0F_0F0F_0F0F
    // 1 where the nibble is 10 or more: "a" comes 39 places after what follows "9".
    let letters = (nibbles &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
    return nibbles &+ 0x3030_3030_3030_3030 &+ letters &* 39
}
