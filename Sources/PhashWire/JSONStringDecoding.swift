/// Where in a string's contents half a surrogate pair begins.
struct LoneSurrogate: Error {
    let offset: Int
}

/// Decodes the escapes of a string's contents, which `JSONCursor` has read and found right, and returns how many bytes
/// there are then: as many as before at most. `target` has room for as many; the two do not overlap.
func decodeJSONString(
    _ contents: UnsafeRawBufferPointer, into target: UnsafeMutableRawPointer
) throws(LoneSurrogate) -> Int {
    var source = 0
    var count = 0
    func unit(at place: Int) -> UInt32 {
        (0..<4).reduce(0) { unsafe $0 << 4 | (hexadecimalValue(of: contents[place + $1]) ?? 0) }
    }
    func append(_ byte: UInt8) {
        unsafe target.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count += 1
    }
    while source < contents.count {
        let byte = unsafe contents[source]
        guard byte == UInt8(ascii: "\\") else {
            append(byte)
            source += 1
            continue
        }
        let letter = unsafe contents[source + 1]
        guard letter == UInt8(ascii: "u") else {
            append(meaning(of: letter))
            source += 2
            continue
        }
        var value = unit(at: source + 2)
        var length = 6
        if 0xD800...0xDFFF ~= value {
            guard value < 0xDC00, source + 12 <= contents.count,
                unsafe contents[source + 6] == UInt8(ascii: "\\") && contents[source + 7] == UInt8(ascii: "u"),
                case let low = unit(at: source + 8), 0xDC00...0xDFFF ~= low
            else { throw LoneSurrogate(offset: source) }
            value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
            length = 12
        }
        guard let scalar = Unicode.Scalar(value) else { preconditionFailure("surrogates are paired") }
        for byte in UTF8.encode(scalar)! { append(byte) }
        source += length
    }
    return count
}

/// What the letter of a short escape stands for.
private func meaning(of letter: UInt8) -> UInt8 {
    switch letter {
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    default: letter
    }
}
