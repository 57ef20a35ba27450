internal import CPhashPosix

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// A file that others read at any time: it is replaced as a whole, so that they see the old text or the new one.
package struct ReplacedFile: Sendable {
    package let path: String
    /// Beside the file, since only within a file system a file can be moved in one step; the process number keeps two
    /// of us apart, and its end says that it is not the file itself to those who go by names (`*.prom`).
    private let temporaryPath: String

    package init(path: String) {
        self.path = path
        temporaryPath = "\(path).\(getpid())"
    }

    /// Whether there is nothing at the path or a regular file: a device, a folder or a link stays what it is. lstat(2)
    package func canBeReplaced() throws(Errno) -> Bool {
        let answer = unsafe path.withCString { unsafe phash_file_is_replaceable($0) }
        guard answer >= 0 else { throw Errno.current }
        return answer == 1
    }

    /// Puts a file with this text in the place of the one that is there, readable as the umask says. rename(2)
    package func replace(with text: String) throws(Errno) {
        do throws(Errno) {
            try write(text)
            let code = unsafe rename(temporaryPath, path)
            guard code == 0 else { throw Errno.current }
        } catch {
            _ = unsafe unlink(temporaryPath)
            throw error
        }
    }

    private func write(_ text: String) throws(Errno) {
        var opened = unsafe phash_file_create(temporaryPath)
        if opened < 0 && errno == EEXIST {
            // Left by a process of the same number that was killed.
            _ = unsafe unlink(temporaryPath)
            opened = unsafe phash_file_create(temporaryPath)
        }
        let file = try FileDescriptor(movingUp: opened)
        try DescriptorIO.writeAll(file.number, Array(text.utf8))
    }
}

/// A regular file that is open: how much of it there is.
package enum RegularFile {
    /// Where the next read or write of a descriptor takes place, bytes; nil when it is no regular file. lseek(2)
    package static func offset(_ descriptor: Int32) -> Int64? {
        guard size(descriptor) != nil else { return nil }
        let offset = lseek(descriptor, 0, SEEK_CUR)
        return offset >= 0 ? Int64(offset) : nil
    }

    /// Size now, bytes; nil when it is no regular file. fstat(2)
    package static func size(_ descriptor: Int32) -> Int64? {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int64(status.st_size)
    }
}

/// Memory of a process.
package enum ProcessMemory {
    /// Bytes in memory, shared ones included; nil when the system does not tell, or there is no such process. proc(5)
    package static func residentBytes(of pid: Int32) -> Int? {
        guard let bytes = try? SmallFile.bytes(of: "/proc/\(pid)/statm", atMost: 4096) else { return nil }
        let fields = String(decoding: bytes, as: UTF8.self).split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { return nil }
        return pages * sysconf(Int32(_SC_PAGESIZE))
    }
}
