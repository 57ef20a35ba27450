import PhashTestKit

@testable import PhashCore

/// Any bytes in any chunks are the records that a splitter written for clarity finds, however they are cut into batches
/// and taken meanwhile.
enum SplitterFuzzer {
    @Sendable
    static func run(_ bytes: [UInt8]) {
        let plan = SplittingPlan(bytes)
        let expected = plan.rules.reference(plan.stream)
        var shell = ReadingShell(plan)
        let records = shell.run()
        expect(records == expected, "\(plan.rules): \(records.count) records instead of \(expected.count), or others")
    }
}

/// What an input of the fuzzer says: a stream, how it arrives and what is done with its records.
struct SplittingPlan {
    var rules: SplittingRules
    var stream: [UInt8]
    /// Bytes of one chunk after another, over and over.
    var chunks: [Int]
    /// What is done after one chunk after another, over and over.
    var steps: [UInt8]

    init(_ bytes: [UInt8]) {
        var input = FuzzInput(bytes)
        let kind = input.byte()
        rules = SplittingRules(
            delimiter: kind & 1 == 0 ? 0x0A : 0x00, stripsCarriageReturn: kind & 2 != 0,
            maximumLineBytes: kind & 4 == 0 ? input.number(in: 0...20) : input.number(in: 0...20_000))
        chunks = (0...input.number(in: 0...7)).map { _ in
            let size = Int(input.byte())
            return size < 128 ? size + 1 : (size - 127) * 64
        }
        steps = input.bytes(input.number(in: 1...8))
        // A few bytes many times over reach beyond the splitter's blocks.
        let repeats = 1 + Int(input.byte()) / 4
        let unit = input.rest()
        stream = Array((0..<repeats).map { _ in unit }.joined().prefix(20_000))
    }
}

/// A shell that keeps no byte longer than it must and holds the queue of records against an array.
private struct ReadingShell {
    private let plan: SplittingPlan
    private var splitter: LineSplitter
    private var queue = RecordQueue()
    /// Bytes read so far, and those of them that were let go of.
    private var position = 0
    private var discardedBefore: UInt64 = 0
    /// Records ever taken and cut.
    private var takenCount = 0
    private var cutCount = 0
    private var records: [[UInt8]?] = []

    init(_ plan: SplittingPlan) {
        self.plan = plan
        splitter = plan.rules.splitter
    }

    mutating func run() -> [[UInt8]?] {
        var turn = 0
        while position < plan.stream.count {
            read(plan.chunks[turn % plan.chunks.count])
            if !plan.steps.isEmpty { step(plan.steps[turn % plan.steps.count]) }
            turn += 1
        }
        splitter.finish(into: &queue)
        expect(splitter.incompleteBytes == 0, "the end leaves something incomplete")
        while queue.waitingCount > 0 { cut(limit: 1 << 20) }
        take(cutCount - takenCount)
        expect(queue.firstOffset == nil, "an empty queue needs bytes")
        return records
    }

    private mutating func read(_ count: Int) {
        let end = min(position + count, plan.stream.count)
        let chunk = Array(plan.stream[position..<end])
        splitter.split(unsafe chunk.span.bytes, into: &queue)
        position = end
        expect(splitter.position == UInt64(position), "the splitter is elsewhere")
        let kept = Int(splitter.position - splitter.keepFrom)
        let allowed = plan.rules.maximumLineBytes + (plan.rules.stripsCarriageReturn ? 1 : 0)
        expect(kept <= allowed, "\(kept) bytes are kept of a record that is too long")
        let keepFrom = queue.firstOffset ?? splitter.keepFrom
        expect(keepFrom >= discardedBefore && keepFrom <= splitter.position, "what is gone is asked for")
        discardedBefore = keepFrom
    }

    private mutating func step(_ step: UInt8) {
        let count = Int(step >> 2) + 1
        if step & 1 != 0 && queue.waitingCount > 0 { cut(limit: count) }
        if step & 2 != 0 && cutCount > takenCount { take(min(count, cutCount - takenCount)) }
    }

    /// Cuts the next batch, of at most `limit` records.
    private mutating func cut(limit: Int) {
        let waiting = queue.waitingCount
        let run = queue.uniformRun(limit: limit)
        expect(run >= 1 && run <= min(limit, waiting), "a run of \(run) records of \(waiting)")
        let fitting = queue.largestCount(limit: run) { _, span in span <= limit &* 8 }
        let count = max(fitting, 1)
        let span = queue.span(count: count)
        expect(fitting == 0 || span <= limit &* 8, "a batch larger than was asked for")
        expect(
            fitting == 0 || fitting == run || queue.span(count: fitting + 1) > limit &* 8,
            "a batch smaller than it could have been")
        queue.cut(count: count)
        cutCount += count
        expect(queue.waitingCount == waiting - count, "records are lost by cutting")
    }

    private mutating func take(_ count: Int) {
        guard count > 0 else { return }
        let taken = queue.take(count: count) { first, second in
            first.indices.map { first[$0] } + second.indices.map { second[$0] }
        }
        expect(taken.count == count, "\(taken.count) records instead of \(count)")
        for extent in taken {
            expect(extent.offset >= discardedBefore && extent.end <= UInt64(position), "a record outside of the memory")
            records.append(extent.isTooLong ? nil : Array(plan.stream[Int(extent.offset)..<Int(extent.end)]))
        }
        takenCount += count
    }
}
