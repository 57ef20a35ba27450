internal import CPhashPosix

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Standard output, written to without ever waiting for its reader, and without touching flags that others share.
///
/// A pipe or terminal is opened once more through `/proc`, which gives a description of our own that does not block.
/// Where that is not allowed, the rule of pipes helps: one that poll(2) calls writable takes 4,096 bytes at once.
package struct OutputChannel: ~Copyable {
    package enum Kind: Equatable, Sendable {
        case pipe(capacity: Int)
        case socket
        case terminal
        /// A file or another device: writing takes its time, but no reader can stall it.
        case file
    }

    package let kind: Kind
    /// What to poll: the description of our own where there is one.
    package let descriptor: Int32
    /// Keeps that description open.
    private let own: FileDescriptor?

    /// PIPE_BUF: what a pipe takes whole or not at all. pipe(7)
    private static let atomicBytes = 4096
    /// A local stream socket takes that much whole or not at all: it fits one of its buffers.
    private static let socketBytes = 16 << 10
    /// Enough to make the call's own cost small, and little enough to keep the loop awake.
    private static let fileBytes = 1 << 20

    /// What a pipe holds unless somebody has said otherwise. pipe(7)
    private static let usualPipeBytes = 64 << 10
    /// A pipe that is to carry much: a quarter of the wake-ups of both ends, and still within the second cache. More does
    /// not make it faster, and all pipes of a user share a limit.
    private static let enlargedPipeBytes = 256 << 10

    /// - Parameters:
    ///   - number: An open descriptor, which stays with its owner.
    ///   - enlargesPipe: Whether a pipe of the usual size is made larger, where the system allows that; one that
    ///     somebody has given another size keeps it. fstat(2), fcntl(2) F_SETPIPE_SZ
    package init(_ number: Int32, enlargesPipe: Bool = false) throws(Errno) {
        var status = stat()
        guard unsafe fstat(number, &status) == 0 else { throw Errno.current }
        let kind: Kind =
            switch status.st_mode & S_IFMT {
            case S_IFIFO: .pipe(capacity: Self.pipeCapacity(number, enlarges: enlargesPipe))
            case S_IFSOCK: .socket
            default: Terminal.isTerminal(number) ? .terminal : .file
            }
        // One that was not opened for writing must not become writable on the way.
        let isWritable = fcntl(number, F_GETFL) & O_ACCMODE != O_RDONLY
        let opened: Int32 =
            switch kind {
            case .pipe, .terminal: isWritable ? phash_reopen_for_writing(number) : -1
            case .socket, .file: -1
            }
        var own: FileDescriptor?
        var descriptor = number
        // Without one of our own the rule of pipes has to do.
        if opened >= 0, let moved = try? FileDescriptor(movingUp: opened) {
            descriptor = moved.number
            own = consume moved
        }
        self.kind = kind
        self.descriptor = descriptor
        self.own = own
    }

    private static func pipeCapacity(_ number: Int32, enlarges: Bool) -> Int {
        let capacity = max(Int(phash_pipe_capacity(number)), atomicBytes)
        guard enlarges && capacity == usualPipeBytes else { return capacity }
        return max(Int(phash_pipe_enlarge(number, Int32(enlargedPipeBytes))), capacity)
    }

    /// Whether a reader may go away while nothing is written.
    package var hasReader: Bool {
        switch kind {
        case .pipe, .socket, .terminal: true
        case .file: false
        }
    }

    /// Bytes that may be offered now, given that poll(2) called the channel writable.
    ///
    /// Of a pipe: as many as it is sure to take whole, so that the last record is never cut off half-way by a stop.
    /// Pages of a pipe may be half full, so what is unread counts double, and two pages for the ends.
    package func writableBytes() -> Int {
        switch kind {
        case .pipe(let capacity):
            let unread = Int(phash_unread_bytes(descriptor))
            if unread == 0 { return capacity }
            if unread < 0 { return Self.atomicBytes }
            return max(capacity - 2 * unread - 2 * Self.atomicBytes, Self.atomicBytes)
        case .terminal:
            return Self.atomicBytes
        case .socket:
            return Self.socketBytes
        case .file:
            return Self.fileBytes
        }
    }

    /// Writes some of the bytes and returns how many; nil when none can be written now. writev(2), sendmsg(2)
    package func write(_ parts: [UnsafeRawBufferPointer]) throws(Errno) -> Int? {
        var vectors = unsafe parts.prefix(Self.maximumParts).map { part in
            unsafe iovec(iov_base: UnsafeMutableRawPointer(mutating: part.baseAddress), iov_len: part.count)
        }
        while true {
            let count = unsafe vectors.withUnsafeMutableBufferPointer { buffer in
                kind == .socket
                    ? unsafe phash_send_vector(descriptor, buffer.baseAddress!, Int32(buffer.count))
                    : unsafe writev(descriptor, buffer.baseAddress, Int32(buffer.count))
            }
            if count >= 0 { return count }
            let failure = Errno.current
            if failure == .interrupted { continue }
            if failure == .again { return nil }
            throw failure
        }
    }

    /// Parts of one call at most; below every system's IOV_MAX.
    package static let maximumParts = 64
}
