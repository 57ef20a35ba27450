#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// A file that is read in one go.
package enum SmallFile {
    /// The bytes of the file, or nil when it has more than `limit` of them; throws what the system says. open(2), read(2)
    ///
    /// A pipe is read to its end.
    package static func bytes(of path: String, atMost limit: Int) throws(Errno) -> [UInt8]? {
        let number = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard number >= 0 else { throw .current }
        let content = try start(of: FileDescriptor(owning: number), atMost: limit + 1)
        return content.count > limit ? nil : content
    }

    /// The bytes of a file that is open, from where it stands, to its end or so many of them. read(2)
    package static func start(of descriptor: borrowing FileDescriptor, atMost limit: Int) throws(Errno) -> [UInt8] {
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: min(limit, 16 << 10))
        while content.count < limit {
            let result: Result<ReadOutcome, Errno> = unsafe chunk.withUnsafeMutableBytes { memory in
                do throws(Errno) {
                    return .success(unsafe try DescriptorIO.read(descriptor.number, into: memory))
                } catch {
                    return .failure(error)
                }
            }
            switch try result.get() {
            case .bytes(let count): content += chunk[..<min(count, limit - content.count)]
            case .endOfFile: return content
            case .wouldBlock: throw .again
            }
        }
        return content
    }

    /// Whether there is something at `path`, be it a link to nowhere, or this process may not see whether there is.
    /// lstat(2)
    package static func mayBeThere(_ path: String) -> Bool {
        var status = stat()
        guard unsafe lstat(path, &status) != 0 else { return true }
        return errno != ENOENT && errno != ENOTDIR
    }
}
