package import PhashDigest
package import PhashWire

/// Hashing: the job that phash is for.
package struct DigestJob: Job {
    private let algorithm: DigestAlgorithm
    private let rounds: Int
    /// Made by the first `run`, so that the parent, which never hashes, does not pay for it.
    private var digester: DigesterBox?

    /// - Parameter rounds: 1 or more.
    package init(algorithm: DigestAlgorithm, rounds: Int) {
        precondition(rounds >= 1)
        self.algorithm = algorithm
        self.rounds = rounds
    }

    /// In the child: what the parent's job gave as its parameters.
    package init(parameters: [UInt8]) throws {
        var reader = ByteReader(parameters)
        guard let name = reader.read(String.self), let rounds = reader.read(Int64.self), rounds >= 1 else {
            throw MalformedParameters()
        }
        self.init(algorithm: try DigestAlgorithm.named(name), rounds: Int(rounds))
        // Now, so that a digest that cannot be had is noticed before the child says that it is ready.
        digester = try DigesterBox(algorithm: algorithm, rounds: self.rounds)
    }

    package var parameters: [UInt8] {
        var writer = ByteWriter()
        writer.write(algorithm.name)
        writer.write(Int64(rounds))
        return writer.bytes
    }

    package mutating func run(_ records: RecordBatch, into results: inout ResultBuffer) {
        guard let digester else { preconditionFailure("the parent does not hash") }
        unsafe results.append(count: records.count, size: algorithm.digestBytes) { memory in
            unsafe digester.hash(records.messages, into: memory)
        }
    }

    private struct MalformedParameters: Error, CustomStringConvertible {
        var description: String { "the parent's parameters for hashing are malformed" }
    }

    /// A place for the digester, which cannot be copied, in a job, which can.
    private final class DigesterBox {
        private var digester: Digester

        init(algorithm: DigestAlgorithm, rounds: Int) throws(DigestError) {
            digester = try Digester(algorithm: algorithm, rounds: rounds)
        }

        func hash(_ messages: UnsafeBufferPointer<UnsafeRawBufferPointer>, into digests: UnsafeMutableRawBufferPointer)
        {
            unsafe digester.hash(messages, into: digests)
        }
    }
}
