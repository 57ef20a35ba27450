/// A JSON value as it was written.
package indirect enum JSONValue: Equatable, Sendable {
    case null
    case boolean(Bool)
    /// The number's text: no precision is lost.
    case number(String)
    /// The UTF-8 of the text, escapes decoded. Bytes, because strings with other code points may be equal.
    case string([UInt8])
    case array([JSONValue])
    case object([JSONMember])
}

package struct JSONMember: Equatable, Sendable {
    package var name: String
    package var value: JSONValue

    package init(_ name: String, _ value: JSONValue) {
        self.name = name
        self.value = value
    }
}

/// Why a text is no JSON, and at which of its bytes that showed.
package struct JSONFault: Error, Equatable {
    package var place: Int
    package var complaint: String
}

/// Reads what RFC 8259 calls a JSON text and nothing else.
///
/// Where the standard leaves it to the reader, this one refuses: a byte order mark, a lone surrogate, a name that an object
/// has twice, arrays and objects more than 64 deep.
package struct StrictJSON {
    private let text: [UInt8]
    private let allowsWhiteSpace: Bool
    private var place = 0
    private var depth = 0

    private static let maximumDepth = 64

    private init(_ text: [UInt8], allowsWhiteSpace: Bool) {
        self.text = text
        self.allowsWhiteSpace = allowsWhiteSpace
    }

    /// The value that `text` is.
    ///
    /// - Parameter allowsWhiteSpace: Whether blanks, tabs and line ends may stand around values, as the standard lets them.
    package static func value(of text: [UInt8], allowsWhiteSpace: Bool = true) throws(JSONFault) -> JSONValue {
        var reader = StrictJSON(text, allowsWhiteSpace: allowsWhiteSpace)
        guard String(validating: text, as: UTF8.self) != nil else { throw reader.fault("not UTF-8") }
        let value = try reader.readValue()
        guard reader.place == text.count else { throw reader.fault("something behind the value") }
        return value
    }

    private func fault(_ complaint: String) -> JSONFault { JSONFault(place: place, complaint: complaint) }

    private var next: UInt8? { place < text.count ? text[place] : nil }

    private mutating func skipWhiteSpace() {
        guard allowsWhiteSpace else { return }
        while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { place += 1 }
    }

    private mutating func accept(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        place += 1
        return true
    }

    // MARK: - Values

    private mutating func readValue() throws(JSONFault) -> JSONValue {
        skipWhiteSpace()
        let value: JSONValue
        switch next {
        case UInt8(ascii: "{"): value = try readObject()
        case UInt8(ascii: "["): value = try readArray()
        case UInt8(ascii: "\""): value = .string(try readString())
        case UInt8(ascii: "t"): value = try readWord("true", .boolean(true))
        case UInt8(ascii: "f"): value = try readWord("false", .boolean(false))
        case UInt8(ascii: "n"): value = try readWord("null", .null)
        default: value = .number(try readNumber())
        }
        skipWhiteSpace()
        return value
    }

    private mutating func readWord(_ word: String, _ value: JSONValue) throws(JSONFault) -> JSONValue {
        guard text[place...].starts(with: word.utf8) else { throw fault("no such word") }
        place += word.utf8.count
        return value
    }

    private mutating func descend() throws(JSONFault) {
        place += 1
        depth += 1
        guard depth <= Self.maximumDepth else { throw fault("too deep") }
        skipWhiteSpace()
    }

    private mutating func readArray() throws(JSONFault) -> JSONValue {
        try descend()
        defer { depth -= 1 }
        var elements: [JSONValue] = []
        if accept("]") { return .array(elements) }
        repeat { elements.append(try readValue()) } while accept(",")
        guard accept("]") else { throw fault("an array that does not end") }
        return .array(elements)
    }

    private mutating func readObject() throws(JSONFault) -> JSONValue {
        try descend()
        defer { depth -= 1 }
        var members: [JSONMember] = []
        var names: Set<[UInt8]> = []
        if accept("}") { return .object(members) }
        repeat {
            skipWhiteSpace()
            guard next == UInt8(ascii: "\"") else { throw fault("a member without a name") }
            let name = try readString()
            guard names.insert(name).inserted else { throw fault("a name that was there before") }
            skipWhiteSpace()
            guard accept(":") else { throw fault("a name without a value") }
            members.append(JSONMember(String(decoding: name, as: UTF8.self), try readValue()))
        } while accept(",")
        guard accept("}") else { throw fault("an object that does not end") }
        return .object(members)
    }

    // MARK: - Numbers

    private mutating func readNumber() throws(JSONFault) -> String {
        let start = place
        _ = accept("-")
        if !accept("0") { try readDigits() }
        if accept(".") { try readDigits() }
        if accept("e") || accept("E") {
            if !accept("+") { _ = accept("-") }
            try readDigits()
        }
        return String(decoding: text[start..<place], as: UTF8.self)
    }

    private mutating func readDigits() throws(JSONFault) {
        let start = place
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { place += 1 }
        guard place > start else { throw fault("no value, or a number without a digit where one has to be") }
    }

    // MARK: - Strings

    private mutating func readString() throws(JSONFault) -> [UInt8] {
        place += 1
        var contents: [UInt8] = []
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                place += 1
                return contents
            case UInt8(ascii: "\\"):
                contents += Array(String(try readEscape()).utf8)
            case 0x00..<0x20:
                throw fault("a control character in a string")
            default:
                contents.append(byte)
                place += 1
            }
        }
        throw fault("a string that does not end")
    }

    private mutating func readEscape() throws(JSONFault) -> Unicode.Scalar {
        place += 1
        let letter = next
        place += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter ?? 0)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try readCodePoint()
        default: throw fault("no such escape")
        }
    }

    private mutating func readCodePoint() throws(JSONFault) -> Unicode.Scalar {
        let first = try readHexadecimal()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard (0xD800...0xDBFF).contains(first), accept("\\"), accept("u") else { throw fault("a lone surrogate") }
        let second = try readHexadecimal()
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw fault("a lone surrogate") }
        return scalar
    }

    private mutating func readHexadecimal() throws(JSONFault) -> UInt32 {
        let digits = text[place...].prefix(4)
        // A sign is a number for the standard library, but no digit.
        guard digits.count == 4, !digits.contains(UInt8(ascii: "+")), !digits.contains(UInt8(ascii: "-")),
            let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw fault("not four hexadecimal digits") }
        place += 4
        return value
    }
}
