import COpenSSL

/// Hashes one record after another with libcrypto: any algorithm, on any machine.
///
/// The algorithm is fetched once and one context serves all rounds of all records: fetching for each digest more than
/// doubles its time.
@safe
final class OpenSSLBackend {
    /// Records that are hashed side by side.
    static let lanes = 1

    private let digest: FetchedDigest
    private let context: DigestContext
    private let rounds: Int
    private let digestBytes: Int
    private let hexadecimal = HexadecimalWriter()
    /// The hexadecimal text of a digest, which is the message of every round but the first.
    private let text: UnsafeMutableRawBufferPointer

    init(algorithm: DigestAlgorithm, rounds: Int) throws(DigestError) {
        let digest = try FetchedDigest(named: algorithm.name)
        guard try digest.algorithm(calledByUser: algorithm.name) == algorithm else {
            throw .unknownAlgorithm(name: algorithm.name, reason: "OpenSSL has another one of that name")
        }
        let context = try DigestContext()
        // Whatever can fail, fails here: `hash` has nobody to tell.
        ERR_clear_error()
        guard unsafe EVP_DigestInit_ex2(context.pointer, digest.pointer, nil) == 1 else {
            throw .openSSLFailed(call: "EVP_DigestInit_ex2", reason: drainErrorQueue())
        }
        self.digest = digest
        self.context = context
        self.rounds = rounds
        digestBytes = algorithm.digestBytes
        unsafe text = .allocate(byteCount: 2 * algorithm.digestBytes, alignment: MemoryLayout<UInt64>.alignment)
    }

    deinit {
        unsafe text.deallocate()
    }

    /// Writes the digests of `messages` one after another into `digests`, which is exactly as large as they are.
    func hash(_ messages: UnsafeBufferPointer<UnsafeRawBufferPointer>, into digests: UnsafeMutableRawBufferPointer) {
        precondition(digests.count == messages.count * digestBytes, "the room for the digests has another size")
        for index in messages.indices {
            let place = index * digestBytes
            let target = unsafe UnsafeMutableRawBufferPointer(rebasing: digests[place..<place + digestBytes])
            unsafe hashOnce(messages[index], into: target)
            for _ in 1..<rounds {
                unsafe hexadecimal.write(.init(target), into: text)
                unsafe hashOnce(.init(text), into: target)
            }
        }
    }

    /// One round: the digest of `message`, which may not lie in `target`.
    private func hashOnce(_ message: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) {
        let isDone =
            unsafe EVP_DigestInit_ex2(context.pointer, digest.pointer, nil) == 1
            && EVP_DigestUpdate(context.pointer, message.baseAddress, message.count) == 1
            && EVP_DigestFinal_ex(context.pointer, target.baseAddress?.assumingMemoryBound(to: UInt8.self), nil) == 1
        // A child that cannot hash is of no use; its parent starts another.
        guard isDone else { fatalError("OpenSSL failed while hashing: \(drainErrorQueue())") }
    }
}

/// The state of one digest being computed: an owned `EVP_MD_CTX`.
@safe
private struct DigestContext: ~Copyable {
    let pointer: OpaquePointer

    init() throws(DigestError) {
        ERR_clear_error()
        guard let created = unsafe EVP_MD_CTX_new() else {
            throw .openSSLFailed(call: "EVP_MD_CTX_new", reason: drainErrorQueue())
        }
        unsafe pointer = created
    }

    deinit {
        unsafe EVP_MD_CTX_free(pointer)
    }
}
