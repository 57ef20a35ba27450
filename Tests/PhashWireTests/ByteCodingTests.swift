import PhashTestKit
import PhashWire
import Testing

struct ByteCodingTests {
    static let formats: [RecordFormat] = [
        .init(maximumResultBytes: 0),
        .init(maximumResultBytes: 64) { $0.tag = ",\"algorithm\":\"sha512\",\"rounds\":1" },
        .init(maximumResultBytes: RecordFormat.maximumResultBytesLimit) {
            $0.shape = .bare
            $0.encoding = .text
            $0.includesInput = false
            $0.resultMember = "vowels_2"
        },
        .init(maximumResultBytes: 1) {
            $0.encoding = .base64
            $0.tag = ",\"é\":\"€\""
        },
    ]

    static func encoded(_ format: RecordFormat) -> [UInt8] {
        var writer = ByteWriter()
        format.encode(into: &writer)
        return writer.bytes
    }

    static func decoded(_ bytes: [UInt8]) -> RecordFormat? {
        var reader = ByteReader(bytes)
        return RecordFormat(decoding: &reader)
    }

    @Test func integersAreLittleEndian() {
        var writer = ByteWriter()
        writer.write(UInt8(0x01))
        writer.write(UInt16(0x0302))
        writer.write(Int32(-2))
        writer.write(UInt64(0x0B0A_0908_0706_0504))
        writer.write(true)
        writer.write([0xAA, 0xBB] as [UInt8])
        writer.write("é")
        let expected: [UInt8] = [
            0x01, 0x02, 0x03, 0xFE, 0xFF, 0xFF, 0xFF, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B, 0x01,
            0x02, 0x00, 0x00, 0x00, 0xAA, 0xBB, 0x02, 0x00, 0x00, 0x00, 0xC3, 0xA9,
        ]
        #expect(writer.bytes == expected)
        var reader = ByteReader(expected)
        #expect(reader.read(UInt8.self) == 1)
        #expect(reader.read(UInt16.self) == 0x0302)
        #expect(reader.read(Int32.self) == -2)
        #expect(reader.read(UInt64.self) == 0x0B0A_0908_0706_0504)
        #expect(reader.read(Bool.self) == true)
        #expect(reader.read([UInt8].self) == [0xAA, 0xBB])
        #expect(reader.read(String.self) == "é")
        #expect(reader.remainingBytes == 0)
        #expect(reader.read(UInt8.self) == nil)
    }

    @Test(arguments: [0, 1, -1, .min, .max, 0x0123_4567_89AB_CDEF] as [Int64])
    func integersComeBack(value: Int64) {
        var writer = ByteWriter()
        writer.write(value)
        writer.write(Int8(truncatingIfNeeded: value))
        writer.write(UInt16(truncatingIfNeeded: value))
        var reader = ByteReader(writer.bytes)
        #expect(reader.read(Int64.self) == value)
        #expect(reader.read(Int8.self) == Int8(truncatingIfNeeded: value))
        #expect(reader.read(UInt16.self) == UInt16(truncatingIfNeeded: value))
    }

    @Test func malformedValuesAreRefused() {
        var reader = ByteReader([2])
        #expect(reader.read(Bool.self) == nil)
        reader = ByteReader([0xFF, 0xFF, 0xFF, 0xFF, 0])
        #expect(reader.read([UInt8].self) == nil)
        reader = ByteReader([1, 0, 0, 0])
        #expect(reader.read([UInt8].self) == nil)
        reader = ByteReader([1, 0, 0, 0, 0xFF])
        #expect(reader.read(String.self) == nil)
        reader = ByteReader([])
        #expect(reader.read([UInt8].self) == nil)
    }

    @Test(arguments: formats)
    func formatsComeBack(format: RecordFormat) {
        var reader = ByteReader(Self.encoded(format) + [0x77])
        #expect(RecordFormat(decoding: &reader) == format)
        #expect(reader.remainingBytes == 1, "a format must take its own bytes and no more")
    }

    @Test(arguments: formats)
    func everyTruncationIsRefused(format: RecordFormat) {
        let bytes = Self.encoded(format)
        for length in 0..<bytes.count {
            #expect(Self.decoded(Array(bytes[..<length])) == nil, "\(length) of \(bytes.count) bytes")
        }
    }

    /// Every byte of a message changed to every value: refused or a format that a writer accepts, never a trap.
    @Test(arguments: formats)
    func everyChangedByteIsSurvived(format: RecordFormat) {
        let bytes = Self.encoded(format)
        for place in bytes.indices {
            for value in UInt8.min...UInt8.max {
                var changed = bytes
                changed[place] = value
                guard let decoded = Self.decoded(changed) else { continue }
                let record = WrittenRecord.failure(line: 1, input: nil, code: .timeout, message: "")
                #expect(!written([record], in: decoded, capacity: 2_000).isEmpty)
            }
        }
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func randomBytesAreSurvived(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            let bytes = (0..<Int.random(in: 0...60, using: &generator)).map { _ in
                // Small values, so that lengths are often plausible.
                UInt8.random(in: 0...(Bool.random(using: &generator) ? 4 : 255), using: &generator)
            }
            _ = Self.decoded(bytes)
        }
    }

    @Test(arguments: ["", "a b", "a\"", "é", "a,"])
    func memberNamesThatWouldNeedAnEscapeAreRefused(name: String) {
        #expect(Self.decoded(Self.encoded(.init(maximumResultBytes: 1) { $0.resultMember = name })) == nil)
    }

    @Test(arguments: ["x", "\"a\":1", ",\"a\":\n1"])
    func tagsThatWouldBreakTheRecordAreRefused(tag: String) {
        #expect(Self.decoded(Self.encoded(.init(maximumResultBytes: 1) { $0.tag = tag })) == nil)
    }

    @Test func bytesAreReadWhereTheyLie() {
        var writer = ByteWriter(capacity: 100)
        unsafe [1, 2, 3].withUnsafeBytes { unsafe writer.write($0) }
        writer.append([9])
        var reader = ByteReader(writer.bytes)
        var same = ByteReader(writer.bytes)
        let bytes = unsafe reader.readBytes { unsafe Array($0) }
        #expect(bytes == same.read([UInt8].self) && bytes?.count == 3 * MemoryLayout<Int>.size)
        #expect(reader.remainingBytes == 1 && reader.read(UInt8.self) == 9)
        for count in 0..<writer.bytes.count - 1 {
            var short = ByteReader(Array(writer.bytes[..<count]))
            let nothing = unsafe short.readBytes { $0.count }
            #expect(nothing == nil, "\(count) bytes")
        }
    }

    /// As long as the capacity lasts the bytes stay where they are, so that wiping them wipes all of them.
    @Test func aWriterWithRoomDoesNotMove() {
        var writer = ByteWriter(capacity: 1_000)
        writer.write(UInt8(1))
        let start = unsafe writer.bytes.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
        for _ in 0..<124 { writer.write(UInt64.max) }
        let end = unsafe writer.bytes.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
        #expect(start == end && writer.bytes.count == 993)
    }

    @Test func wipedBytesAreGone() {
        var bytes = [UInt8](repeating: 7, count: 100)
        bytes.wipe()
        #expect(bytes.isEmpty)
        bytes.wipe()
        #expect(bytes.isEmpty)
    }
}
