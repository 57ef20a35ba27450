import COpenSSL

/// Comparisons that take the same time whatever the bytes are.
package enum ConstantTime {
    /// Whether both hold the same bytes. How many there are is no secret.
    package static func areEqual(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> Bool {
        guard first.count == second.count else { return false }
        guard let one = first.baseAddress, let other = second.baseAddress else { return true }
        return unsafe CRYPTO_memcmp(one, other, first.count) == 0
    }
}
