internal import CPhashBytes

/// One implementation, made safe: every call has its memory exactly as large as it may be used, between guards.
package struct ByteImplementation: Sendable, CustomStringConvertible {
    private let index: Int
    package let name: String

    package var description: String { name }

    /// All that this processor can run.
    package static let all: [ByteImplementation] = {
        var found: [ByteImplementation] = []
        while let implementation = unsafe phash_bytes_implementation(found.count) {
            found.append(.init(index: found.count, name: unsafe String(cString: implementation.pointee.name)))
        }
        return found
    }()

    private var functions: phash_bytes { unsafe phash_bytes_implementation(index)!.pointee }

    private static let guardByte: UInt8 = 0xEE
    private static let guardBytes = 64

    /// Whether all of `memory` is as it was, looked at in words: tests call this a million times.
    private func isGuard(_ memory: Slice<UnsafeMutableRawBufferPointer>) -> Bool {
        let bytes = unsafe UnsafeRawBufferPointer(rebasing: memory)
        let word = UInt64(Self.guardByte) &* 0x0101_0101_0101_0101
        var place = 0
        while place + 8 <= bytes.count {
            if unsafe bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self) != word { return false }
            place += 8
        }
        while place < bytes.count {
            if unsafe bytes[place] != Self.guardByte { return false }
            place += 1
        }
        return true
    }

    /// Calls `body` with a copy of `bytes` at some alignment and with `room` bytes to write to, at another; what lies
    /// around the room must stay as it was.
    private func call<Result>(
        _ bytes: [UInt8], room: Int, alignment: Int, _ body: (UnsafeRawPointer, UnsafeMutableRawPointer) -> Result
    ) -> (result: Result, written: [UInt8]) {
        let source = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count + alignment, alignment: 64)
        let target = UnsafeMutableRawBufferPointer.allocate(byteCount: room + 2 * Self.guardBytes + 64, alignment: 64)
        defer {
            unsafe source.deallocate()
            unsafe target.deallocate()
        }
        unsafe target.initializeMemory(as: UInt8.self, repeating: Self.guardByte)
        unsafe bytes.withUnsafeBytes {
            unsafe UnsafeMutableRawBufferPointer(rebasing: source[alignment...]).copyMemory(from: $0)
        }
        let start = Self.guardBytes + (alignment &* 7) % 64
        let result = unsafe body(source.baseAddress! + alignment, target.baseAddress! + start)
        unsafe precondition(isGuard(target[..<start]), "\(name) wrote before its memory")
        unsafe precondition(isGuard(target[(start + room)...]), "\(name) wrote behind its memory")
        return unsafe (result, Array(UnsafeRawBufferPointer(rebasing: target[start..<start + room])))
    }

    /// The places of `wanted`, ascending.
    package func find(_ wanted: UInt8, in bytes: [UInt8], alignment: Int) -> [Int] {
        let places = bytes.count + Int(PHASH_BYTES_SPARE_PLACES)
        let (count, written) = unsafe call(bytes, room: 4 * places, alignment: alignment & ~3) { source, target in
            unsafe functions.find(source, bytes.count, wanted, target.assumingMemoryBound(to: UInt32.self))
        }
        return (0..<count).map { place in
            (0..<4).reduce(0) { $0 | Int(written[4 * place + $1]) << (8 * $1) }
        }
    }

    /// The bytes that were copied and are plain.
    package func copyPlain(_ text: [UInt8], alignment: Int) -> [UInt8] {
        let (count, written) = unsafe call(text, room: text.count, alignment: alignment) { source, target in
            unsafe functions.copy_plain(target, source, text.count)
        }
        return Array(written[..<count])
    }

    package func hexadecimal(_ bytes: [UInt8], alignment: Int) -> [UInt8] {
        unsafe call(bytes, room: 2 * bytes.count, alignment: alignment) { source, target in
            unsafe functions.hexadecimal(target, source, bytes.count)
        }.written
    }
}

/// What every implementation has to give, written for clarity instead of speed.
package enum ByteReference {
    /// The places of `wanted`, ascending.
    package static func find(_ wanted: UInt8, in bytes: [UInt8]) -> [Int] {
        var places: [Int] = []
        for (place, byte) in bytes.enumerated() where byte == wanted { places.append(place) }
        return places
    }

    /// Whether `byte` stands for itself in a JSON string and is ASCII.
    package static func isPlain(_ byte: UInt8) -> Bool {
        (0x20...0x7F).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    /// The bytes up to the first that is not plain.
    package static func copyPlain(_ text: [UInt8]) -> [UInt8] {
        Array(text.prefix(while: isPlain))
    }

    package static func hexadecimal(_ bytes: [UInt8]) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return text
    }
}
