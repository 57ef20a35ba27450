/// From records to digests: chooses what computes them and hands the records to it.
///
/// Round 1 hashes the record; every further round hashes the lower-case hexadecimal text of the digest before it, without
/// a newline.
package struct Digester: ~Copyable {
    package let algorithm: DigestAlgorithm
    /// How often each record is hashed; 1...`Int.max`.
    package let rounds: Int
    private let backend: OpenSSLBackend

    /// - Throws: `roundsOutOfRange`, `unknownAlgorithm`, `notOfFixedLength`, `openSSLFailed`.
    package init(algorithm: DigestAlgorithm, rounds: Int) throws(DigestError) {
        guard rounds >= 1 else { throw .roundsOutOfRange(rounds) }
        let backend = try OpenSSLBackend(algorithm: algorithm, rounds: rounds)
        self.algorithm = algorithm
        self.rounds = rounds
        self.backend = backend
    }

    /// Records that are hashed side by side in the time of about one; at least 1.
    package var lanes: Int { OpenSSLBackend.lanes }

    /// Writes the raw digests of `messages`, in their order and one after another, into `digests`.
    ///
    /// `digests` is exactly `messages.count * algorithm.digestBytes` long and lies apart from the messages. Nothing is
    /// allocated.
    package mutating func hash(
        _ messages: UnsafeBufferPointer<UnsafeRawBufferPointer>, into digests: UnsafeMutableRawBufferPointer
    ) {
        unsafe backend.hash(messages, into: digests)
    }
}
