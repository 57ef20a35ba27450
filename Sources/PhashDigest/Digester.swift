/// From records to digests: chooses what computes them and hands the records to it.
///
/// Round 1 hashes the record; every further round hashes the lower-case hexadecimal text of the digest before it, without
/// a newline. With a key, every round is an HMAC with it: RFC 2104, FIPS 198-1.
package struct Digester {
    package let algorithm: DigestAlgorithm
    /// How often each record is hashed; 1...`Int.max`.
    package let rounds: Int
    /// What hashes.
    package let kernel: Kernel
    /// A kernel that would have been used, had it not failed its check.
    package let distrustedKernel: Kernel?
    /// Records that are hashed side by side in the time of about one; at least 1.
    package let lanes: Int
    private let backend: Backend

    private enum Backend {
        case lanes(LaneBackend)
        case openSSL(OpenSSLBackend)
    }

    /// Chooses and checks what hashes; takes some 50 µs, 150 µs with a key, or 1 ms where it is OpenSSL.
    ///
    /// - Parameters:
    ///   - key: Of any length, even none; not needed any more when this returns. Nil for plain digests.
    ///   - kernel: What to use if it has the algorithm, or nil for what is fastest.
    ///   - trusts: Whether a kernel that passes its own check is to be trusted; for tests.
    /// - Throws: `roundsOutOfRange`, `unknownAlgorithm`, `notOfFixedLength`, `notWithKey`, `openSSLFailed`.
    package init(
        algorithm: DigestAlgorithm, rounds: Int, key: SecretKey? = nil, kernel wanted: Kernel? = nil,
        trusts: (Kernel) -> Bool = { _ in true }
    ) throws(DigestError) {
        guard rounds >= 1 else { throw .roundsOutOfRange(rounds) }
        self.algorithm = algorithm
        self.rounds = rounds
        let found = LaneKernel(for: algorithm, wanted: wanted)
        if let found, found.passesCheck(withKey: key != nil) && trusts(found.kernel) {
            kernel = found.kernel
            distrustedKernel = nil
            lanes = found.lanes
            backend = .lanes(LaneBackend(kernel: found, algorithm: algorithm, rounds: rounds, key: key))
        } else {
            kernel = .openssl
            distrustedKernel = found?.kernel
            lanes = OpenSSLBackend.lanes
            backend = .openSSL(try OpenSSLBackend(algorithm: algorithm, rounds: rounds, key: key))
        }
    }

    /// Writes the raw digests of `messages`, in their order and one after another, into `digests`.
    ///
    /// `digests` is exactly `messages.count * algorithm.digestBytes` long and lies apart from the messages. Nothing is
    /// allocated for a record.
    package func hash(
        _ messages: UnsafeBufferPointer<UnsafeRawBufferPointer>, into digests: UnsafeMutableRawBufferPointer
    ) {
        switch backend {
        case .lanes(let lanes): unsafe lanes.hash(messages, into: digests)
        case .openSSL(let openSSL): unsafe openSSL.hash(messages, into: digests)
        }
    }
}
