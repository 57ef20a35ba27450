import COpenSSL

/// Hashes one record after another with libcrypto: any algorithm, on any machine.
@safe
final class OpenSSLBackend {
    /// Records that are hashed side by side.
    static let lanes = 1

    /// Which calls of libcrypto compute a digest.
    private enum Calls {
        /// Those for any algorithm. It is fetched once and one context serves all rounds of all records: fetching for each
        /// digest more than doubles its time.
        case fetched(FetchedHasher)
        /// Those that SHA-2 has of its own.
        case direct(DirectSHA2)
    }

    private let calls: Calls
    private let rounds: Int
    private let digestBytes: Int
    private let hexadecimal = HexadecimalWriter()
    /// The hexadecimal text of a digest, which is the message of every round but the first.
    private let text: UnsafeMutableRawBufferPointer

    private init(calls: Calls, algorithm: DigestAlgorithm, rounds: Int) {
        self.calls = calls
        self.rounds = rounds
        digestBytes = algorithm.digestBytes
        unsafe text = .allocate(byteCount: 2 * algorithm.digestBytes, alignment: MemoryLayout<UInt64>.alignment)
    }

    /// Fetches the algorithm, which takes a millisecond and reads the system's configuration of OpenSSL.
    convenience init(algorithm: DigestAlgorithm, rounds: Int) throws(DigestError) {
        self.init(calls: .fetched(try FetchedHasher(algorithm)), algorithm: algorithm, rounds: rounds)
    }

    /// Without fetching anything, for the digests of SHA-2 that can be had that way; nil for all others.
    convenience init?(unfetched algorithm: DigestAlgorithm, rounds: Int) {
        guard let direct = DirectSHA2(algorithm) else { return nil }
        self.init(calls: .direct(direct), algorithm: algorithm, rounds: rounds)
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
            switch calls {
            case .fetched(let hasher): unsafe hasher.hash(message, into: target)
            case .direct(let direct): unsafe direct.hash(message, into: target)
            }
        // A child that cannot hash is of no use; its parent starts another.
        guard isDone else { fatalError("OpenSSL failed while hashing: \(drainErrorQueue())") }
    }
}

/// A fetched algorithm with the state of one digest being computed: an owned `EVP_MD` and an owned `EVP_MD_CTX`.
@safe
private final class FetchedHasher {
    private let digest: FetchedDigest
    private let context: OpaquePointer

    init(_ algorithm: DigestAlgorithm) throws(DigestError) {
        let digest = try FetchedDigest(named: algorithm.name)
        guard try digest.algorithm(calledByUser: algorithm.name) == algorithm else {
            throw .unknownAlgorithm(name: algorithm.name, reason: "OpenSSL has another one of that name")
        }
        ERR_clear_error()
        guard let context = unsafe EVP_MD_CTX_new() else {
            throw .openSSLFailed(call: "EVP_MD_CTX_new", reason: drainErrorQueue())
        }
        // Whatever can fail, fails here: `hash` has nobody to tell.
        guard unsafe EVP_DigestInit_ex2(context, digest.pointer, nil) == 1 else {
            unsafe EVP_MD_CTX_free(context)
            throw .openSSLFailed(call: "EVP_DigestInit_ex2", reason: drainErrorQueue())
        }
        self.digest = digest
        unsafe self.context = context
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    func hash(_ message: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) -> Bool {
        unsafe EVP_DigestInit_ex2(context, digest.pointer, nil) == 1
            && EVP_DigestUpdate(context, message.baseAddress, message.count) == 1
            && EVP_DigestFinal_ex(context, target.baseAddress?.assumingMemoryBound(to: UInt8.self), nil) == 1
    }
}

/// SHA-2 by the calls that are older than fetching. They are there at once and open no file, so a child that may open none
/// can begin with them at any time. FIPS 180-4
private enum DirectSHA2 {
    case sha224, sha256, sha384, sha512

    /// nil for whatever has no such calls; SHA-512/256 and SHA-512/224 have none that are public.
    init?(_ algorithm: DigestAlgorithm) {
        switch algorithm.name {
        case "sha224": self = .sha224
        case "sha256": self = .sha256
        case "sha384": self = .sha384
        case "sha512": self = .sha512
        default: return nil
        }
    }

    func hash(_ message: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) -> Bool {
        let bytes = message.baseAddress
        let digest = unsafe target.baseAddress?.assumingMemoryBound(to: UInt8.self)
        switch self {
        case .sha224, .sha256:
            var context = SHA256_CTX()
            let isBegun = unsafe (self == .sha224 ? SHA224_Init(&context) : SHA256_Init(&context)) == 1
            // The context knows which of the two it is.
            return unsafe isBegun && SHA256_Update(&context, bytes, message.count) == 1
                && SHA256_Final(digest, &context) == 1
        case .sha384, .sha512:
            var context = SHA512_CTX()
            let isBegun = unsafe (self == .sha384 ? SHA384_Init(&context) : SHA512_Init(&context)) == 1
            return unsafe isBegun && SHA512_Update(&context, bytes, message.count) == 1
                && SHA512_Final(digest, &context) == 1
        }
    }
}
