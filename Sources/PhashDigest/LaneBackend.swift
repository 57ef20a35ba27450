import COpenSSL
import CPhashLanes

/// Hashes several records at once with CPhashLanes: SHA-2, on CPUs that there is a kernel for.
@safe
final class LaneBackend {
    /// The first round of a record that comes alone and is as long as this is OpenSSL's: its assembly takes 167 ns for a
    /// block of SHA-512 where our code for one record takes 194, but 110 ns more for each digest (Zen 3).
    private static let longRecordBytes = 1024
    /// Records handed over at once; a multiple of all numbers of lanes.
    private static let chunkRecords = 512

    private let algorithm: DigestAlgorithm
    private let hasher: OpaquePointer
    private let chunk: UnsafeMutablePointer<phash_message>
    private let isFastAlone: Bool
    /// For records that come alone, where there is something faster for them than lanes.
    private let openSSL: OpenSSLBackend?

    init(kernel: LaneKernel, algorithm: DigestAlgorithm, rounds: Int, key: SecretKey?) {
        self.algorithm = algorithm
        isFastAlone = kernel.isFastAlone
        openSSL = OpenSSLBackend(unfetched: algorithm, rounds: isFastAlone ? 1 : rounds, key: key)
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: phash_hasher_size(), alignment: Int(PHASH_HASHER_ALIGNMENT))
        unsafe hasher = OpaquePointer(memory)
        unsafe chunk = UnsafeMutablePointer<phash_message>.allocate(capacity: Self.chunkRecords)
        if let key {
            unsafe key.withBytes { bytes in
                unsafe phash_hasher_prepare_keyed(
                    hasher, kernel.pointer, kernel.digest, UInt64(rounds),
                    bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
            }
        } else {
            unsafe phash_hasher_prepare(hasher, kernel.pointer, kernel.digest, UInt64(rounds))
        }
    }

    deinit {
        // With a key, its states do as well as the key itself.
        unsafe OPENSSL_cleanse(UnsafeMutableRawPointer(hasher), phash_hasher_size())
        unsafe UnsafeMutableRawPointer(hasher).deallocate()
        unsafe chunk.deallocate()
    }

    /// Writes the digests of `messages` one after another into `digests`, which is exactly as large as they are.
    func hash(
        _ messages: UnsafeBufferPointer<UnsafeRawBufferPointer>, into digests: UnsafeMutableRawBufferPointer
    ) {
        precondition(
            digests.count == messages.count * algorithm.digestBytes, "the room for the digests has another size")
        guard let target = unsafe digests.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
        if messages.count == 1, unsafe hashAlone(messages, into: digests) { return }
        var done = 0
        while done < messages.count {
            let count = min(messages.count - done, Self.chunkRecords)
            for index in 0..<count {
                let message = unsafe messages[done + index]
                unsafe chunk[index] = phash_message(
                    bytes: message.baseAddress?.assumingMemoryBound(to: UInt8.self), length: message.count)
            }
            unsafe phash_hasher_run(hasher, chunk, count, target + done * algorithm.digestBytes)
            done += count
        }
    }

    /// Hashes the only message with OpenSSL as far as that is faster; false when it is not, or not to be had.
    private func hashAlone(
        _ messages: UnsafeBufferPointer<UnsafeRawBufferPointer>, into digests: UnsafeMutableRawBufferPointer
    ) -> Bool {
        guard unsafe !isFastAlone || messages[0].count >= Self.longRecordBytes else { return false }
        guard let openSSL else { return false }
        unsafe openSSL.hash(messages, into: digests)
        if isFastAlone {
            unsafe phash_hasher_continue(hasher, 1, digests.baseAddress?.assumingMemoryBound(to: UInt8.self))
        }
        return true
    }
}
