import PhashTestKit
import PhashWire
import Testing

/// No record takes more than the room that is reserved for it.
struct ReservationTests {
    static let formats: [RecordFormat] = {
        var formats: [RecordFormat] = []
        for shape in [RecordFormat.Shape.json, .bare] {
            for encoding in [RecordFormat.Encoding.hexadecimal, .base64, .text] {
                for includesInput in [true, false] {
                    for (tag, member) in [("", "hash"), (",\"algorithm\":\"sha512\",\"rounds\":1000000", "a")] {
                        for maximumResultBytes in [0, 1, 2, 64, 1_000] {
                            formats.append(
                                .init(maximumResultBytes: maximumResultBytes) {
                                    $0.shape = shape
                                    $0.encoding = encoding
                                    $0.includesInput = includesInput
                                    $0.tag = tag
                                    $0.resultMember = member
                                })
                        }
                    }
                }
            }
        }
        return formats
    }()

    /// Inputs, results and messages that grow the most.
    static let worstBytes: [[UInt8]] = [[0x00], [0x22], [0xFF], [0x61], [0x61, 0xFF], Array("é".utf8), [0x01, 0x80]]

    static func repeated(_ unit: [UInt8], to length: Int) -> [UInt8] {
        (0..<length).map { unit[$0 % unit.count] }
    }

    @Test(arguments: formats.indices)
    func noRecordExceedsItsReservation(index: Int) {
        let format = Self.formats[index]
        let messages = ["", String(repeating: "\u{1}", count: 400), String(repeating: "€", count: 400)]
        for unit in Self.worstBytes {
            for length in [0, 1, 2, 3, 4, 5, 8, 9, 100] {
                let input = Self.repeated(unit, to: length)
                for resultUnit in Self.worstBytes {
                    let result = Self.repeated(resultUnit, to: format.maximumResultBytes)
                    let record = WrittenRecord.result(line: .max, input: input, result: result)
                    #expect(written(record, in: format).count <= format.worstBytes(of: record))
                }
                for message in messages {
                    for code in RecordErrorCode.allCases {
                        let record = WrittenRecord.failure(line: .max, input: input, code: code, message: message)
                        #expect(written(record, in: format).count <= format.worstBytes(of: record))
                        let bare = WrittenRecord.failure(line: .max, input: nil, code: code, message: message)
                        #expect(written(bare, in: format).count <= format.worstBytes(of: bare))
                    }
                }
            }
        }
    }

    @Test(arguments: formats.indices)
    func randomRecordsFit(index: Int) {
        var generator = SeededGenerator(seed: UInt64(index))
        let format = Self.formats[index]
        for _ in 0..<100 {
            let input = (0..<Int.random(in: 0...50, using: &generator)).map { _ in
                UInt8.random(in: 0...UInt8.max, using: &generator)
            }
            let result = (0..<Int.random(in: 0...format.maximumResultBytes, using: &generator)).map { _ in
                UInt8.random(in: 0...UInt8.max, using: &generator)
            }
            let line = UInt64.random(in: 0...UInt64.max, using: &generator)
            let record = WrittenRecord.result(line: line, input: input, result: result)
            #expect(written(record, in: format).count <= format.worstBytes(of: record))
        }
    }

    /// The bound is no larger than it must be: some record reaches it.
    @Test func theBoundIsReached() {
        let format = RecordFormat(maximumResultBytes: 1_000)
        let input = [UInt8](repeating: 0, count: 100)
        let record = WrittenRecord.result(line: .max, input: input, result: [UInt8](repeating: 0, count: 1_000))
        // Only the names of the two input members differ: `input_base64` is never the one that is written here.
        #expect(written(record, in: format).count == format.worstBytes(of: record) - "_base64".utf8.count)
    }

    @Test func inputThatIsNotWrittenIsNotCharged() {
        #expect(RecordFormat(maximumResultBytes: 64).worstBytesPerInputByte == 6)
        #expect(RecordFormat(maximumResultBytes: 64) { $0.includesInput = false }.worstBytesPerInputByte == 0)
        #expect(RecordFormat(maximumResultBytes: 64) { $0.shape = .bare }.worstBytesPerInputByte == 0)
        #expect(RecordFormat(maximumResultBytes: 64) { $0.shape = .bare }.worstBytesPerRecord == 129)
    }

    @Test func theLargestResultDoesNotOverflow() {
        for encoding in [RecordFormat.Encoding.hexadecimal, .base64, .text] {
            var format = RecordFormat(maximumResultBytes: RecordFormat.maximumResultBytesLimit)
            format.encoding = encoding
            #expect(format.worstBytesPerRecord > RecordFormat.maximumResultBytesLimit)
        }
    }
}
