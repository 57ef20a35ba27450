import Foundation
import PhashTestKit
import Testing

@testable import PhashWire

/// What a reader made of a line, in memory of its own.
struct ReadResult: Equatable {
    var line: UInt64
    var input: [UInt8]?
    var tag: String?
    var algorithm: String?
    var rounds: Int?
    var keyIdentifier: String?
    var hash: [UInt8]?
    var error: RecordErrorCode?

    /// nil when the line is no record.
    init?(_ line: [UInt8]) {
        var reader = RecordReader()
        reader.restart(lineBytes: line.count)
        let result: ReadResult? = unsafe line.withUnsafeBytes { bytes in
            guard let record = unsafe reader.read(bytes) else { return nil }
            return ReadResult(record)
        }
        guard let result else { return nil }
        self = result
    }

    init(_ record: ReadRecord) {
        line = record.line
        input = unsafe record.input.map { unsafe Array($0) }
        tag = record.tag.map { unsafe String(decoding: $0.text, as: UTF8.self) }
        algorithm = record.tag.map { unsafe String(decoding: $0.algorithm, as: UTF8.self) }
        rounds = record.tag?.rounds
        keyIdentifier = unsafe record.tag?.keyIdentifier.map { unsafe String(decoding: $0, as: UTF8.self) }
        switch record.outcome {
        case .hash(let text): hash = unsafe Array(text)
        case .error(let code): error = code
        }
    }

    init?(_ text: String) { self.init(Array(text.utf8)) }
}

/// The reader takes what the writer writes, and nothing else.
struct RecordReaderTests {
    private static func format(
        tag: String = "", encoding: RecordFormat.Encoding = .hexadecimal, includesInput: Bool = true
    ) -> RecordFormat {
        RecordFormat(maximumResultBytes: 64) {
            $0.tag = tag
            $0.encoding = encoding
            $0.includesInput = includesInput
        }
    }

    private static func line(_ record: WrittenRecord, in format: RecordFormat) -> [UInt8] {
        written(record, in: format).dropLast()
    }

    private static let tag = #","algorithm":"sha512-256","rounds":9223372036854775807"#
    private static let keyedTag = #","algorithm":"hmac-sha512","rounds":1,"key_id":"2026-11_A.b:c""#
    private static let formats = [
        format(tag: keyedTag),
        format(), format(tag: tag), format(encoding: .base64), format(tag: tag, encoding: .base64),
        format(includesInput: false), format(tag: tag, includesInput: false),
    ]

    private static func expectRoundTrip(_ record: WrittenRecord, in format: RecordFormat) throws {
        let text = line(record, in: format)
        let read = try #require(ReadResult(text), "\(String(decoding: text, as: UTF8.self))")
        #expect(read.tag == (format.tag.isEmpty ? nil : format.tag))
        switch record {
        case .result(let number, let input, let result):
            #expect(read.line == number && read.input == (format.includesInput ? input : nil) && read.error == nil)
            let hash =
                format.encoding == .base64 ? Data(result).base64EncodedString() : referenceHexadecimal(result)
            #expect(read.hash.map { String(decoding: $0, as: UTF8.self) } == hash)
        case .failure(let number, let input, let code, _):
            #expect(read.line == number && read.error == code && read.hash == nil)
            #expect(read.input == (format.includesInput ? input : nil))
        }
    }

    @Test(arguments: formats)
    func everyByteComesBack(_ format: RecordFormat) throws {
        let digest = [UInt8](0..<64)
        for byte in UInt8.min...UInt8.max {
            for input in [[byte], [0x61, byte], [byte, 0x61, 0x62], [0xC3, byte], [byte, byte, byte, byte]] {
                try Self.expectRoundTrip(.result(line: UInt64(byte) + 1, input: input, result: digest), in: format)
            }
        }
        try Self.expectRoundTrip(.result(line: .max, input: [], result: digest), in: format)
    }

    @Test(arguments: formats)
    func randomRecordsComeBack(_ format: RecordFormat) throws {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<2_000 {
            let input = RandomText.bytes(&generator)
            let digest = (0..<64).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let number =
                UInt64.random(in: 1...UInt64.max, using: &generator) >> UInt64.random(in: 0..<63, using: &generator)
            try Self.expectRoundTrip(.result(line: max(number, 1), input: input, result: digest), in: format)
        }
    }

    @Test(arguments: formats)
    func errorRecordsComeBack(_ format: RecordFormat) throws {
        for code in RecordErrorCode.allCases {
            for message in [
                "", "no result within 5 s, tried 1 time", "\n\"\\é\u{1}", String(repeating: "x", count: 500),
            ] {
                try Self.expectRoundTrip(
                    .failure(line: 3, input: nil, code: code, message: message), in: format)
                guard code.canCarryInput else { continue }
                try Self.expectRoundTrip(
                    .failure(line: 3, input: [0xFF, 0x61], code: code, message: message), in: format)
            }
        }
    }

