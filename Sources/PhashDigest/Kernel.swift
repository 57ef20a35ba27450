import CPhashLanes

/// The code that hashes: OpenSSL, or one of our own for several records at once.
///
/// The raw values are what `PHASH_KERNEL` takes.
package enum Kernel: String, CaseIterable, Sendable {
    case openssl
    case portable
    case avx2
    case avx512
    case shani
    case neon

    /// Whether this CPU can run it, whatever the algorithm.
    package var isSupported: Bool {
        if self == .openssl { return true }
        return unsafe phash_kernel_is_supported(rawValue)
    }

    /// Those that this CPU can run.
    package static var supported: [Kernel] { allCases.filter(\.isSupported) }

    /// What hashes with that algorithm: the kernel that is wanted, if it has the algorithm, or the fastest; else OpenSSL,
    /// which has them all.
    package static func chosen(for algorithm: DigestAlgorithm, wanted: Kernel?) -> Kernel {
        LaneKernel(for: algorithm, wanted: wanted)?.kernel ?? .openssl
    }

    /// Records of that algorithm that it hashes side by side in the time of about one; at least 1.
    package func lanes(for algorithm: DigestAlgorithm) -> Int {
        LaneKernel(for: algorithm, wanted: self)?.lanes ?? 1
    }
}

/// A kernel of CPhashLanes together with a digest that it has.
@safe
struct LaneKernel {
    let pointer: OpaquePointer
    let digest: phash_sha2

    /// The kernel that is wanted, or the fastest; nil when there is none of that name for the algorithm or this CPU.
    init?(for algorithm: DigestAlgorithm, wanted: Kernel?) {
        guard let digest = Self.digest(of: algorithm) else { return nil }
        let found =
            if let wanted {
                unsafe phash_kernel_find(digest, wanted.rawValue)
            } else {
                unsafe phash_kernel_best(digest)
            }
        guard let found = unsafe found else { return nil }
        unsafe pointer = found
        self.digest = digest
    }

    private static func digest(of algorithm: DigestAlgorithm) -> phash_sha2? {
        switch algorithm.name {
        case "sha512": PHASH_SHA512
        case "sha384": PHASH_SHA384
        case "sha512-256": PHASH_SHA512_256
        case "sha512-224": PHASH_SHA512_224
        case "sha256": PHASH_SHA256
        case "sha224": PHASH_SHA224
        default: nil
        }
    }

    var kernel: Kernel {
        guard let kernel = unsafe Kernel(rawValue: String(cString: phash_kernel_name(pointer))) else {
            preconditionFailure("a kernel without a name of ours")
        }
        return kernel
    }

    var lanes: Int { unsafe Int(phash_kernel_lanes(pointer)) }

    /// Whether the chain of one record alone is no slower than with OpenSSL.
    var isFastAlone: Bool { unsafe phash_kernel_is_fast_alone(pointer) }

    /// Whether it gives the right digests, or HMACs, for built-in messages, on this machine and now.
    func passesCheck(withKey hasKey: Bool) -> Bool {
        unsafe hasKey ? phash_kernel_passes_keyed_check(pointer, digest) : phash_kernel_passes_check(pointer, digest)
    }
}
