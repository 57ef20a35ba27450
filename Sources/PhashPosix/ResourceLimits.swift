internal import CPhashPosix

/// What the system allows this process.
package enum ResourceLimits {
    /// Bytes of address space; nil without a limit. `ulimit -v`, getrlimit(2) RLIMIT_AS
    package static var addressSpaceBytes: Int? { limit(phash_limit_address_space()) }

    /// Bytes of a file, shared memory included; nil without a limit. `ulimit -f`, getrlimit(2) RLIMIT_FSIZE
    package static var fileBytes: Int? { limit(phash_limit_file_size()) }

    private static func limit(_ value: Int64) -> Int? { value < 0 ? nil : Int(value) }

    /// Asks for at least so many descriptors, as far as the hard limit goes. setrlimit(2) RLIMIT_NOFILE
    package static func raiseDescriptors(to count: Int) { phash_raise_descriptors(Int64(count)) }

    /// Has memory of at least so many bytes go back to the system when it is freed, where the C library can. mallopt(3)
    package static func returnMemory(from byteCount: Int32) { phash_map_large_memory(byteCount) }
}