    /// Many records with one reader, which keeps what it read until it begins anew.
    @Test func recordsOfABatchStandSideBySide() throws {
        let format = Self.format()
        let inputs = [Array("plain".utf8), Array("with \"quotes\" and é\n".utf8), [0xFF, 0xFE], []]
        let lines = inputs.map { Self.line(.result(line: 1, input: $0, result: [1]), in: format) }
        var reader = RecordReader()
        for _ in 0..<3 {
            reader.restart(lineBytes: lines.reduce(0) { $0 + $1.count })
            let joined = lines.flatMap { $0 }
            unsafe joined.withUnsafeBytes { bytes in
                var start = 0
                let records = lines.map { line in
                    defer { start += line.count }
                    return unsafe reader.read(.init(rebasing: bytes[start..<start + line.count]))
                }
                #expect(records.map { $0.map { ReadResult($0).input } } == inputs)
            }
        }
    }

    /// A very long line does not leave its memory behind, and short ones after it are read as well.
    @Test func aLongLineIsReadBetweenShortOnes() throws {
        var reader = RecordReader()
        for count in [10, 3 << 20, 10, 2 << 20, 1 << 20, 0] {
            let input = [UInt8](repeating: 0x22, count: count)
            let line = Self.line(.result(line: 1, input: input, result: [1]), in: Self.format())
            reader.restart(lineBytes: line.count)
            unsafe line.withUnsafeBytes { bytes in
                let record = unsafe reader.read(bytes)
                #expect(record.map { ReadResult($0).input } == input)
            }
        }
    }

    @Test(arguments: [
        "", "{", "{}", "null", #"{"line":1}"#, #"{"line":1,"input":"a"}"#, #"{"line":1,"input":"a","hash":"#,
        #"{"line":1,"input":"a","hash":""#, #"{"line":1,"input":"a","hash":""}x"#,
        #" {"line":1,"input":"a","hash":""}"#,
        #"{"line":1,"input":"a","hash":""} "#, #"{"line": 1,"input":"a","hash":""}"#,
        #"{"line":0,"input":"a","hash":""}"#, #"{"line":01,"input":"a","hash":""}"#,
        #"{"line":,"input":"a","hash":""}"#,
        #"{"line":-1,"input":"a","hash":""}"#, #"{"line":1.0,"input":"a","hash":""}"#,
        #"{"line":18446744073709551616,"input":"a","hash":""}"#,
        #"{"line":99999999999999999999,"input":"a","hash":""}"#,
        #"{"input":"a","line":1,"hash":""}"#, #"{"hash":"","line":1}"#,
        #"{"line":1,"input":"\u0061","hash":""}"#, #"{"line":1,"input":"\/","hash":""}"#,
        #"{"line":1,"input":"\u000a","hash":""}"#, #"{"line":1,"input":"\u001B","hash":""}"#,
        #"{"line":1,"input":"\u0020","hash":""}"#, #"{"line":1,"input":"\u","hash":""}"#, #"{"line":1,"input":"\u00"#,
        #"{"line":1,"input":"\"#, #"{"line":1,"input":"a"#, "{\"line\":1,\"input\":\"\t\",\"hash\":\"\"}",
        #"{"line":1,"input_base64":"","hash":""}"#, #"{"line":1,"input_base64":"YQ==","hash":""}"#,
        #"{"line":1,"input_base64":"/w=","hash":""}"#, #"{"line":1,"input_base64":"/w","hash":""}"#,
        #"{"line":1,"input_base64":"/x==","hash":""}"#, #"{"line":1,"input_base64":"/w=A","hash":""}"#,
        #"{"line":1,"input_base64":"/w==/w==","hash":""}"#, #"{"line":1,"input_base64":"/===","hash":""}"#,
        #"{"line":1,"input_base64":"//9=","hash":""}"#, #"{"line":1,"input_base64":"/w==""#,
        #"{"line":1,"input_base64":"/w= ","hash":""}"#,
        #"{"line":1,"input":"a","input_base64":"/w==","hash":""}"#,
        #"{"line":1,"input":"a","algorithm":"","rounds":1,"hash":""}"#,
        #"{"line":1,"input":"a","algorithm":"SHA1","rounds":1,"hash":""}"#,
        #"{"line":1,"input":"a","algorithm":"sha1","hash":""}"#, #"{"line":1,"input":"a","rounds":1,"hash":""}"#,
        #"{"line":1,"input":"a","algorithm":"sha1","rounds":0,"hash":""}"#,
        #"{"line":1,"input":"a","algorithm":"sha1","rounds":9223372036854775808,"hash":""}"#,
        #"{"line":1,"input":"a","algorithm":"sha1","rounds":1,"error":"other","message":""}"#,
        #"{"line":1,"algorithm":"hmac-sha1","rounds":1,"key_id":"","hash":""}"#,
        #"{"line":1,"algorithm":"hmac-sha1","rounds":1,"key_id":"a b","hash":""}"#,
        #"{"line":1,"algorithm":"hmac-sha1","rounds":1,"key_id":"a","key_id":"a","hash":""}"#,
        #"{"line":1,"algorithm":"hmac-sha1","key_id":"a","rounds":1,"hash":""}"#,
        #"{"line":1,"key_id":"a","hash":""}"#,
        #"{"line":1,"input":"a","error":"line_too_long","message":""}"#, #"{"line":1,"error":"timeout"}"#,
        #"{"line":1,"error":"timeout","message":""}}"#, #"{"line":1,"error":"timeout","message":"a"#,
        #"{"line":1,"input":"a","error":"timeout","hash":""}"#,
    ])
    func whatPhashDoesNotWriteIsNotRead(_ line: String) {
        #expect(ReadResult(line) == nil)
    }

