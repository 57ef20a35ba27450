/// A place in a line that is being read: what is accepted is moved past, and whatever is not accepted leaves it where it is,
/// or ends the reading of the line.
@safe
struct LineCursor {
    private let line: UnsafeRawBufferPointer
    private let byteCount: Int
    /// 0...the bytes of the line.
    var place = 0

    init(_ line: UnsafeRawBufferPointer) {
        unsafe self.line = line
        byteCount = line.count
    }

    var isAtEnd: Bool { place >= byteCount }

    /// The byte that comes next; nil at the end.
    @inline(__always)
    var next: UInt8? { isAtEnd ? nil : unsafe line[place] }

    /// What has not been read.
    @inline(__always)
    var rest: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(rebasing: line[place...]) }

    /// What lies between a place that was passed and this one.
    func text(from start: Int) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(rebasing: line[start..<place])
    }

    /// Takes text of the program itself, which is ASCII.
    @inline(__always)
    mutating func accept(_ literal: StaticString) -> Bool {
        let count = literal.utf8CodeUnitCount
        guard count <= byteCount - place else { return false }
        for index in 0..<count where unsafe line[place + index] != literal.utf8Start[index] { return false }
        place += count
        return true
    }

    mutating func accept(_ word: String) -> Bool {
        guard unsafe rest.starts(with: word.utf8) else { return false }
        place += word.utf8.count
        return true
    }

    /// Takes everything that is left, if it ends in `closing`, and gives what stands before that.
    mutating func acceptRest(before closing: StaticString) -> UnsafeRawBufferPointer? {
        let start = place
        let end = byteCount - closing.utf8CodeUnitCount
        guard end >= start else { return nil }
        place = end
        guard accept(closing) else { return nil }
        return unsafe UnsafeRawBufferPointer(rebasing: line[start..<end])
    }

    /// Takes a number from 1 on in decimal, without leading zeros.
    mutating func acceptNumber() -> UInt64? {
        let start = place
        var number: UInt64 = 0
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            let (tens, overflowOfTens) = number.multipliedReportingOverflow(by: 10)
            let (sum, overflow) = tens.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
            guard !overflowOfTens && !overflow && (sum > 0) else { return nil }
            number = sum
            place += 1
        }
        return place > start ? number : nil
    }

    /// Takes a name of lower-case letters, digits, `-` and `_`: at least one of them.
    mutating func acceptName() -> UnsafeRawBufferPointer? {
        let start = place
        while let byte = next, isNameByte(byte) { place += 1 }
        return place > start ? unsafe text(from: start) : nil
    }

    /// Takes the name of a key, as `--key-id` allows it: letters, digits, `.`, `_`, `:` and `-`, at least one of them.
    mutating func acceptKeyIdentifier() -> UnsafeRawBufferPointer? {
        let start = place
        while let byte = next, isKeyIdentifierByte(byte) { place += 1 }
        return place > start ? unsafe text(from: start) : nil
    }

    private func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private func isKeyIdentifierByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "."), UInt8(ascii: ":"): true
        default: isNameByte(byte)
        }
    }

    /// Takes an escape and gives the byte that it stands for; nil when that byte would not have been written so.
    mutating func acceptEscape() -> UInt8? {
        place += 1
        guard let letter = next else { return nil }
        place += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): return letter
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "f"): return 0x0C
        case UInt8(ascii: "r"): return 0x0D
        case UInt8(ascii: "u"):
            guard accept("00"), let upper = acceptHexadecimalDigit(), let lower = acceptHexadecimalDigit() else {
                return nil
            }
            // A control without an escape of two characters.
            switch upper << 4 | lower {
            case 0x08, 0x09, 0x0A, 0x0C, 0x0D, 0x20...0xFF: return nil
            case let byte: return byte
            }
        default: return nil
        }
    }

    private mutating func acceptHexadecimalDigit() -> UInt8? {
        guard let byte = next else { return nil }
        place += 1
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): return byte - UInt8(ascii: "a") + 10
        default: return nil
        }
    }

    /// Takes UTF-8 beyond ASCII as far as it goes; nil when what comes first is none, or nothing comes.
    mutating func acceptNonASCII() -> UnsafeRawBufferPointer? {
        let start = place
        while let byte = next, byte >= 0x80 {
            let sequence = unsafe UTF8Sequence(in: line, at: place)
            guard sequence.isWellFormed else { return nil }
            place += sequence.byteCount
        }
        return place > start ? unsafe text(from: start) : nil
    }

    /// Takes four digits of base64, the last one or two of which may be padding, and gives 24 bits and how many bytes of
    /// them are meant, the highest first; nil when no encoder would have written them.
    mutating func acceptBase64Group() -> (bits: UInt32, byteCount: Int)? {
        guard byteCount - place >= 4 else { return nil }
        var bits: UInt32 = 0
        var meantBytes = 3
        for index in 0..<4 {
            let byte = unsafe line[place + index]
            bits <<= 6
            if byte == UInt8(ascii: "=") && index >= 2 {
                meantBytes -= 1
            } else {
                guard meantBytes == 3, let digit = base64Value(of: byte) else { return nil }
                bits |= digit
            }
        }
        place += 4
        // What padding leaves over of the digit before it is zero.
        let isCanonical = bits & (1 << UInt32(24 - 8 * meantBytes) - 1) == 0
        return isCanonical ? (bits, meantBytes) : nil
    }
}

/// The six bits that a digit of base64 stands for: RFC 4648 section 4.
private func base64Value(of digit: UInt8) -> UInt32? {
    switch digit {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(digit - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(digit - UInt8(ascii: "a")) + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit - UInt8(ascii: "0")) + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
}
