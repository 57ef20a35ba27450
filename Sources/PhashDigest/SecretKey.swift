internal import COpenSSL

/// The key of an HMAC: bytes that nobody but this holds, that are overwritten when it ends, and that no description shows.
@safe
package final class SecretKey {
    /// Length of the key, bytes; at least 0.
    package let byteCount: Int
    private let memory: UnsafeMutableRawBufferPointer

    /// Has `fill` write the key into memory for `capacity` bytes and return how long it is, 0...`capacity`.
    ///
    /// What `fill` writes there and does not count is overwritten as well.
    package init<Failure: Error>(
        capacity: Int, fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
    ) throws(Failure) {
        // Never empty: OpenSSL takes a pointer to nothing for no key.
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(capacity, 1), alignment: 1)
        do throws(Failure) {
            byteCount = unsafe try fill(.init(rebasing: memory[..<capacity]))
        } catch {
            unsafe Self.release(memory)
            throw error
        }
        precondition((0...capacity).contains(byteCount))
        unsafe self.memory = memory
    }

    /// A copy of `bytes`.
    package convenience init(copying bytes: UnsafeRawBufferPointer) {
        unsafe self.init(capacity: bytes.count) { (memory) throws(Never) in
            unsafe memory.copyMemory(from: bytes)
            return bytes.count
        }
    }

    deinit { unsafe Self.release(memory) }

    private static func release(_ memory: UnsafeMutableRawBufferPointer) {
        unsafe OPENSSL_cleanse(memory.baseAddress, memory.count)
        unsafe memory.deallocate()
    }

    /// The bytes, for as long as `body` runs; their address is never nil.
    package func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        unsafe try body(UnsafeRawBufferPointer(rebasing: memory[..<byteCount]))
    }
}

extension SecretKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "a key of \(byteCount) bytes" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