    @Test func aMessageIsNoLongerThanMessagesAre() {
        let longest = String(repeating: "m", count: RecordErrorCode.maximumMessageBytes)
        #expect(ReadResult("{\"line\":1,\"error\":\"timeout\",\"message\":\"\(longest)\"}")?.error == .timeout)
        #expect(ReadResult("{\"line\":1,\"error\":\"timeout\",\"message\":\"\(longest)m\"}") == nil)
        let name = String(repeating: "a", count: 101)
        #expect(ReadResult("{\"line\":1,\"algorithm\":\"\(name)\",\"rounds\":1,\"hash\":\"\"}") == nil)
        #expect(ReadResult("{\"line\":1,\"algorithm\":\"\(name.dropLast())\",\"rounds\":1,\"hash\":\"\"}") != nil)
    }

    @Test func aTagIsTakenApart() {
        let read = ReadResult(#"{"line":1\#(Self.keyedTag),"hash":"00"}"#)
        #expect(read?.algorithm == "hmac-sha512" && read?.rounds == 1 && read?.keyIdentifier == "2026-11_A.b:c")
        let identifier = String(repeating: "k", count: 64)
        func line(_ identifier: String) -> String {
            #"{"line":1,"algorithm":"hmac-sha1","rounds":1,"key_id":"\#(identifier)","hash":""}"#
        }
        #expect(ReadResult(line(identifier))?.keyIdentifier == identifier && ReadResult(line(identifier + "k")) == nil)
        #expect(ReadResult(#"{"line":1\#(Self.tag),"hash":"00"}"#)?.keyIdentifier == nil)
    }

    /// The hash is the rest of the line, so that whatever was done to it makes it a wrong hash and nothing else.
    @Test func theHashIsWhateverStandsAtItsPlace() {
        #expect(ReadResult(#"{"line":1,"hash":"a"b"}"#)?.hash == Array(#"a"b"#.utf8))
        #expect(ReadResult(#"{"line":1,"hash":"","x":""}"#)?.hash == Array(#"","x":""#.utf8))
        #expect(ReadResult([UInt8](#"{"line":1,"hash":"X"}"#.utf8).map { $0 == 0x58 ? 0xFF : $0 })?.hash == [0xFF])
    }

    /// Whatever becomes of one byte of a record: it is no record any more, or says something else, or is the same bytes.
    @Test(arguments: [
        #"{"line":12,"input":"a\\b\u0001é","algorithm":"sha1","rounds":10,"hash":"0a9f"}"#,
        #"{"line":3,"input_base64":"//5iYWQ=","hash":"m3HSAP8="}"#,
        #"{"line":3,"error":"worker_crashed","message":"its worker"}"#,
    ])
    func everyOtherByteIsFound(_ text: String) throws {
        let line = Array(text.utf8)
        let right = try #require(ReadResult(line))
        for place in line.indices {
            for byte in UInt8.min...UInt8.max where byte != line[place] {
                var changed = line
                changed[place] = byte
                guard let read = ReadResult(changed) else { continue }
                // The words of an error message are the only thing that nobody asks for.
                #expect(
                    read != right || text.contains("message"), "\(place): \(String(decoding: changed, as: UTF8.self))")
            }
        }
    }
}

/// Inputs of every kind: text with escapes and all lengths of UTF-8, bytes that are none, empty ones.
enum RandomText {
    private static let pieces: [[UInt8]] = [
        Array("plain text".utf8), Array("é".utf8), Array("日本語".utf8), Array("😀".utf8), [0x00], [0x1F], [0x7F], [0x22],
        [0x5C], [0x0A, 0x0D, 0x09, 0x08, 0x0C],
    ]

    static func bytes(_ generator: inout SeededGenerator) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 0...8, using: &generator) { bytes += pieces.randomElement(using: &generator)! }
        guard Int.random(in: 0..<3, using: &generator) == 0 else { return bytes }
        return bytes
            + (0..<Int.random(in: 0...9, using: &generator)).map { _ in .random(in: 0...255, using: &generator) }
    }
}
