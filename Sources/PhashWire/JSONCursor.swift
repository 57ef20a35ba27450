/// Why a record is not what a member can be looked for in.
///
/// The raw values travel in results, from the job to the writer of records.
enum JSONComplaint: UInt8, Error, CaseIterable {
    case noObject = 1
    case noName
    case noColon
    case noValue
    case noSeparatorInObject
    case noSeparatorInArray
    case badNumber
    case badEscape
    case loneSurrogate
    case controlCharacter
    case unfinished
    case tooDeep
    case trailing
    case tooManyStrings

    /// What the error record says, before the byte. Never text of the record.
    var words: String {
        switch self {
        case .noObject: "no JSON object: '{' is expected"
        case .noName: "a member's name is expected"
        case .noColon: "':' is expected"
        case .noValue: "a value is expected"
        case .noSeparatorInObject: "',' or '}' is expected"
        case .noSeparatorInArray: "',' or ']' is expected"
        case .badNumber: "a digit is expected"
        case .badEscape: "no such escape"
        case .loneSurrogate: "half a surrogate pair in the string that is to be hashed"
        case .controlCharacter: "a control character in a string"
        case .unfinished: "the record ends too early"
        case .tooDeep: "more than \(MemberScanner.maximumDepth) levels"
        case .trailing: "something behind the object"
        case .tooManyStrings: "the pointer reaches more than \(MemberScanner.maximumTargets) strings"
        }
    }
}

/// Reads JSON text byte by byte, or word by word where it may: RFC 8259. It never looks behind the end.
///
/// What is read next is at `place`; where something is wrong, `place` is there too.
@safe
struct JSONCursor {
    private let start: UnsafeRawPointer
    private let end: UnsafeRawPointer
    private var place: UnsafeRawPointer

    init(_ text: UnsafeRawBufferPointer) {
        // No text at all has no address, but any will do: nothing is read.
        unsafe start = text.baseAddress ?? UnsafeRawPointer(bitPattern: 64)!
        unsafe end = start + text.count
        unsafe place = start
    }

    /// Bytes read so far.
    var offset: Int { unsafe place - start }

    var isAtEnd: Bool { unsafe place == end }

    /// The next byte; 0, which is never right outside of strings nor in them, at the end.
    @inline(__always)
    var next: UInt8 { unsafe place < end ? place.load(as: UInt8.self) : 0 }

    /// Goes on by one byte, which `next` has shown to be there.
    @inline(__always)
    mutating func advance() {
        assert(!isAtEnd)
        unsafe place += 1
    }

    @inline(__always)
    mutating func accept(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        advance()
        return true
    }

    @inline(__always)
    mutating func skipWhiteSpace() {
        while next <= 0x20 && isWhiteSpace(next) { advance() }
    }

    /// `complaint`, or that the text ends here.
    func fault(_ complaint: JSONComplaint) -> JSONComplaint { isAtEnd ? .unfinished : complaint }

    // MARK: - Strings

    /// Reads the rest of a string, whose first quotation mark has been read, to behind its last one. Says whether there is
    /// an escape in it.
    @inline(__always)
    mutating func skipString() throws(JSONComplaint) -> Bool {
        skipPlainText()
        if accept("\"") { return false }
        try skipEscapes()
        return true
    }

    /// The same from the first byte that does not stand for itself.
    @inline(never)
    private mutating func skipEscapes() throws(JSONComplaint) {
        while !accept("\"") {
            guard accept("\\") else { throw fault(.controlCharacter) }
            switch next {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
                UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
                advance()
            case UInt8(ascii: "u"):
                advance()
                for _ in 0..<4 {
                    guard hexadecimalValue(of: next) != nil else { throw fault(.badEscape) }
                    advance()
                }
            default: throw fault(.badEscape)
            }
            skipPlainText()
        }
    }

    /// Goes to the next byte that does not stand for itself in a string: `"`, `\` or a control below 0x20.
    @inline(__always)
    private mutating func skipPlainText() {
        while unsafe end - place >= 8 {
            let marks = unsafe specialBytes(in: UInt64(littleEndian: place.loadUnaligned(as: UInt64.self)))
            if marks != 0 {
                unsafe place += marks.trailingZeroBitCount &>> 3
                return
            }
            unsafe place += 8
        }
        while unsafe place < end && !isSpecial(place.load(as: UInt8.self)) { unsafe place += 1 }
    }

    // MARK: - Numbers and words

    /// Reads a number, of any size and precision; `next` is its first byte.
    @inline(__always)
    mutating func skipNumber() throws(JSONComplaint) {
        if next == UInt8(ascii: "-") { advance() }
        if !accept("0") { try skipDigits() }
        if accept(".") { try skipDigits() }
        if next | 0x20 == UInt8(ascii: "e") {
            advance()
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { advance() }
            try skipDigits()
        }
    }

    @inline(__always)
    private mutating func skipDigits() throws(JSONComplaint) {
        guard isDigit(next) else { throw fault(.badNumber) }
        repeat { advance() } while isDigit(next)
    }

    /// Reads `true`, `false` or `null`.
    @inline(__always)
    mutating func skipWord() throws(JSONComplaint) {
        let word: StaticString
        switch next {
        case UInt8(ascii: "t"): word = "true"
        case UInt8(ascii: "f"): word = "false"
        case UInt8(ascii: "n"): word = "null"
        default: throw fault(.noValue)
        }
        for index in 0..<word.utf8CodeUnitCount {
            guard unsafe next == word.utf8Start[index] else { throw fault(.noValue) }
            advance()
        }
    }
}

@inline(__always)
private func isWhiteSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
}

@inline(__always)
private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

/// Whether a byte does not stand for itself in a string.
@inline(__always)
private func isSpecial(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
}

/// The top bit of each byte of a word that does not stand for itself in a string; exact for the lowest such byte, and 0
/// when there is none. A subtraction may borrow from the byte above and mark it wrongly, but only above a right mark.
@inline(__always)
private func specialBytes(in word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quotes = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
    let backslashes = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
    let controls = (word &- ones &* 0x20) & ~word
    return ((quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes | controls) & (ones &* 0x80)
}

/// What a hexadecimal digit stands for; nil for any other byte.
func hexadecimalValue(of byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
}
