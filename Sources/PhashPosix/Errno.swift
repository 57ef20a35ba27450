#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The number of a failed system call.
package struct Errno: Error, Equatable, Hashable, Sendable {
    package let code: Int32

    package init(code: Int32) { self.code = code }

    /// The error of the call that has just failed in this thread.
    package static var current: Errno { Errno(code: errno) }

    package static let again = Errno(code: EAGAIN)
    package static let interrupted = Errno(code: EINTR)
    package static let brokenPipe = Errno(code: EPIPE)
    package static let badDescriptor = Errno(code: EBADF)
    package static let connectionReset = Errno(code: ECONNRESET)
    package static let inputOutput = Errno(code: EIO)
    package static let noChild = Errno(code: ECHILD)
    package static let notImplemented = Errno(code: ENOSYS)
}

extension Errno: CustomStringConvertible {
    /// The C library's words for it, such as `No space left on device`.
    package var description: String {
        guard let text = unsafe strerror(code) else { return "error \(code)" }
        return unsafe String(cString: text)
    }
}
