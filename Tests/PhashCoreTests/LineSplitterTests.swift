import PhashTestKit
import Testing

@testable import PhashCore

/// Contract section 2, against a splitter that is written for clarity.
struct LineSplitterTests {
    /// Splits a stream chunk by chunk, taking records at the moments that `takes` says, as a shell does that keeps no
    /// byte longer than it must.
    static func split(
        _ stream: [UInt8], _ rules: SplittingRules, chunk: () -> Int, takes: () -> Bool
    ) -> [[UInt8]?] {
        var splitter = rules.splitter
        var queue = RecordQueue()
        var records: [[UInt8]?] = []
        var position = 0
        var discardedBefore: UInt64 = 0
        func take(_ queue: inout RecordQueue) {
            guard queue.waitingCount > 0 else { return }
            let count = queue.waitingCount
            queue.cut(count: count)
            for extent in queue.takeAll(count) {
                #expect(extent.offset >= discardedBefore && extent.end <= UInt64(position))
                records.append(extent.isTooLong ? nil : Array(stream[Int(extent.offset)..<Int(extent.end)]))
            }
        }
        while position < stream.count {
            let end = min(position + chunk(), stream.count)
            splitter.split(Array(stream[position..<end]), into: &queue)
            position = end
            // A record that cannot end well is not kept; with `--crlf` one byte more may be.
            #expect(splitter.partialBytes <= rules.maximumLineBytes + (rules.stripsCarriageReturn ? 1 : 0))
            #expect(splitter.keepFrom <= UInt64(position))
            let keepFrom = queue.firstOffset ?? splitter.keepFrom
            #expect(keepFrom >= discardedBefore, "what was let go of is not asked for again")
            discardedBefore = keepFrom
            if takes() { take(&queue) }
        }
        splitter.finish(into: &queue)
        take(&queue)
        #expect(splitter.partialBytes == 0 && queue.firstOffset == nil)
        return records
    }

    /// Bytes that are easily mistaken for one another, delimiters among them.
    static func stream(count: Int, using generator: inout SeededGenerator) -> [UInt8] {
        let alphabet: [UInt8] = [0x0A, 0x0A, 0x00, 0x00, 0x0D, 0x0D, 0x0B, 0x09, 0x01, 0x80, 0x8A, 0x61, 0x62, 0xFF]
        // Sometimes dense in delimiters, sometimes with long lines.
        let letters = Int.random(in: 1...60, using: &generator)
        return (0..<count).map { _ in
            Int.random(in: 0..<letters, using: &generator) < 14
                ? alphabet.randomElement(using: &generator)! : UInt8.random(in: 0x61...0x7A, using: &generator)
        }
    }

    @Test(arguments: SplittingRules.all)
    func anyChunkingGivesTheSameRecords(rules: SplittingRules) {
        for seed in UInt64(0)..<40 {
            var generator = SeededGenerator(seed: seed)
            let length = Int.random(in: 0...300, using: &generator)
            let stream = Self.stream(count: length, using: &generator)
            let expected = rules.reference(stream)
            let largest = [1, 3, 9, 64, 400].randomElement(using: &generator)!
            let records = Self.split(
                stream, rules,
                chunk: { Int.random(in: 1...largest, using: &generator) }, takes: { seed % 3 != 0 })
            #expect(records == expected, "seed \(seed)")
            #expect(Self.split(stream, rules, chunk: { 1 }, takes: { true }) == expected, "seed \(seed), single bytes")
            #expect(Self.split(stream, rules, chunk: { 400 }, takes: { true }) == expected, "seed \(seed), at once")
        }
    }

    /// Every place of one delimiter within the words that are looked at together.
    @Test func aDelimiterIsFoundAtEveryPlace() {
        for count in 1...24 {
            for place in 0..<count {
                var stream = [UInt8](repeating: 0x8A, count: count)
                stream[place] = 0x0A
                let records = Self.split(stream, SplittingRules(), chunk: { count }, takes: { true })
                #expect(records == SplittingRules().reference(stream), "\(place) of \(count)")
            }
        }
    }

    @Test func aLimitCountsTheBytesOfTheRecordAlone() {
        for crlf in [false, true] {
            for ending in [[], [0x0A], [0x0D, 0x0A], [0x0D]] as [[UInt8]] {
                for length in 3...6 {
                    let rules = SplittingRules(stripsCarriageReturn: crlf, maximumLineBytes: 4)
                    let stream = [UInt8](repeating: 0x61, count: length) + ending + [0x62]
                    for size in 1...stream.count {
                        #expect(
                            Self.split(stream, rules, chunk: { size }, takes: { true })
                                == rules.reference(stream),
                            "crlf \(crlf), ending \(ending), length \(length), chunks of \(size)")
                    }
                }
            }
        }
    }

    @Test func aLineWithoutEndIsReportedOnceAndNotKept() {
        var splitter = SplittingRules(maximumLineBytes: 10).splitter
        var queue = RecordQueue()
        let chunk = [UInt8](repeating: 0x61, count: 8)
        splitter.split(chunk, into: &queue)
        #expect(queue.waitingCount == 0 && splitter.keepFrom == 0 && splitter.partialBytes == 8)
        for round in 2...100 {
            splitter.split(chunk, into: &queue)
            #expect(queue.waitingCount == 1)
            #expect(splitter.keepFrom == UInt64(8 * round) && splitter.partialBytes == 0)
        }
        splitter.finish(into: &queue)
        #expect(queue.waitingCount == 1)
    }

    @Test func anEmptyInputHasNoRecord() {
        var splitter = SplittingRules().splitter
        var queue = RecordQueue()
        splitter.split([], into: &queue)
        splitter.finish(into: &queue)
        #expect(queue.waitingCount == 0 && splitter.keepFrom == 0)
    }

    @Test func discardingForgetsTheIncompleteRecordOnly() {
        var splitter = SplittingRules().splitter
        var queue = RecordQueue()
        splitter.split(Array("ab\ncd".utf8), into: &queue)
        #expect(splitter.keepFrom == 3 && splitter.partialBytes == 2)
        splitter.discardPartialRecord()
        #expect(splitter.keepFrom == 5 && splitter.partialBytes == 0)
        splitter.finish(into: &queue)
        #expect(queue.waitingCount == 1)
    }

    /// The carriage return of an earlier record, or of none, is not taken for that of an empty one.
    @Test func aCarriageReturnBelongsToItsOwnRecord() {
        let rules = SplittingRules(stripsCarriageReturn: true)
        for stream in ["\r\n\n", "\n\r\n", "\r\r\n", "a\r\n\r\n", "\r", "\n\r"] {
            for size in 1...4 {
                let bytes = Array(stream.utf8)
                #expect(
                    Self.split(bytes, rules, chunk: { size }, takes: { true }) == rules.reference(bytes),
                    "\(bytes) in chunks of \(size)")
            }
        }
    }

    @Test func aLimitThatCannotBeMeantTraps() async {
        await #expect(processExitsWith: .failure) {
            _ = LineSplitter(delimiter: 0x0A, stripsCarriageReturn: false, maximumLineBytes: Int(UInt32.max))
        }
        await #expect(processExitsWith: .failure) {
            _ = LineSplitter(delimiter: 0x0A, stripsCarriageReturn: false, maximumLineBytes: -1)
        }
    }
}

extension LineSplitter {
    /// Bytes kept of the record that is not complete yet.
    fileprivate var partialBytes: Int { Int(position - keepFrom) }
}
