import PhashWire
import Testing

/// What a job sees of its records and what it says of its results.
struct RecordBatchTests {
    @Test func aBatchHoldsItsRecordsInOrder() {
        let bytes = Array("oneone\u{0}three".utf8)
        let lengths = [3, 0, 4, 5]
        let (count, byIteration, byIndex) = unsafe bytes.withUnsafeBytes { bytes in
            var start = 0
            var messages = unsafe [UnsafeRawBufferPointer]()
            for length in lengths {
                unsafe messages.append(.init(rebasing: bytes[start..<start + length]))
                start += length
            }
            return unsafe messages.withUnsafeBufferPointer { messages in
                let batch = unsafe RecordBatch(messages: messages)
                return (batch.count, batch.map { Array($0) }, batch.map { record in record.indices.map { record[$0] } })
            }
        }
        let expected = ["one", "", "one\u{0}", "three"].map { Array($0.utf8) }
        #expect(count == 4)
        #expect(byIteration == expected)
        #expect(byIndex == expected)
    }

    @Test func placesOutsideTrap() async {
        await #expect(processExitsWith: .failure) {
            let batch = unsafe RecordBatch(messages: .init(start: nil, count: 0))
            _ = batch[0]
        }
        await #expect(processExitsWith: .failure) {
            let record = unsafe Record(message: .init(start: nil, count: 0))
            _ = record[0]
        }
    }

    @Test func resultsAreKeptOneAfterAnother() {
        var results = ResultBuffer(maximumResultBytes: 3)
        results.append("abc".utf8)
        results.append([])
        unsafe results.append(count: 2, size: 2) { room in
            for index in 0..<room.count { unsafe room[index] = UInt8(0x30 + index) }
        }
        #expect(results.bytes == Array("abc0123".utf8))
        #expect(results.ends == [3, 3, 5, 7])
        #expect(results.count == 4)
        results.removeAll()
        #expect(results.bytes.isEmpty)
        #expect(results.count == 0)
    }

    @Test func aResultTooLongTraps() async {
        await #expect(processExitsWith: .failure) {
            var results = ResultBuffer(maximumResultBytes: 1)
            results.append("ab".utf8)
        }
    }
}
