package import PhashDigest

/// Tells keys apart without telling what they are: half of the HMAC-SHA-256 of a fixed text with the key, in hexadecimal.
///
/// Who sees it can check a guess of the key, as who sees a hash can; a key that meets the length rule is beyond guessing.
package enum KeyFingerprint {
    private static let text = Array("phash key fingerprint 1".utf8)

    package static func of(_ key: SecretKey) -> String {
        guard let algorithm = try? DigestAlgorithm.named("sha256"),
            let digester = try? Digester(algorithm: algorithm, rounds: 1, key: key)
        else { preconditionFailure("SHA-256 is always there") }
        var digest = [UInt8](repeating: 0, count: algorithm.digestBytes)
        unsafe text.withUnsafeBytes { text in
            unsafe digest.withUnsafeMutableBytes { digest in
                unsafe withUnsafePointer(to: text) { message in
                    unsafe digester.hash(UnsafeBufferPointer(start: message, count: 1), into: digest)
                }
            }
        }
        return digest.prefix(16).map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }
}
