/// The place of a value in a JSON document, such as `/user/email` or `/items/0`: RFC 6901.
package struct JSONPointer: Sendable, Equatable {
    /// What the pointer names in each container on the way, `~0` and `~1` decoded; at least one.
    package let tokens: [[UInt8]]
    /// The pointer as it was written.
    package let text: String

    /// Longest pointer, bytes. It bounds the tokens, too, of which each takes a byte at least.
    package static let maximumBytes = 1024

    /// Why a text is no pointer that can be used.
    package enum Fault: Error, Equatable {
        case empty
        case withoutSlash
        case tilde
        case tooLong

        /// The same in words that may follow the text.
        package var reason: String {
            switch self {
            case .empty: "is the whole record: a pointer to a member of it begins with '/'"
            case .withoutSlash: "is no JSON pointer: those begin with '/'"
            case .tilde: "is no JSON pointer: a '~' in it is neither ~0 (for '~') nor ~1 (for '/')"
            case .tooLong: "is longer than \(JSONPointer.maximumBytes) bytes"
            }
        }
    }

    package init(_ text: String) throws(Fault) {
        let bytes = Array(text.utf8)
        if bytes.isEmpty { throw .empty }
        if bytes[0] != UInt8(ascii: "/") { throw .withoutSlash }
        if bytes.count > Self.maximumBytes { throw .tooLong }
        var tokens: [[UInt8]] = []
        for part in bytes.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            tokens.append(try Self.token(part))
        }
        self.tokens = tokens
        self.text = text
    }

    private static func token(_ part: ArraySlice<UInt8>) throws(Fault) -> [UInt8] {
        var token: [UInt8] = []
        var isEscaped = false
        for byte in part {
            switch (isEscaped, byte) {
            case (false, UInt8(ascii: "~")): isEscaped = true
            case (false, _): token.append(byte)
            case (true, UInt8(ascii: "0")): token.append(UInt8(ascii: "~"))
            case (true, UInt8(ascii: "1")): token.append(UInt8(ascii: "/"))
            case (true, _): throw .tilde
            }
            if byte != UInt8(ascii: "~") { isEscaped = false }
        }
        if isEscaped { throw .tilde }
        return token
    }

    /// The element of an array that a token names, from 0; nil for one that never exists, such as `-` or `01`.
    static func index(_ token: [UInt8]) -> Int? {
        let isNumber = token.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard isNumber, token.count == 1 || token.first != UInt8(ascii: "0") else { return nil }
        return Int(String(decoding: token, as: UTF8.self))
    }
}
