import COpenSSL

/// SHA-2 by the calls that are older than fetching. They are there at once and open no file, so a child that may open none
/// can begin with them at any time. FIPS 180-4
enum DirectSHA2 {
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

    /// Bytes of a block.
    var blockBytes: Int {
        switch self {
        case .sha224, .sha256: 64
        case .sha384, .sha512: 128
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

/// HMAC by the same calls: RFC 2104. What follows from the key alone is hashed once, and its contexts copied for each record.
@safe
final class DirectMAC {
    private let sha2: DirectSHA2
    /// After the block of the key exclusive-or ipad, and after that with opad; either those of 32-bit or of 64-bit words.
    private var inner = Contexts()
    private var outer = Contexts()

    private struct Contexts {
        var words32 = SHA256_CTX()
        var words64 = SHA512_CTX()
    }

    init(_ sha2: DirectSHA2, key: SecretKey) {
        self.sha2 = sha2
        let isHashed = unsafe withUnsafeTemporaryAllocation(byteCount: sha2.blockBytes, alignment: 8) { block in
            defer { unsafe OPENSSL_cleanse(block.baseAddress, block.count) }
            unsafe block.initializeMemory(as: UInt8.self, repeating: 0)
            let isTaken = unsafe key.withBytes { bytes in
                if bytes.count > block.count { return unsafe sha2.hash(bytes, into: block) }
                unsafe block.copyMemory(from: bytes)
                return true
            }
            return unsafe isTaken && begin(&inner, block, pad: 0x36) && begin(&outer, block, pad: 0x5C)
        }
        guard isHashed else { fatalError("OpenSSL failed while hashing a key: \(drainErrorQueue())") }
    }

    deinit {
        unsafe withUnsafeMutablePointer(to: &inner) { unsafe OPENSSL_cleanse($0, MemoryLayout<Contexts>.size) }
        unsafe withUnsafeMutablePointer(to: &outer) { unsafe OPENSSL_cleanse($0, MemoryLayout<Contexts>.size) }
    }

    /// Begins a hash with the block of the key, each byte of which is exclusive-or `pad` meanwhile.
    private func begin(_ contexts: inout Contexts, _ block: UnsafeMutableRawBufferPointer, pad: UInt8) -> Bool {
        for index in block.indices { unsafe block[index] ^= pad }
        defer { for index in block.indices { unsafe block[index] ^= pad } }
        switch sha2 {
        case .sha224, .sha256:
            let isBegun = unsafe (sha2 == .sha224 ? SHA224_Init : SHA256_Init)(&contexts.words32) == 1
            return unsafe isBegun && SHA256_Update(&contexts.words32, block.baseAddress, block.count) == 1
        case .sha384, .sha512:
            let isBegun = unsafe (sha2 == .sha384 ? SHA384_Init : SHA512_Init)(&contexts.words64) == 1
            return unsafe isBegun && SHA512_Update(&contexts.words64, block.baseAddress, block.count) == 1
        }
    }

    /// `target` is as long as a digest.
    func hash(_ message: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) -> Bool {
        let digest = unsafe target.baseAddress?.assumingMemoryBound(to: UInt8.self)
        switch sha2 {
        case .sha224, .sha256:
            var context = inner.words32
            let isInnerDone =
                unsafe SHA256_Update(&context, message.baseAddress, message.count) == 1
                && SHA256_Final(digest, &context) == 1
            context = outer.words32
            return unsafe isInnerDone && SHA256_Update(&context, digest, target.count) == 1
                && SHA256_Final(digest, &context) == 1
        case .sha384, .sha512:
            var context = inner.words64
            let isInnerDone =
                unsafe SHA512_Update(&context, message.baseAddress, message.count) == 1
                && SHA512_Final(digest, &context) == 1
            context = outer.words64
            return unsafe isInnerDone && SHA512_Update(&context, digest, target.count) == 1
                && SHA512_Final(digest, &context) == 1
        }
    }
}
