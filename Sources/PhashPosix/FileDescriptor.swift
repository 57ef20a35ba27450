internal import CPhashPosix

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// A descriptor that this value owns: it is closed when the value ends.
package struct FileDescriptor: ~Copyable, Sendable {
    package let number: Int32

    /// The lowest number that our own descriptors take: below lie the standard ones, which may have been closed by
    /// whoever started us, and those that a child expects its own at.
    private static let leastNumber: Int32 = 10

    package init(owning number: Int32) {
        precondition(number >= 0)
        self.number = number
    }

    deinit { _ = Platform.close(number) }

    /// Takes over a descriptor that was just opened and moves it out of the way of the low numbers.
    package init(movingUp opened: Int32) throws(Errno) {
        guard opened >= 0 else { throw Errno.current }
        let original = FileDescriptor(owning: opened)
        self = try original.duplicate()
    }

    /// Another descriptor for what a descriptor of somebody else's refers to, out of the way of the low numbers.
    /// fcntl(2) F_DUPFD_CLOEXEC
    package init(duplicating number: Int32) throws(Errno) {
        let copy = phash_duplicate(number, Self.leastNumber)
        guard copy >= 0 else { throw Errno.current }
        self.init(owning: copy)
    }

    /// Another descriptor for the same thing, out of the way of the low numbers. fcntl(2) F_DUPFD_CLOEXEC
    package borrowing func duplicate() throws(Errno) -> FileDescriptor { try FileDescriptor(duplicating: number) }
}

/// The calls of the C library whose names Swift types hide.
enum Platform {
    static func close(_ number: Int32) -> Int32 {
        #if TestHooks
        phash_faulty_close(number)
        #elseif canImport(Glibc)
        Glibc.close(number)
        #elseif canImport(Musl)
        Musl.close(number)
        #endif
    }

    static func read(_ number: Int32, _ memory: UnsafeMutableRawBufferPointer) -> Int {
        #if TestHooks
        unsafe phash_faulty_read(number, memory.baseAddress, memory.count)
        #elseif canImport(Glibc)
        unsafe Glibc.read(number, memory.baseAddress, memory.count)
        #elseif canImport(Musl)
        unsafe Musl.read(number, memory.baseAddress, memory.count)
        #endif
    }

    static func write(_ number: Int32, _ memory: UnsafeRawBufferPointer) -> Int {
        #if TestHooks
        unsafe phash_faulty_write(number, memory.baseAddress, memory.count)
        #elseif canImport(Glibc)
        unsafe Glibc.write(number, memory.baseAddress, memory.count)
        #elseif canImport(Musl)
        unsafe Musl.write(number, memory.baseAddress, memory.count)
        #endif
    }

    static func kill(_ pid: pid_t, _ signal: Int32) -> Int32 {
        #if canImport(Glibc)
        Glibc.kill(pid, signal)
        #elseif canImport(Musl)
        Musl.kill(pid, signal)
        #endif
    }
}

/// What a read brought.
package enum ReadOutcome: Equatable, Sendable {
    /// At least one byte.
    case bytes(Int)
    case endOfFile
    case wouldBlock
}

/// Reading and writing of descriptors, whoever owns them.
package enum DescriptorIO {
    /// Reads into `memory`, which must not be empty. read(2)
    package static func read(_ number: Int32, into memory: UnsafeMutableRawBufferPointer) throws(Errno) -> ReadOutcome {
        precondition(unsafe !memory.isEmpty)
        while true {
            let count = unsafe Platform.read(number, memory)
            if count > 0 { return .bytes(count) }
            if count == 0 { return .endOfFile }
            let failure = Errno.current
            if failure == .interrupted { continue }
            if failure == .again { return .wouldBlock }
            throw failure
        }
    }

    /// Writes some bytes and returns how many; nil when it would block. write(2)
    package static func write(_ number: Int32, _ memory: UnsafeRawBufferPointer) throws(Errno) -> Int? {
        while true {
            let count = unsafe Platform.write(number, memory)
            if count >= 0 { return count }
            let failure = Errno.current
            if failure == .interrupted { continue }
            if failure == .again { return nil }
            throw failure
        }
    }

    /// Writes bytes until they would have to wait and returns how many that were. write(2)
    package static func writeAvailable(_ number: Int32, _ bytes: ArraySlice<UInt8>) throws(Errno) -> Int {
        var rest = bytes
        while !rest.isEmpty {
            let result: Result<Int?, Errno> = unsafe rest.withUnsafeBytes { memory in
                do throws(Errno) {
                    return .success(unsafe try write(number, memory))
                } catch {
                    return .failure(error)
                }
            }
            guard let count = try result.get() else { break }
            rest = rest.dropFirst(count)
        }
        return bytes.count - rest.count
    }

    /// Writes all bytes, waiting where it must. Meant for blocking descriptors. write(2)
    package static func writeAll(_ number: Int32, _ bytes: [UInt8]) throws(Errno) {
        var rest = bytes[...]
        while true {
            rest = rest.dropFirst(try writeAvailable(number, rest))
            if rest.isEmpty { return }
            // Somebody made it non-blocking.
            var set = PollSet()
            let index = set.add(number, .output)
            try set.wait(milliseconds: nil)
            if set[index].isBroken { throw .inputOutput }
        }
    }

    /// Closes one of the standard descriptors, which reports what the file system has put off. close(2)
    package static func closeStandard(_ number: Int32) throws(Errno) {
        guard Platform.close(number) == 0 else {
            let failure = Errno.current
            if failure == .interrupted { return }  // Linux has closed it all the same.
            throw failure
        }
    }

    /// Whether a descriptor is open. fcntl(2)
    package static func isOpen(_ number: Int32) -> Bool { fcntl(number, F_GETFD) >= 0 }
}
