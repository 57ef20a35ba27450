#if TestHooks
#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Calls that tests make in a child: those that it must not survive when it is confined, and some that it needs.
package enum ChildCalls {
    /// By name; nil for a name that is none of them.
    package static func call(_ name: String) -> (() -> Void)? {
        let page = SharedMemory.pageBytes
        switch name {
        case "open": return { _ = unsafe open("/etc/passwd", O_RDONLY) }
        case "socket": return { _ = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) }
        case "signal-parent": return { _ = Platform.kill(getppid(), 0) }
        case "signal-everyone": return { _ = Platform.kill(-1, 0) }
        case "spawn":
            return {
                var pid: pid_t = 0
                _ = unsafe posix_spawn(&pid, "/bin/true", nil, nil, [nil], [nil])
            }
        case "write-elsewhere": return { unsafe withUnsafeBytes(of: 0) { _ = unsafe Platform.write(1, $0) } }
        case "duplicate": return { _ = dup(ChildProcess.doorbellDescriptor) }
        case "map-code":
            return { _ = unsafe mmap(nil, page, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) }
        case "map-file":
            return { _ = unsafe mmap(nil, page, PROT_READ, MAP_PRIVATE, ChildProcess.doorbellDescriptor, 0) }
        case "make-code":
            return {
                let memory = UnsafeMutableRawPointer.allocate(byteCount: 2 * page, alignment: page)
                _ = unsafe mprotect(memory, page, PROT_READ | PROT_EXEC)
            }
        case "last-words": return { writeVector(to: 2) }
        case "vector-elsewhere": return { writeVector(to: 1) }
        default: return nil
        }
    }

    private static func writeVector(to descriptor: Int32) {
        var text = Array("phash: last words\n".utf8)
        unsafe text.withUnsafeMutableBytes { bytes in
            var part = unsafe iovec(iov_base: bytes.baseAddress, iov_len: bytes.count)
            _ = unsafe writev(descriptor, &part, 1)
        }
    }
}
#endif
