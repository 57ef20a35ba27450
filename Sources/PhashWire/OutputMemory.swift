/// Memory that is filled from its start; every write is checked against its end, in release builds too.
///
/// The one check is in `claim`: all other functions write into what it hands out.
@safe
struct OutputMemory {
    private let memory: UnsafeMutableRawBufferPointer
    /// Bytes written so far; 0...`memory.count`.
    private(set) var count = 0

    init(_ memory: UnsafeMutableRawBufferPointer) {
        unsafe self.memory = memory
    }

    /// The next `byteCount` bytes, which the caller fills; traps when there are not so many left.
    mutating func claim(_ byteCount: Int) -> UnsafeMutableRawBufferPointer {
        let room = unsafe memory.count - count
        precondition(byteCount >= 0 && byteCount <= room, "a record outgrew the room reserved for it")
        let claimed = unsafe UnsafeMutableRawBufferPointer(rebasing: memory[count..<count + byteCount])
        count += byteCount
        return unsafe claimed
    }

    /// Takes back what was written after the first `byteCount` bytes.
    mutating func truncate(to byteCount: Int) {
        precondition(byteCount >= 0 && byteCount <= count, "cannot take back what was not written")
        count = byteCount
    }

    mutating func append(_ byte: UInt8) {
        unsafe claim(1)[0] = byte
    }

    /// Appends `bytes`, which must not lie in this memory.
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        unsafe claim(bytes.count).copyMemory(from: bytes)
    }

    mutating func append(_ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { unsafe append($0) }
    }

    /// Appends text of the program itself, which is ASCII.
    mutating func append(_ literal: StaticString) {
        unsafe append(UnsafeRawBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }
}

// MARK: - Encodings

extension OutputMemory {
    /// Appends `number` in decimal, without leading zeros: 1...20 bytes.
    mutating func appendDecimal(_ number: UInt64) {
        var digits = 1
        var rest = number / 10
        while rest > 0 {
            digits += 1
            rest /= 10
        }
        let place = unsafe claim(digits)
        rest = number
        for index in (0..<digits).reversed() {
            unsafe place[index] = UInt8(truncatingIfNeeded: 0x30 + rest % 10)
            rest /= 10
        }
    }

    /// Appends `bytes` in lower-case hexadecimal: 2 bytes each.
    mutating func appendHexadecimal(_ bytes: UnsafeRawBufferPointer) {
        let place = unsafe claim(2 * bytes.count)
        var index = 0
        while index + 4 <= bytes.count {
            let group = unsafe UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self))
            let digits = hexadecimalDigits(of: group).littleEndian
            unsafe place.storeBytes(of: digits, toByteOffset: 2 * index, as: UInt64.self)
            index += 4
        }
        while index < bytes.count {
            let digits = unsafe hexadecimalDigits(of: bytes[index]).littleEndian
            unsafe place.storeBytes(of: digits, toByteOffset: 2 * index, as: UInt16.self)
            index += 1
        }
    }

    /// Appends one byte in lower-case hexadecimal.
    mutating func appendHexadecimal(_ byte: UInt8) {
        unsafe claim(2).storeBytes(of: hexadecimalDigits(of: byte).littleEndian, as: UInt16.self)
    }

    /// Appends `bytes` in base64 with padding, RFC 4648 section 4: 4 bytes for every 3 begun.
    mutating func appendBase64(_ bytes: UnsafeRawBufferPointer) {
        let place = unsafe claim(base64ByteCount(of: bytes.count))
        var source = 0
        var target = 0
        while source + 3 <= bytes.count {
            let group = unsafe UInt32(bytes[source]) << 16 | UInt32(bytes[source + 1]) << 8 | UInt32(bytes[source + 2])
            unsafe place.storeBytes(of: base64Digits(of: group).littleEndian, toByteOffset: target, as: UInt32.self)
            source += 3
            target += 4
        }
        let rest = bytes.count - source
        if rest > 0 {
            var group = unsafe UInt32(bytes[source]) << 16
            if rest == 2 { unsafe group |= UInt32(bytes[source + 1]) << 8 }
            unsafe place.storeBytes(of: base64Digits(of: group).littleEndian, toByteOffset: target, as: UInt32.self)
            if rest == 1 { unsafe place[target + 2] = UInt8(ascii: "=") }
            unsafe place[target + 3] = UInt8(ascii: "=")
        }
    }
}

/// Bytes that `byteCount` bytes take in padded base64.
func base64ByteCount(of byteCount: Int) -> Int {
    (byteCount + 2) / 3 * 4
}

/// The eight hexadecimal digits of four bytes, first byte and first digit lowest.
///
/// All digits are worked out at once in one word, which is faster than looking them up one by one.
private func hexadecimalDigits(of bytes: UInt32) -> UInt64 {
    // Spread the bytes to one in every 16 bits, then each to one nibble in every 8, the high one first.
    var spread = UInt64(bytes)
    spread = (spread | spread << 16) & 0x0000_FFFF_0000_FFFF
    spread = (spread | spread << 8) & 0x00FF_00FF_00FF_00FF
    let nibbles = (spread >> 4 | spread << 8) & 0x0F0F_0F0F_0F0F_0F0F
    // 1 where the nibble is 10 or more: those digits begin at "a", 39 places after where they would follow "9".
    let letters = (nibbles &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
    return nibbles &+ 0x3030_3030_3030_3030 &+ letters &* 39
}

/// The two hexadecimal digits of one byte, first digit lowest.
private func hexadecimalDigits(of byte: UInt8) -> UInt16 {
    UInt16(truncatingIfNeeded: hexadecimalDigits(of: UInt32(byte)))
}

/// The four base64 digits of 24 bits, first digit lowest.
private func base64Digits(of group: UInt32) -> UInt32 {
    let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    // The masks keep each index below 64.
    let digits = unsafe alphabet.utf8Start
    return unsafe UInt32(digits[Int(group >> 18 & 63)]) | UInt32(digits[Int(group >> 12 & 63)]) << 8
        | UInt32(digits[Int(group >> 6 & 63)]) << 16 | UInt32(digits[Int(group & 63)]) << 24
}
