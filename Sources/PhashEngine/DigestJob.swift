package import PhashDigest
internal import PhashPosix
package import PhashWire

/// Hashing: the job that phash is for.
package struct DigestJob: Job {
    private let algorithm: DigestAlgorithm
    private let rounds: Int
    /// What to hash with, or nil for what is fastest.
    private let kernel: Kernel?
    private let isVerbose: Bool
    /// In the parent: what the children are to get. A child that hashes needs no more of it than its digester holds.
    private(set) var key: SecretKey?
    /// Made in the child, so that the parent, which never hashes, does not pay for it.
    private(set) var digester: Digester?

    /// - Parameters:
    ///   - rounds: 1 or more.
    ///   - key: Makes every round an HMAC with it; nil for plain digests.
    ///   - kernel: What to hash with if it has the algorithm, or nil for what is fastest.
    ///   - isVerbose: Whether a child says so when it cannot trust its kernel.
    package init(
        algorithm: DigestAlgorithm, rounds: Int, key: SecretKey? = nil, kernel: Kernel? = nil, isVerbose: Bool = false
    ) {
        precondition(rounds >= 1)
        self.algorithm = algorithm
        self.rounds = rounds
        self.key = key
        self.kernel = kernel
        self.isVerbose = isVerbose
    }

    /// In the child: what the parent's job gave as its parameters.
    ///
    /// - Parameter keepsKey: Whether the key will be needed for other digests as well.
    package init(parameters: [UInt8], keepsKey: Bool = false) throws {
        let hasKey: Bool
        let key: SecretKey
        (self, hasKey, key) = try Self.read(parameters)
        // Now, so that a digest that cannot be had is noticed before the child says that it is ready.
        if keepsKey && hasKey { self.key = key }
        let digester = try digester(for: algorithm, rounds: self.rounds, key: hasKey ? key : nil)
        self.digester = digester
        if isVerbose, let distrusted = digester.distrustedKernel {
            StandardError.write(
                "phash: worker: the kernel \(distrusted.rawValue) gave a wrong digest in its check, using OpenSSL\n")
        }
    }

    /// On another machine, in the parent: what a filter's job gave as its `remoteParameters`, with our own copy of the key if
    /// there was one. Whether the algorithm can be had is found out here, by making what hashes once.
    init(remoteParameters parameters: [UInt8], key: SecretKey?, kernel: Kernel?) throws {
        let (job, hasKey, _) = try Self.read(parameters)
        if hasKey && key == nil { throw KeyMissing() }
        self.init(
            algorithm: job.algorithm, rounds: job.rounds, key: hasKey ? key : nil, kernel: kernel,
            isVerbose: job.isVerbose)
        _ = try digester(for: algorithm, rounds: rounds, key: self.key)
    }

    private struct KeyMissing: Error, CustomStringConvertible {
        let description = "it is to be hashed with a key, and there is none here: see --key-file"
    }

    /// What parameters say: a job without a key, whether it has one, and the key that they hold.
    private static func read(_ parameters: [UInt8]) throws -> (DigestJob, Bool, SecretKey) {
        var reader = ByteReader(parameters)
        guard let name = reader.read(String.self), let rounds = reader.read(Int64.self), rounds >= 1,
            let kernelName = reader.read(String.self), let isVerbose = reader.read(Bool.self),
            let hasKey = reader.read(Bool.self),
            let key = unsafe reader.readBytes({ bytes in unsafe SecretKey(copying: bytes) })
        else {
            throw MalformedParameters()
        }
        let job = DigestJob(
            algorithm: try DigestAlgorithm.named(name), rounds: Int(rounds), kernel: Kernel(rawValue: kernelName),
            isVerbose: isVerbose)
        return (job, hasKey, key)
    }

    /// What hashes with another algorithm, other rounds and perhaps a key, and in the same way otherwise.
    func digester(
        for algorithm: DigestAlgorithm, rounds: Int, key: SecretKey?
    ) throws(DigestError) -> Digester {
        try Digester(
            algorithm: algorithm, rounds: rounds, key: key, kernel: kernel,
            trusts: { _ in !TestHook.distrustsKernels })
    }

    package var parameters: [UInt8] {
        // Room for all of it, so that no part of a key is left behind in a smaller one.
        var writer = ByteWriter(capacity: 256 + (key?.byteCount ?? 0))
        writer.write(algorithm.name)
        writer.write(Int64(rounds))
        writer.write(kernel?.rawValue ?? "")
        writer.write(isVerbose)
        writer.write(key != nil)
        if let key { unsafe key.withBytes { unsafe writer.write($0) } } else { writer.write([UInt8]()) }
        return writer.bytes
    }

    package var remoteParameters: [UInt8]? {
        var writer = ByteWriter()
        writer.write(algorithm.name)
        writer.write(Int64(rounds))
        // Another machine has its own kernels.
        writer.write("")
        writer.write(false)
        writer.write(key != nil)
        writer.write([UInt8]())
        return writer.bytes
    }

    package var keyFingerprint: String? { key.map(KeyFingerprint.of) }

    package var lanes: Int {
        digester?.lanes ?? Kernel.chosen(for: algorithm, wanted: kernel).lanes(for: algorithm)
    }

    package var isConfined: Bool { !TestHook.isUnconfined }

    package mutating func run(_ records: RecordBatch, into results: inout ResultBuffer) {
        unsafe results.append(count: records.count, size: algorithm.digestBytes) { memory in
            unsafe hash(records.messages, into: memory)
        }
    }

    /// Length of a digest.
    var digestBytes: Int { algorithm.digestBytes }

    /// Writes the raw digests of `messages` one after another into `digests`, which is exactly as large as they are.
    func hash(
        _ messages: UnsafeBufferPointer<UnsafeRawBufferPointer>, into digests: UnsafeMutableRawBufferPointer
    ) {
        guard let digester else { preconditionFailure("the parent does not hash") }
        unsafe digester.hash(messages, into: digests)
    }

    private struct MalformedParameters: Error, CustomStringConvertible {
        var description: String { "the parent's parameters for hashing are malformed" }
    }
}
