import PhashDigest
import PhashEngine
import PhashWire
import Testing

/// The job's way from the parent, which describes it, to the child, which makes it.
struct DigestJobTests {
    private static func parameters(algorithm: String = "sha256", rounds: Int64 = 7, key: [UInt8]? = nil) -> [UInt8] {
        var writer = ByteWriter()
        writer.write(algorithm)
        writer.write(rounds)
        writer.write("portable")
        writer.write(true)
        writer.write(key != nil)
        writer.write(key ?? [])
        return writer.bytes
    }

    /// What a child's job makes of one record.
    private static func result(of job: DigestJob) -> [UInt8] {
        var job = job
        var results = ResultBuffer(maximumResultBytes: 32)
        unsafe Array("record".utf8).withUnsafeBytes { record in
            unsafe [record].withUnsafeBufferPointer { records in
                unsafe job.run(RecordBatch(messages: records), into: &results)
            }
        }
        return results.bytes
    }

    @Test func theKeyGetsToTheChild() throws {
        let bytes = [UInt8](repeating: 0x6B, count: 40)
        let key = unsafe bytes.withUnsafeBytes { unsafe SecretKey(copying: $0) }
        let parent = DigestJob(
            algorithm: try .named("sha256"), rounds: 7, key: key, kernel: .portable, isVerbose: true)
        #expect(parent.parameters == Self.parameters(key: bytes))
        let keyed = Self.result(of: try DigestJob(parameters: parent.parameters))
        #expect(keyed == Self.result(of: try DigestJob(parameters: Self.parameters(key: bytes))))
        let others = try [nil, [], Array(bytes.dropLast())].map { key in
            Self.result(of: try DigestJob(parameters: Self.parameters(key: key)))
        }
        #expect(Set(others + [keyed]).count == 4)
        // It has done its duty in a child.
        #expect(try DigestJob(parameters: parent.parameters).parameters == Self.parameters())
    }

    @Test func aChildMakesTheJobThatTheParentDescribes() throws {
        let parameters = Self.parameters()
        let job = try DigestJob(parameters: parameters)
        #expect(job.parameters == parameters && job.lanes >= 1)
    }

    @Test func parametersThatAreCutShortAreRefused() {
        let parameters = Self.parameters(key: [1, 2, 3])
        for count in parameters.indices {
            let error = #expect(throws: (any Error).self) { try DigestJob(parameters: Array(parameters[..<count])) }
            #expect(error.map { "\($0)" } == "the parent's parameters for hashing are malformed")
        }
    }

    @Test(arguments: [0, -1, Int64.min])
    func lessThanOneRoundIsRefused(rounds: Int64) {
        #expect(throws: (any Error).self) { try DigestJob(parameters: Self.parameters(rounds: rounds)) }
    }

    @Test func anAlgorithmThatTheChildHasNotIsRefused() {
        let error = #expect(throws: (any Error).self) {
            try DigestJob(parameters: Self.parameters(algorithm: "abacus"))
        }
        #expect(error.map { "\($0)".contains("abacus") } == true)
    }
}
