import PhashDigest
import PhashWire
import Testing

@testable import PhashEngine

/// The job's way from the parent, which describes it, to the child, which makes it.
struct MemberJobTests {
    private static func parentJob() throws -> MemberJob {
        let digest = DigestJob(algorithm: try DigestAlgorithm.named("sha256"), rounds: 1)
        return MemberJob(try JSONPointer("/user/e~0mail"), missing: .isSkipped, digest: digest)
    }

    @Test func aChildMakesTheJobThatTheParentDescribes() throws {
        let parent = try Self.parentJob()
        let child = try ShippedJob.make(from: parent.parameters)
        #expect(child is MemberJob && child.parameters == parent.parameters)
        #expect(child.lanes == parent.lanes && child.isConfined)
        let digest = try ShippedJob.make(
            from: DigestJob(algorithm: try DigestAlgorithm.named("sha256"), rounds: 1).parameters)
        #expect(digest is DigestJob)
    }

    @Test func parametersThatAreCutShortAreRefused() throws {
        let parameters = try Self.parentJob().parameters
        for count in parameters.indices {
            #expect(throws: (any Error).self) { try ShippedJob.make(from: Array(parameters[..<count])) }
        }
        let error = #expect(throws: (any Error).self) { try MemberJob(parameters: []) }
        #expect(error.map { "\($0)" } == "the parent's parameters for a member inside JSON are malformed")
    }

    @Test func aPointerThatIsNoneIsRefused() throws {
        var writer = ByteWriter()
        writer.write("json-field")
        writer.write("no pointer")
        writer.write(0 as UInt8)
        writer.write(DigestJob(algorithm: try DigestAlgorithm.named("sha256"), rounds: 1).parameters)
        #expect(throws: (any Error).self) { try MemberJob(parameters: writer.bytes) }
    }

    /// FIPS 180-4: the SHA-256 of "abc".
    @Test func theStringsOfABatchAreHashed() throws {
        var child = try ShippedJob.make(from: try Self.parentJob().parameters)
        let records = [#"{"user":{"e~mail":"abc"}}"#, "{}", #"{"user":{"e~mail":"\u0061bc"}}"#].map { Array($0.utf8) }
        var format = RecordFormat(maximumResultBytes: MemberResult.maximumBytes(digestBytes: 32))
        format.shape = .member
        format.includesInput = false
        var results = ResultBuffer(maximumResultBytes: format.maximumResultBytes)
        var output = [UInt8](repeating: 0, count: 4096)
        let count = unsafe withBuffers(of: records) { inputs in
            unsafe child.run(RecordBatch(messages: inputs), into: &results)
            return unsafe output.withUnsafeMutableBytes { memory in
                var writer = unsafe RecordWriter(format: format, memory: memory)
                _ = unsafe writer.writeResults(firstLine: 1, inputs: inputs, results: results)
                return writer.byteCount
            }
        }
        let line = #"{"user":{"e~mail":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}}"# + "\n"
        #expect(String(decoding: output[..<count], as: UTF8.self) == line + line)
    }
}

private func withBuffers<Result>(
    of records: [[UInt8]], _ body: (UnsafeBufferPointer<UnsafeRawBufferPointer>) -> Result
) -> Result {
    let joined = records.flatMap { $0 }
    return unsafe joined.withUnsafeBytes { joined in
        var start = 0
        let inputs = unsafe records.map { record in
            defer { start += record.count }
            return unsafe UnsafeRawBufferPointer(rebasing: joined[start..<start + record.count])
        }
        return unsafe inputs.withUnsafeBufferPointer { unsafe body($0) }
    }
}
