internal import CPhashPosix

/// Wakes a thread that waits in poll(2): a descriptor that is readable from `signal` until `clear`.
package struct WakeUp: ~Copyable, Sendable {
    private let counter: FileDescriptor

    /// eventfd(2)
    package init() throws(Errno) {
        counter = try FileDescriptor(movingUp: phash_wake_up_create())
    }

    /// What to wait for input on.
    package var descriptor: Int32 { counter.number }

    /// Makes it readable, if it is not already. write(2)
    package borrowing func signal() {
        let one: UInt64 = 1
        unsafe withUnsafeBytes(of: one) { bytes in
            // It fails only where so many have not been taken that the number is full: then it is readable.
            _ = unsafe try? DescriptorIO.write(counter.number, bytes)
        }
    }

    /// Makes it unreadable, if it is not already. read(2)
    package borrowing func clear() {
        var count: UInt64 = 0
        unsafe withUnsafeMutableBytes(of: &count) { bytes in
            _ = unsafe try? DescriptorIO.read(counter.number, into: bytes)
        }
    }
}
