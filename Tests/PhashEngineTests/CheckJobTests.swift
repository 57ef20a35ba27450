import PhashCore
import PhashDigest
import PhashEngine
import PhashWire
import Testing

/// The job of `phash check`, in one process.
struct CheckJobTests {
    private static func digest(_ algorithm: String, rounds: Int) throws -> DigestJob {
        DigestJob(algorithm: try .named(algorithm), rounds: rounds)
    }

    /// The job as a child makes it.
    private static func job(_ algorithm: String = "sha512", rounds: Int = 1) throws -> CheckJob {
        try CheckJob(parameters: CheckJob(digest: try digest(algorithm, rounds: rounds)).parameters)
    }

    /// A record as phash writes it, without its newline.
    private static func record(
        _ line: UInt64, _ input: String, _ algorithm: String, rounds: Int, isTagged: Bool, base64: Bool = false
    ) throws -> [UInt8] {
        let digester = try Digester(algorithm: .named(algorithm), rounds: rounds)
        let size = digester.algorithm.digestBytes
        var digest = [UInt8](repeating: 0, count: size)
        var format = RecordFormat(maximumResultBytes: size)
        if isTagged { format.tag = ",\"algorithm\":\"\(algorithm)\",\"rounds\":\(rounds)" }
        if base64 { format.encoding = .base64 }
        var memory = [UInt8](repeating: 0, count: 6 * input.utf8.count + format.worstBytesPerRecord)
        return unsafe Array(input.utf8).withUnsafeBytes { input in
            unsafe digest.withUnsafeMutableBytes { digest in
                unsafe [input].withUnsafeBufferPointer { unsafe digester.hash($0, into: digest) }
            }
            return unsafe memory.withUnsafeMutableBytes { memory in
                var writer = unsafe RecordWriter(format: format, memory: memory)
                unsafe digest.withUnsafeBytes { digest in
                    unsafe writer.writeResult(line: line, input: input, result: digest)
                }
                return unsafe Array(memory[..<(writer.byteCount - 1)])
            }
        }
    }

    /// What the job and the writer say of some lines.
    private static func said(_ job: inout CheckJob, of lines: [[UInt8]]) -> (text: String, tally: PartTally) {
        var format = RecordFormat(maximumResultBytes: Verdict.resultBytes)
        format.shape = .verdict
        var memory = [UInt8](repeating: 0, count: lines.count * format.worstBytesPerRecord)
        var results = ResultBuffer(maximumResultBytes: Verdict.resultBytes)
        let joined = lines.flatMap { $0 }
        return unsafe joined.withUnsafeBytes { joined in
            var start = 0
            let messages = unsafe lines.map { line in
                defer { start += line.count }
                return unsafe UnsafeRawBufferPointer(rebasing: joined[start..<start + line.count])
            }
            return unsafe messages.withUnsafeBufferPointer { messages in
                unsafe job.run(RecordBatch(messages: messages), into: &results)
                return unsafe memory.withUnsafeMutableBytes { memory in
                    var writer = unsafe RecordWriter(format: format, memory: memory)
                    let tally = unsafe writer.writeResults(firstLine: 1, inputs: messages, results: results)
                    return unsafe (String(decoding: memory[..<writer.byteCount], as: UTF8.self), tally)
                }
            }
        }
    }

    @Test func recordsOfAllKindsAreCheckedSideBySide() throws {
        var job = try Self.job("sha256", rounds: 3)
        var lines: [[UInt8]] = []
        for number in 1...300 as ClosedRange<UInt64> {
            let input = "record \(number)\n\"é\""
            let line =
                switch number % 4 {
                case 0: try Self.record(number, input, "sha256", rounds: 3, isTagged: false)
                case 1: try Self.record(number, input, "sha512", rounds: 2, isTagged: true)
                case 2: try Self.record(number, input, "sha1", rounds: 1, isTagged: true, base64: true)
                default: try Self.record(number, input, "sha256", rounds: 3, isTagged: false, base64: true)
                }
            lines.append(line)
        }
        for _ in 0..<2 {
            let (text, tally) = Self.said(&job, of: lines)
            #expect(tally == PartTally())
            #expect(text == (1...300).map { "line \($0): OK\n" }.joined())
        }
    }

