internal import CPhashBytes

/// Memory that is filled from its start; every write is checked against its end, in release builds too.
///
/// The one check is in `claim`: all other functions write into what it hands out. Those that run for every record are
/// inlined, and copy what is short in words: a call of `memcpy` takes longer than the copy.
@safe
struct OutputMemory {
    private let start: UnsafeMutableRawPointer
    private let end: UnsafeMutableRawPointer
    /// Where the next byte goes; `start...end`.
    private var cursor: UnsafeMutableRawPointer
    private let bytes: phash_bytes

    init(_ memory: UnsafeMutableRawBufferPointer) {
        guard let fastest = unsafe phash_bytes_implementation(0) else { preconditionFailure("there is always one") }
        unsafe self.init(memory, bytes: fastest.pointee)
    }

    /// Begins again, at the start of other memory.
    init(_ memory: UnsafeMutableRawBufferPointer, like other: OutputMemory) {
        unsafe self.init(memory, bytes: other.bytes)
    }

    private init(_ memory: UnsafeMutableRawBufferPointer, bytes: phash_bytes) {
        // No memory at all has no address, but any will do: nothing fits.
        unsafe start = memory.baseAddress ?? UnsafeMutableRawPointer(bitPattern: 64)!
        unsafe end = start + memory.count
        unsafe cursor = start
        unsafe self.bytes = bytes
    }

    /// Bytes written so far.
    var count: Int { unsafe cursor - start }

    /// Bytes that there is room for.
    private var room: Int { unsafe end - cursor }

    /// The next `byteCount` bytes, which the caller fills; traps when there are not so many left.
    @inline(__always)
    mutating func claim(_ byteCount: Int) -> UnsafeMutableRawPointer {
        precondition(byteCount >= 0 && byteCount <= room, "a record outgrew the room reserved for it")
        defer { unsafe cursor += byteCount }
        return unsafe cursor
    }

    /// Takes back what was written after the first `byteCount` bytes.
    mutating func truncate(to byteCount: Int) {
        precondition(byteCount >= 0 && byteCount <= count, "cannot take back what was not written")
        unsafe cursor = start + byteCount
    }

    /// Puts a space in the place of each newline among what was written after the first `byteCount` bytes.
    mutating func replaceNewlines(from byteCount: Int) {
        precondition(byteCount >= 0 && byteCount <= count, "cannot change what was not written")
        for place in byteCount..<count where unsafe start.load(fromByteOffset: place, as: UInt8.self) == 0x0A {
            unsafe start.storeBytes(of: UInt8(ascii: " "), toByteOffset: place, as: UInt8.self)
        }
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        unsafe claim(1).storeBytes(of: byte, as: UInt8.self)
    }

    /// Appends the bytes of `word`, the lowest first.
    @inline(__always)
    mutating func append<Word: FixedWidthInteger & BitwiseCopyable>(word: Word) {
        unsafe claim(MemoryLayout<Word>.size).storeBytes(of: word.littleEndian, as: Word.self)
    }

    /// Appends `bytes`, which must not lie in this memory.
    @inline(__always)
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count > 0, let source = bytes.baseAddress else { return }
        let target = unsafe claim(bytes.count)
        guard bytes.count >= 8 && bytes.count <= 16 else {
            unsafe target.copyMemory(from: source, byteCount: bytes.count)
            return
        }
        // Two words that overlap.
        let last = bytes.count &- 8
        let (first, second) = unsafe (
            source.loadUnaligned(as: UInt64.self), source.loadUnaligned(fromByteOffset: last, as: UInt64.self)
        )
        unsafe target.storeBytes(of: first, as: UInt64.self)
        unsafe target.storeBytes(of: second, toByteOffset: last, as: UInt64.self)
    }

    mutating func append(_ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { unsafe append($0) }
    }

    /// Appends text of the program itself, which is ASCII.
    mutating func append(_ literal: StaticString) {
        unsafe append(UnsafeRawBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    /// Appends `text` up to its first byte that is not ASCII or cannot stand for itself in a JSON string, and returns
    /// how many bytes that are. There must be room for all of `text`.
    @inline(__always)
    mutating func appendPlainText(_ text: UnsafeRawBufferPointer) -> Int {
        guard text.count > 0, let source = text.baseAddress else { return 0 }
        let target = unsafe claim(text.count)
        let plain = unsafe bytes.copy_plain(target, source, text.count)
        unsafe cursor = target + plain
        return plain
    }

    /// Appends `raw` in lower-case hexadecimal: 2 bytes each.
    @inline(__always)
    mutating func appendHexadecimal(_ raw: UnsafeRawBufferPointer) {
        guard raw.count > 0, let source = raw.baseAddress else { return }
        unsafe bytes.hexadecimal(claim(2 &* raw.count), source, raw.count)
    }
}

// MARK: - Encodings

extension OutputMemory {
    /// Appends the number of a counter in decimal, without leading zeros: 1...20 bytes.
    @inline(__always)
    mutating func append(_ counter: DecimalCounter) {
        if counter.upper > 0 { appendUpper(counter.upper) }
        let count = counter.lowerDigitCount
        let digits = counter.lowerDigits &>> UInt64(8 &* (8 &- count))
        if room >= 8 {
            // All eight at once: what follows overwrites those that are too many.
            unsafe cursor.storeBytes(of: digits.littleEndian, as: UInt64.self)
            unsafe cursor += count
        } else {
            for place in 0..<count { append(UInt8(truncatingIfNeeded: digits &>> UInt64(8 &* place))) }
        }
    }

    /// The digits before the last eight.
    private mutating func appendUpper(_ upper: UInt64) { append(DecimalCounter(upper)) }

    /// Appends one byte in lower-case hexadecimal.
    mutating func appendHexadecimal(_ byte: UInt8) {
        unsafe withUnsafeBytes(of: byte) { unsafe appendHexadecimal($0) }
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
            let padding = UInt8(ascii: "=")
            unsafe place.storeBytes(of: base64Digits(of: group).littleEndian, toByteOffset: target, as: UInt32.self)
            if rest == 1 { unsafe place.storeBytes(of: padding, toByteOffset: target + 2, as: UInt8.self) }
            unsafe place.storeBytes(of: padding, toByteOffset: target + 3, as: UInt8.self)
        }
    }
}

/// Bytes that `byteCount` bytes take in padded base64.
func base64ByteCount(of byteCount: Int) -> Int {
    (byteCount + 2) / 3 * 4
}

/// The four base64 digits of 24 bits, first digit lowest.
private func base64Digits(of group: UInt32) -> UInt32 {
    let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    // The masks keep each index below 64.
    let digits = unsafe alphabet.utf8Start
    return unsafe UInt32(digits[Int(group >> 18 & 63)]) | UInt32(digits[Int(group >> 12 & 63)]) << 8
        | UInt32(digits[Int(group >> 6 & 63)]) << 16 | UInt32(digits[Int(group & 63)]) << 24
}
