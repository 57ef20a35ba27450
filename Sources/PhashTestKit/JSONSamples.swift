/// Makes JSON objects, right ones and nearly right ones, in which a few names come up again and again.
package struct JSONSamples<Generator: RandomNumberGenerator> {
    private var generator: Generator

    /// Names that pointers of tests lead through; some have to be escaped, in a pointer or in JSON.
    package static var names: [String] {
        ["a", "b", "", "0", "1", "a/b", "m~n", "é", "😀", "q\"", "a\\", "\u{1}", "long name 1234567"]
    }

    package init(_ generator: Generator) { self.generator = generator }

    /// The text of an object; for about one in eight a byte is changed, left out or added.
    package mutating func record() -> [UInt8] {
        var bytes = Array(object(depth: 0).utf8)
        guard chance(8), !bytes.isEmpty else { return bytes }
        let place = number(bytes.count)
        let byte =
            chance(2)
            ? Array("{}[]:,\"\\01.eE+-tfn\u{0} \n".utf8).randomElement(using: &generator)!
            : UInt8.random(in: 0...255, using: &generator)
        switch number(3) {
        case 0: bytes[place] = byte
        case 1: bytes.remove(at: place)
        default: bytes.insert(byte, at: place)
        }
        return bytes
    }

    /// The tokens of a pointer that has a chance to lead somewhere.
    package mutating func tokens() -> [String] {
        (0...number(3)).map { _ in chance(10) ? ["-", "00", "2", "x"][number(4)] : name() }
    }

    private mutating func number(_ count: Int) -> Int { Int.random(in: 0..<count, using: &generator) }

    private mutating func chance(_ count: Int) -> Bool { number(count) == 0 }

    private mutating func name() -> String {
        // The first ones are the usual ones.
        Self.names[min(number(Self.names.count), number(Self.names.count), number(Self.names.count))]
    }

    private mutating func space() -> String { chance(4) ? [" ", "\t", "\r", "  ", "\n"][number(5)] : "" }

    private mutating func value(depth: Int) -> String {
        let text =
            switch number(depth < 4 ? 9 : 6) {
            case 0...3: string([name(), "", "x", "plain text of some length", "alice@example.com", "日本語"][number(6)])
            case 4: ["0", "-0", "1.0000000000000000001e400", "12345678901234567890", "-1.5E-7", "3e+2"][number(6)]
            case 5: ["true", "false", "null", "\"\\ud800\"", "\"\\udc00x\""][number(5)]
            case 6: array(depth: depth + 1)
            default: object(depth: depth + 1)
            }
        return space() + text + space()
    }

    private mutating func object(depth: Int) -> String {
        var members: [String] = []
        for _ in 0..<number(6) { members.append(space() + string(name()) + space() + ":" + value(depth: depth)) }
        return space() + "{" + (members.isEmpty ? space() : members.joined(separator: ",")) + "}" + space()
    }

    private mutating func array(depth: Int) -> String {
        var elements: [String] = []
        for _ in 0..<number(4) { elements.append(value(depth: depth)) }
        return "[" + (elements.isEmpty ? space() : elements.joined(separator: ",")) + "]"
    }

    /// `text` as a JSON string, with escapes where they have to be and now and then where they need not.
    private mutating func string(_ text: String) -> String {
        var result = "\""
        let escapesAll = chance(6)
        for scalar in text.unicodeScalars {
            if escapesAll || scalar.value < 0x20 || scalar == "\"" || scalar == "\\" {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16, uppercase: chance(2))
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