    /// More ways of hashing than are remembered, taking turns: each is learned again, and nothing is mixed up.
    @Test func moreKindsThanAreRemembered() throws {
        var job = try Self.job()
        var lines: [[UInt8]] = []
        for number in 1...100 as ClosedRange<UInt64> {
            let rounds = Int(number * 7 % 23) + 1
            lines.append(try Self.record(number, "x\(number)", "sha256", rounds: rounds, isTagged: true))
        }
        lines[41][lines[41].count - 5] ^= 1
        let (text, tally) = Self.said(&job, of: lines)
        #expect(tally == PartTally(errors: 1))
        #expect(text == (1...100).map { "line \($0): \($0 == 42 ? "FAILED" : "OK")\n" }.joined())
    }

    @Test func whatCannotBeCheckedIsSaid() throws {
        var job = try Self.job()
        let hash = String(repeating: "0", count: 128)
        let lines = [
            #"{"line":1,"hash":"\#(hash)"}"#, #"{"line":2,"input":"a","error":"timeout","message":""}"#,
            #"{"line":3,"input":"a","algorithm":"abacus","rounds":1,"hash":"\#(hash)"}"#,
            #"{"line":4,"input":"a","algorithm":"hmac-sha512","rounds":1,"hash":"\#(hash)"}"#,
            #"{"line":5,"input":"a","algorithm":"hmac-abacus","rounds":1,"hash":"\#(hash)"}"#,
            #"{"line":6,"input":"a","algorithm":"sha-512","rounds":1,"hash":"\#(hash)"}"#,
            #"{"line":7,"input":"a","algorithm":"sha-512","rounds":1,"error":"timeout","message":""}"#,
            #"{"line":8,"input":"a","algorithm":"sha256","rounds":1,"hash":"\#(hash)"}"#,
            #"{"line":9,"algorithm":"shake128","rounds":1,"hash":"\#(hash)"}"#,
            #"{"line":10,"input":"a","hash":"\#(hash)"}"#, "", hash, "{}",
            #"{"line":14,"input":"a","algorithm":"hmac-sha512","rounds":1,"key_id":"k","hash":"\#(hash)"}"#,
            #"{"line":15,"input":"a","algorithm":"sha512","rounds":1,"key_id":"k","hash":"\#(hash)"}"#,
        ]
        let (text, tally) = Self.said(&job, of: lines.map { Array($0.utf8) })
        #expect(
            text == """
                line 1: FAILED (no input)
                line 2: FAILED (no hash: timeout)
                line 3: FAILED (unknown algorithm)
                line 4: FAILED (no key)
                line 5: FAILED (unknown algorithm)
                line 9: FAILED (unknown algorithm)
                line 10: FAILED
                line 14: FAILED (no key)

                """)
        #expect(tally == PartTally(errors: 1, skipped: 7, unhashed: 7))
    }

    @Test func theChildHasWhatTheParentDescribes() throws {
        let parent = CheckJob(digest: try Self.digest("sha256", rounds: 9))
        let child = try #require(try ShippedJob.make(from: parent.parameters) as? CheckJob)
        #expect(child.parameters == parent.parameters && child.lanes == parent.lanes && child.isConfined)
        #expect(try ShippedJob.make(from: Self.digest("md5", rounds: 1).parameters) is DigestJob)
        for count in parent.parameters.indices {
            #expect(throws: (any Error).self) { try CheckJob(parameters: Array(parent.parameters[..<count])) }
        }
        let error = #expect(throws: (any Error).self) { try CheckJob(parameters: []) }
        #expect(error.map { "\($0)" } == "the parent's parameters for checking are malformed")
    }
}
