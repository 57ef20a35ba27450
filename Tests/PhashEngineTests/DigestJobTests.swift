import PhashEngine
import PhashWire
import Testing

/// The job's way from the parent, which describes it, to the child, which makes it.
struct DigestJobTests {
    private static func parameters(algorithm: String = "sha256", rounds: Int64 = 7) -> [UInt8] {
        var writer = ByteWriter()
        writer.write(algorithm)
        writer.write(rounds)
        writer.write("portable")
        writer.write(true)
        return writer.bytes
    }

    @Test func aChildMakesTheJobThatTheParentDescribes() throws {
        let parameters = Self.parameters()
        let job = try DigestJob(parameters: parameters)
        #expect(job.parameters == parameters && job.lanes >= 1)
    }

    @Test func parametersThatAreCutShortAreRefused() {
        let parameters = Self.parameters()
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
