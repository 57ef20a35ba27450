internal import CPhashPosix

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// What is read once, from its start to its end, into memory of the caller's.
package enum InputFile {
    /// Opens a file for reading. open(2)
    package static func open(_ path: String) throws(Errno) -> FileDescriptor {
        try FileDescriptor(movingUp: unsafe openFile(path, O_RDONLY | O_CLOEXEC | O_NOCTTY))
    }

    /// Reads to the end, or until `memory` is full, waiting where it must; returns the bytes read. read(2)
    package static func read(
        _ descriptor: borrowing FileDescriptor, into memory: UnsafeMutableRawBufferPointer
    ) throws(Errno) -> Int {
        var count = 0
        while count < memory.count {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: memory[count...])
            switch unsafe try DescriptorIO.read(descriptor.number, into: rest) {
            case .bytes(let more): count += more
            case .endOfFile: return count
            case .wouldBlock:
                var set = PollSet()
                _ = set.add(descriptor.number, .input)
                try set.wait(milliseconds: nil)
            }
        }
        return count
    }

    /// Whether a descriptor is of the very file, pipe or device that another is of. fstat(2)
    package static func isSame(_ descriptor: borrowing FileDescriptor, as other: Int32) -> Bool {
        var status = stat()
        var otherStatus = stat()
        guard unsafe fstat(descriptor.number, &status) == 0, unsafe fstat(other, &otherStatus) == 0 else {
            return false
        }
        return status.st_dev == otherStatus.st_dev && status.st_ino == otherStatus.st_ino
    }
}

/// Under a name of its own, since `InputFile.open` hides the one of the C library and the one of the tests.
private func openFile(_ path: UnsafePointer<CChar>, _ flags: Int32) -> Int32 { unsafe open(path, flags) }

/// What others may see of this process.
package enum OwnProcess {
    /// From now on this process leaves no core, tells nothing when it crashes, and is closed to debuggers of the same user,
    /// `/proc/PID/mem` included. What they could read before, they may have. setrlimit(2) RLIMIT_CORE, prctl(2)
    /// PR_SET_DUMPABLE
    package static func closeToOthers() throws(Errno) {
        guard phash_close_to_others() == 0 else { throw Errno.current }
    }
}
