internal import CPhashPosix

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// The CPUs that this process may really use.
package enum Processors {
    /// The smallest of the affinity mask, the cgroup's quota and the CPUs that are online; at least 1.
    package static func available() -> Int {
        let online = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        let affinity = Int(phash_affinity_count())
        let counts = [online, affinity, cgroupQuota() ?? 0].filter { $0 >= 1 }
        return counts.min() ?? 1
    }

    /// CPUs that the quotas of our cgroups allow, rounded up; nil without a quota.
    static func cgroupQuota() -> Int? {
        guard let membership = readText("/proc/self/cgroup") else { return nil }
        return CgroupQuota.limits(membership: membership, read: readText).min()
    }

    /// The text of a small file; nil when there is none. open(2), read(2)
    private static func readText(_ path: String) -> String? {
        let number = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { return nil }
        let descriptor = FileDescriptor(owning: number)
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        var count = 0
        while count < buffer.count {
            let outcome = unsafe buffer.withUnsafeMutableBytes { memory in
                try? unsafe DescriptorIO.read(descriptor.number, into: .init(rebasing: memory[count...]))
            }
            guard case .bytes(let more) = outcome else { break }
            count += more
        }
        return String(decoding: buffer[..<count], as: UTF8.self)
    }
}

/// Reads CPU quotas out of the files of Linux's control groups, version 2 (`cpu.max`) and 1 (`cpu.cfs_quota_us`).
enum CgroupQuota {
    /// Every limit on the way from our groups to the root, in whole CPUs, rounded up.
    ///
    /// - Parameters:
    ///   - membership: The text of `/proc/self/cgroup`.
    ///   - read: The text of a file, or nil.
    static func limits(membership: String, read: (String) -> String?) -> [Int] {
        var limits: [Int] = []
        for line in membership.split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            let isVersion2 = fields[0] == "0" && fields[1].isEmpty
            let isCPU = fields[1].split(separator: ",").contains("cpu")
            guard isVersion2 || isCPU else { continue }
            let root = isVersion2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/cpu"
            for path in ancestors(of: String(fields[2])) {
                let limit = isVersion2 ? version2(root + path, read) : version1(root + path, read)
                if let limit { limits.append(limit) }
            }
        }
        return limits
    }

    /// `/a/b` gives `/a/b`, `/a` and the empty string. In a container the upper ones may not be there: then the root of
    /// the mount is ours.
    private static func ancestors(of path: String) -> [String] {
        var paths: [String] = []
        var parts = path.split(separator: "/")
        while !parts.isEmpty {
            paths.append("/" + parts.joined(separator: "/"))
            parts.removeLast()
        }
        return paths + [""]
    }

    private static func version2(_ folder: String, _ read: (String) -> String?) -> Int? {
        guard let text = read(folder + "/cpu.max") else { return nil }
        let fields = text.split { $0 == " " || $0 == "\n" }
        guard fields.count == 2, let quota = Int(fields[0]), let period = Int(fields[1]) else { return nil }
        return processors(quota: quota, period: period)
    }

    private static func version1(_ folder: String, _ read: (String) -> String?) -> Int? {
        func number(_ name: String) -> Int? {
            read(folder + "/" + name)?.split(separator: "\n").first.flatMap { Int($0) }
        }
        guard let quota = number("cpu.cfs_quota_us"), let period = number("cpu.cfs_period_us") else { return nil }
        return processors(quota: quota, period: period)
    }

    private static func processors(quota: Int, period: Int) -> Int? {
        guard quota > 0, period > 0 else { return nil }
        return max((quota - 1) / period + 1, 1)
    }
}
