/// What a pointer reaches in a JSON object, written for clarity instead of speed: first the whole tree, then the way in it.
///
/// It takes what `phash --json-field` takes: any bytes of 0x80 and above, names that are there twice, and half surrogate
/// pairs where they are not to be hashed.
package enum MemberReference {
    package enum Outcome: Equatable {
        /// The contents of the strings, each with its text.
        case strings([Found])
        case missing
        case notString
        case invalid
    }

    package struct Found: Equatable {
        package var contents: Range<Int>
        package var text: [UInt8]

        package init(contents: Range<Int>, text: [UInt8]) {
            self.contents = contents
            self.text = text
        }
    }

    private indirect enum Node {
        case string(Range<Int>)
        case object([(name: [UInt8]?, value: Node)])
        case array([Node])
        case other
    }

    package static func outcome(of record: [UInt8], at tokens: [[UInt8]], maximumStrings: Int) -> Outcome {
        var reader = Reader(text: record)
        guard let root = reader.document(), case .object = root else { return .invalid }
        let nodes = reached(from: root, tokens[...])
        let strings = nodes.compactMap { node in
            if case .string(let contents) = node { contents } else { nil }
        }
        if strings.count > maximumStrings { return .invalid }
        if nodes.isEmpty { return .missing }
        if strings.count < nodes.count { return .notString }
        var found: [Found] = []
        for contents in strings {
            guard let text = text(of: record[contents]) else { return .invalid }
            found.append(Found(contents: contents, text: text))
        }
        return .strings(found)
    }

    /// `record` with every string that was found replaced.
    package static func replacing(
        _ found: [Found], in record: [UInt8], by replacement: ([UInt8]) -> [UInt8]
    ) -> [UInt8] {
        var result = record
        for each in found.reversed() { result.replaceSubrange(each.contents, with: replacement(each.text)) }
        return result
    }

    private static func reached(from node: Node, _ tokens: ArraySlice<[UInt8]>) -> [Node] {
        guard let token = tokens.first else { return [node] }
        switch node {
        case .object(let members):
            return members.filter { $0.name == token }.flatMap { reached(from: $0.value, tokens.dropFirst()) }
        case .array(let elements):
            return elements.enumerated().filter { Array("\($0.offset)".utf8) == token }
                .flatMap { reached(from: $0.element, tokens.dropFirst()) }
        case .string, .other: return []
        }
    }

    /// The text of a string's contents; nil when half a surrogate pair is in it.
    private static func text(of contents: ArraySlice<UInt8>) -> [UInt8]? {
        var text: [UInt8] = []
        var rest = contents
        var high: UInt32?
        while let byte = rest.popFirst() {
            var scalar: Unicode.Scalar?
            if byte == UInt8(ascii: "\\"), let letter = rest.popFirst() {
                if letter == UInt8(ascii: "u") {
                    let unit = UInt32(String(decoding: rest.prefix(4), as: UTF8.self), radix: 16)!
                    rest = rest.dropFirst(4)
                    if unit >> 10 == 0xD800 >> 10 {
                        if high != nil { return nil }
                        high = unit
                        continue
                    }
                    if unit >> 10 == 0xDC00 >> 10 {
                        guard let upper = high else { return nil }
                        scalar = Unicode.Scalar(0x10000 + (upper - 0xD800) * 0x400 + unit - 0xDC00)
                        high = nil
                    } else {
                        scalar = Unicode.Scalar(unit)
                    }
                } else {
                    let letters: [Character: Unicode.Scalar] = [
                        "b": "\u{8}", "f": "\u{C}", "n": "\n", "r": "\r", "t": "\t",
                    ]
                    let character = Character(Unicode.Scalar(letter))
                    scalar = letters[character] ?? Unicode.Scalar(letter)
                }
            }
            if high != nil { return nil }
            if let scalar { text += Array(String(scalar).utf8) } else { text.append(byte) }
        }
        return high == nil ? text : nil
    }
}

extension MemberReference {
    /// A parser that goes down as the grammar does; nil means that the text is not JSON.
    private struct Reader {
        let text: [UInt8]
        var place = 0
        var depth = 0

        private static let maximumDepth = 1024

        var next: Character? { place < text.count ? Character(Unicode.Scalar(text[place])) : nil }

        mutating func skipWhiteSpace() {
            // A carriage return and a newline are two bytes here, never one character.
            while let character = next, [" ", "\t", "\n", "\r"].contains(character) { place += 1 }
        }

        mutating func accept(_ character: Character) -> Bool {
            guard next == character else { return false }
            place += 1
            return true
        }

        mutating func document() -> Node? {
            guard let node = value(), place == text.count else { return nil }
            return node
        }

        mutating func value() -> Node? {
            skipWhiteSpace()
            defer { skipWhiteSpace() }
            switch next {
            case "{": return object()
            case "[": return array()
            case "\"": return string().map { .string($0) }
            case "t": return word("true")
            case "f": return word("false")
            case "n": return word("null")
            default: return number()
            }
        }

        mutating func word(_ word: String) -> Node? {
            for character in word {
                guard accept(character) else { return nil }
            }
            return .other
        }

        mutating func descend() -> Bool {
            place += 1
            depth += 1
            return depth <= Self.maximumDepth
        }

        mutating func object() -> Node? {
            guard descend() else { return nil }
            defer { depth -= 1 }
            var members: [(name: [UInt8]?, value: Node)] = []
            skipWhiteSpace()
            if accept("}") { return .object([]) }
            repeat {
                skipWhiteSpace()
                guard next == "\"", let name = string() else { return nil }
                skipWhiteSpace()
                guard accept(":"), let value = value() else { return nil }
                members.append((MemberReference.text(of: text[name]), value))
            } while accept(",")
            return accept("}") ? .object(members) : nil
        }

        mutating func array() -> Node? {
            guard descend() else { return nil }
            defer { depth -= 1 }
            var elements: [Node] = []
            skipWhiteSpace()
            if accept("]") { return .array([]) }
            repeat {
                guard let value = value() else { return nil }
                elements.append(value)
            } while accept(",")
            return accept("]") ? .array(elements) : nil
        }

        mutating func string() -> Range<Int>? {
            place += 1
            let start = place
            while let character = next {
                let byte = text[place]
                place += 1
                if character == "\"" { return start..<place - 1 }
                if byte < 0x20 { return nil }
                guard character == "\\" else { continue }
                guard let letter = next else { return nil }
                place += 1
                if letter == "u" {
                    for _ in 0..<4 {
                        guard let digit = next, "0123456789abcdefABCDEF".contains(digit) else { return nil }
                        place += 1
                    }
                } else if !"\"\\/bfnrt".contains(letter) {
                    return nil
                }
            }
            return nil
        }

        mutating func number() -> Node? {
            _ = accept("-")
            if !accept("0") && !digits() { return nil }
            if accept(".") && !digits() { return nil }
            if accept("e") || accept("E") {
                if !accept("+") { _ = accept("-") }
                if !digits() { return nil }
            }
            return .other
        }

        mutating func digits() -> Bool {
            let start = place
            while let character = next, "0123456789".contains(character) { place += 1 }
            return place > start
        }
    }
}
