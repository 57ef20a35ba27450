import Foundation
import PhashTestKit
import PhashWire
import Testing

/// The member that holds the input, against a slow and plain writer and against Foundation's JSON parser.
struct InputEscapingTests {
    static let format = RecordFormat(maximumResultBytes: 1)

    /// Whether the record of `input` is what the reference says.
    static func isRight(_ input: [UInt8]) -> Bool {
        let record = written(.result(line: 7, input: input, result: [0xA5]), in: format)
        return record == Array("{\"line\":7,\(referenceInput(input)),\"hash\":\"a5\"}\n".utf8)
    }

    /// The input that a JSON parser finds in its record; nil when the record is not JSON.
    static func readBack(_ input: [UInt8]) -> [UInt8]? {
        let record = written(.result(line: 7, input: input, result: [0xA5]), in: format)
        guard
            let object = try? JSONSerialization.jsonObject(with: Data(record)) as? [String: Any],
            object.count == 3, object["line"] as? Int == 7, object["hash"] as? String == "a5"
        else { return nil }
        if let text = object["input"] as? String { return Array(text.utf8) }
        return (object["input_base64"] as? String).flatMap { Data(base64Encoded: $0) }.map { Array($0) }
    }

    @Test func everyByte() {
        for byte in UInt8.min...UInt8.max {
            #expect(Self.isRight([byte]), "byte \(byte)")
            #expect(Self.readBack([byte]) == [byte], "byte \(byte)")
        }
    }

    /// Each byte at each place of a word of eight, so that both ways of looking for special bytes meet it.
    @Test func everyByteAtEveryPlace() {
        for byte in UInt8.min...UInt8.max {
            for place in 0..<17 {
                var input = [UInt8](repeating: 0x61, count: 17)
                input[place] = byte
                #expect(Self.isRight(input), "byte \(byte) at \(place)")
            }
        }
    }

    @Test func everyPairOfBytes() {
        var wrong: [[UInt8]] = []
        for pair in UInt16.min...UInt16.max {
            let input = [UInt8(pair >> 8), UInt8(pair & 0xFF)]
            if !Self.isRight(input) { wrong.append(input) }
        }
        #expect(wrong.isEmpty)
    }

    /// Neighbours in one word: a borrow of the word-wise search must not reach the byte below.
    @Test func everyPairOfBytesInsideAWord() {
        var wrong: [[UInt8]] = []
        let interesting: [UInt8] = [0x00, 0x1F, 0x20, 0x21, 0x22, 0x23, 0x5B, 0x5C, 0x5D, 0x7F, 0x80, 0x81, 0xC3, 0xFF]
        for first in interesting {
            for second in UInt8.min...UInt8.max {
                for place in 0..<7 {
                    var input = Array("abcdefgh".utf8)
                    input[place] = first
                    input[place + 1] = second
                    if !Self.isRight(input) { wrong.append(input) }
                }
            }
        }
        #expect(wrong.isEmpty)
    }

    /// RFC 3629 section 4: every first byte of a sequence with each byte at a border of what may follow.
    @Test func everyBorderOfUTF8() {
        let borders: [UInt8] = [0x22, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF]
        var wrong: [[UInt8]] = []
        for first in 0xC0...0xFF as ClosedRange<UInt8> {
            for second in borders {
                for third in borders {
                    if !Self.isRight([first, second, third]) { wrong.append([first, second, third]) }
                    for fourth in borders where first >= 0xED {
                        let input = [first, second, third, fourth]
                        if !Self.isRight(input) { wrong.append(input) }
                    }
                }
            }
        }
        #expect(wrong.isEmpty)
    }

    @Test(
        arguments: [
            [0x7F], [0xC2, 0x80], [0xDF, 0xBF], [0xE0, 0xA0, 0x80], [0xED, 0x9F, 0xBF], [0xEE, 0x80, 0x80],
            [0xEF, 0xBF, 0xBF], [0xE2, 0x80, 0xA8], [0xF0, 0x90, 0x80, 0x80], [0xF4, 0x8F, 0xBF, 0xBF],
        ] as [[UInt8]])
    func firstAndLastOfEachLengthGoOutAsTheyAre(input: [UInt8]) {
        let record = written(.result(line: 1, input: input, result: []), in: Self.format)
        #expect(record == Array("{\"line\":1,\"input\":\"".utf8) + input + Array("\",\"hash\":\"\"}\n".utf8))
    }

    @Test(
        arguments: [
            ("continuation alone", [0x80]), ("overlong NUL", [0xC0, 0x80]), ("overlong slash", [0xE0, 0x80, 0xAF]),
            ("overlong of four", [0xF0, 0x8F, 0xBF, 0xBF]), ("first surrogate", [0xED, 0xA0, 0x80]),
            ("last surrogate", [0xED, 0xBF, 0xBF]), ("above U+10FFFF", [0xF4, 0x90, 0x80, 0x80]),
            ("five bytes", [0xF8, 0x88, 0x80, 0x80, 0x80]), ("cut off", [0xF0, 0x9F, 0x98]), ("no byte at all", [0xFE]),
        ] as [(String, [UInt8])])
    func illFormedInputIsBase64(name: String, bytes: [UInt8]) {
        for prefix in 0...9 {
            let input = [UInt8](repeating: 0x22, count: prefix) + bytes
            let record = writtenText(.result(line: 1, input: input, result: []), in: Self.format)
            let base64 = Data(input).base64EncodedString()
            #expect(record == "{\"line\":1,\"input_base64\":\"\(base64)\",\"hash\":\"\"}\n")
        }
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func randomInputIsReadBack(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let alphabets: [[UInt8]] = [
            Array(0...255), Array(0x20...0x7E), Array("ab\"\\\n\u{1}é€𐍈".utf8), [0x22, 0x5C, 0x00, 0x61],
        ]
        for _ in 0..<50 {
            let alphabet = alphabets.randomElement(using: &generator) ?? []
            let length = Int.random(in: 0...200, using: &generator)
            let input = (0..<length).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
            #expect(Self.isRight(input), "seed \(seed): \(input)")
            #expect(Self.readBack(input) == input, "seed \(seed): \(input)")
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func randomTextIsReadBack(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            var text = ""
            for _ in 0..<Int.random(in: 0...60, using: &generator) {
                let limit: UInt32 = [0x80, 0x800, 0x1_0000, 0x11_0000].randomElement(using: &generator) ?? 0x80
                let scalar = Unicode.Scalar(UInt32.random(in: 0..<limit, using: &generator))
                text.unicodeScalars.append(scalar ?? "\u{10FFFF}")
            }
            let input = Array(text.utf8)
            #expect(Self.isRight(input), "seed \(seed): \(input)")
            #expect(Self.readBack(input) == input, "seed \(seed): \(input)")
        }
    }

    /// The replacement of ill-formed text results against the standard library's, which follows the same practice.
    @Test(arguments: 0..<40 as Range<UInt64>)
    func illFormedTextResultsAreRepaired(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let format = RecordFormat(maximumResultBytes: 40) {
            $0.encoding = .text
            $0.shape = .bare
        }
        let alphabet: [UInt8] = [0x22, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0xA0, 0xBF, 0xC2, 0xE0, 0xE2, 0xED, 0xF0, 0xF4]
        for _ in 0..<200 {
            let result = (0..<40).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
            let expected = referenceString(String(decoding: result, as: UTF8.self)) + "\n"
            #expect(writtenText(.result(line: 1, input: [], result: result), in: format) == expected)
        }
    }
}
