internal import CPhashPosix

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Memory that the parent shares with a child: a file that exists nowhere, mapped whole. Pages cost nothing until they
/// are written to.
@safe
package struct SharedMemory: ~Copyable {
    /// What the child may do with it.
    package enum Access: Sendable {
        case readOnly
        case readWrite
    }

    package let descriptor: FileDescriptor
    package let memory: UnsafeMutableRawBufferPointer

    /// Makes the memory, all zero. Its size is sealed, or a broken child could shrink it and give the parent SIGBUS;
    /// with `.readOnly` nobody but this mapping can ever write to it. memfd_create(2), mmap(2)
    package init(name: String, byteCount: Int, childAccess: Access) throws(Errno) {
        precondition(byteCount > 0)
        let descriptor = try FileDescriptor(movingUp: unsafe name.withCString { unsafe phash_memory_create($0) })
        guard ftruncate(descriptor.number, off_t(byteCount)) == 0 else { throw Errno.current }
        let mapped = unsafe mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor.number, 0)
        guard let base = unsafe mapped, unsafe base != MAP_FAILED else { throw Errno.current }
        guard phash_memory_seal(descriptor.number, childAccess == .readOnly ? 1 : 0) == 0 else {
            let failure = Errno.current
            unsafe munmap(base, byteCount)
            throw failure
        }
        self.descriptor = descriptor
        unsafe memory = UnsafeMutableRawBufferPointer(start: base, count: byteCount)
    }

    deinit { unsafe munmap(memory.baseAddress, memory.count) }

    /// Gives the pages of a range back to the system; they read as zero then. Page-aligned bounds. fallocate(2)
    package func discard(_ range: Range<Int>) throws(Errno) {
        guard !range.isEmpty else { return }
        let code = phash_memory_discard(descriptor.number, off_t(range.lowerBound), off_t(range.count))
        guard code == 0 else { throw Errno.current }
    }

    /// Maps memory that a parent made, in the child, for good; closes the descriptor. mmap(2)
    package static func adopt(_ descriptor: Int32, access: Access) throws(Errno) -> UnsafeMutableRawBufferPointer {
        let byteCount = Int(lseek(descriptor, 0, SEEK_END))
        guard byteCount > 0 else { throw byteCount == 0 ? Errno.badDescriptor : Errno.current }
        let protection = access == .readOnly ? PROT_READ : PROT_READ | PROT_WRITE
        let mapped = unsafe mmap(nil, byteCount, protection, MAP_SHARED, descriptor, 0)
        guard let base = unsafe mapped, unsafe base != MAP_FAILED else { throw Errno.current }
        _ = Platform.close(descriptor)
        return unsafe UnsafeMutableRawBufferPointer(start: base, count: byteCount)
    }

    /// Size of a page, bytes.
    package static let pageBytes = Int(sysconf(Int32(_SC_PAGESIZE)))
}
