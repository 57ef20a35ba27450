internal import CPhashBytes

/// Writes what `ByteReader` reads: little-endian integers and byte strings with their length before them.
package struct ByteWriter {
    /// What has been written so far.
    package private(set) var bytes: [UInt8] = []

    /// - Parameter capacity: As long as no more bytes are written, none is copied from one memory to the next, where it
    ///   would stay: for what has to be wiped.
    package init(capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    /// Appends `value` in as many bytes as its type has, the lowest first.
    package mutating func write(_ value: some FixedWidthInteger) {
        var rest = value
        for _ in 0..<value.byteWidth {
            bytes.append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }

    /// Appends one byte, 1 or 0.
    package mutating func write(_ value: Bool) {
        bytes.append(value ? 1 : 0)
    }

    /// Appends bytes as they are.
    package mutating func append(_ value: ArraySlice<UInt8>) { bytes += value }

    /// Appends bytes that lie elsewhere as they are.
    package mutating func append(_ value: UnsafeRawBufferPointer) { unsafe bytes.append(contentsOf: value) }

    /// Appends the number of bytes as 32 bits, then the bytes; traps when there are more than that can say.
    package mutating func write(_ value: [UInt8]) {
        precondition(value.count <= UInt32.max, "a byte string too long to be sent")
        write(UInt32(value.count))
        bytes += value
    }

    /// The same with bytes that lie elsewhere.
    package mutating func write(_ value: UnsafeRawBufferPointer) {
        precondition(value.count <= UInt32.max, "a byte string too long to be sent")
        write(UInt32(value.count))
        unsafe bytes.append(contentsOf: value)
    }

    /// Appends the UTF-8 of `value` as a byte string.
    package mutating func write(_ value: String) {
        write(Array(value.utf8))
    }
}

/// Reads what `ByteWriter` wrote, from the start; bytes that nobody wrote so give nil, never a trap.
///
/// After a nil the place of the reader is not defined: give the whole message up.
package struct ByteReader {
    private let bytes: [UInt8]
    private var position = 0

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Bytes not yet read.
    package var remainingBytes: Int { bytes.count - position }

    /// The next integer; nil when there are too few bytes left.
    package mutating func read<Value: FixedWidthInteger>(_ type: Value.Type = Value.self) -> Value? {
        let width = type.zero.byteWidth
        guard width <= remainingBytes else { return nil }
        var value: Value = 0
        for index in 0..<width {
            value |= Value(truncatingIfNeeded: bytes[position + index]) << (8 * index)
        }
        position += width
        return value
    }

    /// The next byte as a truth value; nil when it is neither 0 nor 1.
    package mutating func read(_ type: Bool.Type = Bool.self) -> Bool? {
        switch read(UInt8.self) {
        case 0: false
        case 1: true
        default: nil
        }
    }

    /// The next byte string; nil when its length exceeds what is left.
    package mutating func read(_ type: [UInt8].Type = [UInt8].self) -> [UInt8]? {
        guard let length = read(UInt32.self), length <= remainingBytes else { return nil }
        defer { position += Int(length) }
        return Array(bytes[position..<position + Int(length)])
    }

    /// What `body` makes of the next byte string where it lies; nil when its length exceeds what is left.
    package mutating func readBytes<Value>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value? {
        guard let length = read(UInt32.self), length <= remainingBytes else { return nil }
        let range = position..<position + Int(length)
        position = range.upperBound
        return unsafe bytes.withUnsafeBytes { unsafe body(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    /// The next byte string as text; nil when it is not UTF-8.
    package mutating func read(_ type: String.Type = String.self) -> String? {
        guard let text = read([UInt8].self) else { return nil }
        return String(validating: text, as: UTF8.self)
    }
}

extension [UInt8] {
    /// Overwrites the bytes, which nothing else may share, and removes them.
    package mutating func wipe() {
        unsafe withUnsafeMutableBytes { memory in
            if let start = memory.baseAddress { unsafe phash_bytes_wipe(start, memory.count) }
        }
        self = []
    }
}

extension FixedWidthInteger {
    /// Bytes that values of this type take.
    fileprivate var byteWidth: Int { Self.bitWidth / 8 }
}
