#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Standard output for text that is not records: help, version, lists.
package enum StandardOutput {
    /// Writes all of `text`, waiting for a slow reader; throws what the system says when that is not possible. (write)
    package static func write(_ text: String) throws(Errno) {
        let bytes = Array(text.utf8)
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
                return unsafe systemWrite(STDOUT_FILENO, rest.baseAddress, rest.count)
            }
            if count >= 0 {
                written += count
                continue
            }
            switch Errno.current {
            case .interrupted: continue
            case .again: waitUntilWritable()
            case let error: throw error
            }
        }
    }

    // Another process that shares the description may have made it non-blocking.
    private static func waitUntilWritable() {
        var request = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
        _ = unsafe poll(&request, 1, -1)
    }
}

// Inside the type, `write` would name the method above.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    unsafe write(descriptor, bytes, count)
}
