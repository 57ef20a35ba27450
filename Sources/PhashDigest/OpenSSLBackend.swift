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
        /// The same for an HMAC.
        case fetchedMAC(FetchedMAC)
        /// Those that SHA-2 has of its own.
        case direct(DirectSHA2)
        /// An HMAC made of those.
        case directMAC(DirectMAC)
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
    convenience init(algorithm: DigestAlgorithm, rounds: Int, key: SecretKey?) throws(DigestError) {
        let calls: Calls =
            if let key { .fetchedMAC(try FetchedMAC(algorithm, key: key)) } else {
                .fetched(try FetchedHasher(algorithm))
            }
        self.init(calls: calls, algorithm: algorithm, rounds: rounds)
    }

    /// Without fetching anything, for the digests of SHA-2 that can be had that way; nil for all others.
    convenience init?(unfetched algorithm: DigestAlgorithm, rounds: Int, key: SecretKey?) {
        guard let direct = DirectSHA2(algorithm) else { return nil }
        let calls: Calls = if let key { .directMAC(DirectMAC(direct, key: key)) } else { .direct(direct) }
        self.init(calls: calls, algorithm: algorithm, rounds: rounds)
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
            case .fetchedMAC(let hasher): unsafe hasher.hash(message, into: target)
            case .direct(let direct): unsafe direct.hash(message, into: target)
            case .directMAC(let direct): unsafe direct.hash(message, into: target)
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
        let digest = try FetchedDigest.of(algorithm)
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

/// A fetched HMAC with a key and the state of one being computed: an owned `EVP_MAC_CTX`.
///
/// Copying contexts of our own instead took 5 % less with SHA-512 and 12 % less with SHA-256; but this one is the HMAC that
/// the FIPS provider answers for.
@safe
private final class FetchedMAC {
    private let context: OpaquePointer
    private let digestBytes: Int

    init(_ algorithm: DigestAlgorithm, key: SecretKey) throws(DigestError) {
        let digest = try FetchedDigest.of(algorithm)
        ERR_clear_error()
        guard let implementation = unsafe EVP_MAC_fetch(nil, "HMAC", nil) else {
            throw .openSSLFailed(call: "EVP_MAC_fetch", reason: drainErrorQueue())
        }
        // The context holds on to it.
        defer { unsafe EVP_MAC_free(implementation) }
        guard let context = unsafe EVP_MAC_CTX_new(implementation) else {
            throw .openSSLFailed(call: "EVP_MAC_CTX_new", reason: drainErrorQueue())
        }
        guard unsafe Self.begin(context, digest, key), unsafe EVP_MAC_CTX_get_mac_size(context) == algorithm.digestBytes
        else {
            unsafe EVP_MAC_CTX_free(context)
            throw .notWithKey(name: algorithm.name, reason: drainErrorQueue())
        }
        unsafe self.context = context
        digestBytes = algorithm.digestBytes
    }

    deinit { unsafe EVP_MAC_CTX_free(context) }

    /// Gives the context its digest and its key.
    private static func begin(_ context: OpaquePointer, _ digest: borrowing FetchedDigest, _ key: SecretKey) -> Bool {
        // OpenSSL's parameters are not const, but it only reads them.
        let name = unsafe UnsafeMutablePointer(mutating: EVP_MD_get0_name(digest.pointer))
        // They point to their names as well, which must be there until they have been read.
        return unsafe "digest".withCString { parameterName in
            let parameters = unsafe [
                OSSL_PARAM_construct_utf8_string(parameterName, name, 0), OSSL_PARAM_construct_end(),
            ]
            return unsafe key.withBytes { bytes in
                let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
                return unsafe EVP_MAC_init(context, start, bytes.count, parameters) == 1
            }
        }
    }

    func hash(_ message: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) -> Bool {
        let bytes = unsafe message.baseAddress?.assumingMemoryBound(to: UInt8.self)
        let digest = unsafe target.baseAddress?.assumingMemoryBound(to: UInt8.self)
        // Without a key it begins again with the one it has.
        return unsafe EVP_MAC_init(context, nil, 0, nil) == 1
            && EVP_MAC_update(context, bytes, message.count) == 1
            && EVP_MAC_final(context, digest, nil, digestBytes) == 1
    }
}
