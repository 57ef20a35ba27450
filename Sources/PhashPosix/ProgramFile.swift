#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Files that are programs.
package enum ProgramFile {
    /// The file that this process runs, without links in its path; nil when the system does not tell. readlink(2)
    package static var ownPath: String? {
        var bytes = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe bytes.withUnsafeMutableBytes { memory in
            unsafe readlink(
                "/proc/self/exe", memory.baseAddress!.assumingMemoryBound(to: CChar.self), memory.count)
        }
        guard count > 0, count < bytes.count else { return nil }
        return String(validating: bytes[..<count], as: UTF8.self)
    }

    /// Whether there is a regular file at `path` that this process may start. stat(2), access(2)
    package static func canBeStarted(_ path: String) -> Bool {
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
        return unsafe access(path, X_OK) == 0
    }
}
