internal import CPhashPosix

/// A word of shared memory that two processes use without a lock.
package enum SharedWord {
    /// Stores a value before anything that follows is done. Aligned to 8 bytes.
    package static func storeRelease(_ word: UnsafeMutableRawPointer, _ value: UInt64) {
        unsafe phash_store_release(word.assumingMemoryBound(to: UInt64.self), value)
    }

    /// Loads a value after everything that the other process did before storing it. Aligned to 8 bytes.
    package static func loadAcquire(_ word: UnsafeRawPointer) -> UInt64 {
        unsafe phash_load_acquire(word.assumingMemoryBound(to: UInt64.self))
    }
}
