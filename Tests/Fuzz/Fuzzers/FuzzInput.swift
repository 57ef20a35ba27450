/// The bytes of an input, read from the front; behind the last come zeros, so that every input means something.
struct FuzzInput {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position >= bytes.count }

    mutating func byte() -> UInt8 {
        guard position < bytes.count else { return 0 }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func bit() -> Bool { byte() & 1 == 1 }

    /// A whole number of the input's, the lowest byte first.
    mutating func integer<Value: FixedWidthInteger & UnsignedInteger>(_ type: Value.Type = Value.self) -> Value {
        var value: Value = 0
        for place in 0..<Value.bitWidth / 8 { value |= Value(byte()) << (8 * place) }
        return value
    }

    /// A number in `range`, of which there are at most 65,536.
    mutating func number(in range: ClosedRange<Int>) -> Int {
        let count = range.upperBound - range.lowerBound + 1
        return range.lowerBound + (count <= 256 ? Int(byte()) : Int(integer(UInt16.self))) % count
    }

    mutating func choice<Element>(of elements: [Element]) -> Element {
        elements[number(in: 0...elements.count - 1)]
    }

    /// The next `count` bytes, or as many as there are left.
    mutating func bytes(_ count: Int) -> [UInt8] {
        let end = min(position + count, bytes.count)
        defer { position = end }
        return Array(bytes[position..<end])
    }

    mutating func rest() -> [UInt8] { bytes(bytes.count) }
}
