import Testing

@testable import PhashPosix

/// What the room says to people, and what it reads from the system's own texts.
struct ErrnoTests {
    @Test func anErrorHasTheWordsOfTheSystem() {
        #expect("\(Errno(code: 28))" == "No space left on device")
        #expect("\(Errno.brokenPipe)" == "Broken pipe")
        #expect("\(Errno.badDescriptor)" == "Bad file descriptor")
        #expect("\(Errno(code: 99_999))".contains("99999"))
    }

    @Test func errorsAreComparedByTheirNumber() {
        #expect(Errno(code: 11) == .again && Errno.again != .interrupted)
        #expect(Set([Errno.again, .again, .noChild]).count == 2)
    }
}

struct ExitStatusTests {
    @Test func aWaitStatusIsReadAsTheSystemMeansIt() {
        #expect(ExitStatus(waitStatus: 0) == .exited(0))
        #expect(ExitStatus(waitStatus: 70 << 8) == .exited(70))
        #expect(ExitStatus(waitStatus: 9) == .signaled(9))
        // A core dump leaves a mark beside the signal.
        #expect(ExitStatus(waitStatus: 11 | 0x80) == .signaled(11))
    }

    @Test func anEndIsToldInWords() {
        #expect("\(ExitStatus.exited(1))" == "exited with status 1")
        #expect("\(ExitStatus.signaled(9))" == "was killed by signal 9 (Killed)")
        #expect("\(ExitStatus.signaled(11))" == "was killed by signal 11 (Segmentation fault)")
    }
}

struct CgroupQuotaTests {
    private static func limits(_ membership: String, _ files: [String: String]) -> [Int] {
        CgroupQuota.limits(membership: membership) { files[$0] }
    }

    @Test func version2() {
        let membership = "0::/user.slice/app\n"
        let path = "/sys/fs/cgroup/user.slice/app/cpu.max"
        #expect(Self.limits(membership, [path: "200000 100000\n"]) == [2])
        // Part of a processor is one.
        #expect(Self.limits(membership, [path: "250000 100000\n"]) == [3])
        #expect(Self.limits(membership, [path: "1 100000\n"]) == [1])
        #expect(Self.limits(membership, [path: "max 100000\n"]) == [])
        #expect(Self.limits(membership, [:]) == [])
    }

    @Test func everyGroupOnTheWayCounts() {
        let files = [
            "/sys/fs/cgroup/a/b/c/cpu.max": "max 100000\n",
            "/sys/fs/cgroup/a/b/cpu.max": "800000 100000\n",
            "/sys/fs/cgroup/a/cpu.max": "300000 100000\n",
            "/sys/fs/cgroup/cpu.max": "1600000 100000\n",
        ]
        #expect(Self.limits("0::/a/b/c\n", files) == [8, 3, 16])
        // In a container the path of the host is not there, but the root of the mount is.
        #expect(Self.limits("0::/docker/1234\n", files) == [16])
        #expect(Self.limits("0::/\n", files) == [16])
    }

    @Test func version1() {
        let membership = "12:memory:/app\n4:cpu,cpuacct:/app\n1:name=systemd:/app\n"
        let folder = "/sys/fs/cgroup/cpu/app"
        #expect(
            Self.limits(
                membership, ["\(folder)/cpu.cfs_quota_us": "150000\n", "\(folder)/cpu.cfs_period_us": "100000\n"])
                == [2])
        #expect(
            Self.limits(membership, ["\(folder)/cpu.cfs_quota_us": "-1\n", "\(folder)/cpu.cfs_period_us": "100000\n"])
                == [])
        #expect(Self.limits(membership, ["\(folder)/cpu.cfs_quota_us": "150000\n"]) == [])
        // Not the group of the processor.
        let memory = [
            "/sys/fs/cgroup/cpu/app/cpu.cfs_quota_us": "1\n", "/sys/fs/cgroup/cpu/app/cpu.cfs_period_us": "1\n",
        ]
        #expect(Self.limits("12:memory,cpuset:/app\n", memory) == [])
    }

    @Test func bothVersionsAtOnce() {
        let files = [
            "/sys/fs/cgroup/x/cpu.max": "400000 100000\n",
            "/sys/fs/cgroup/cpu/y/cpu.cfs_quota_us": "200000\n",
            "/sys/fs/cgroup/cpu/y/cpu.cfs_period_us": "100000\n",
        ]
        #expect(Self.limits("2:cpu:/y\n0::/x\n", files) == [2, 4])
    }

    @Test(
        arguments: [
            "", "\n", "100000\n", "100000 0\n", "0 100000\n", "-1 100000\n", "100000 -1\n", "a b\n", "1 2 3\n",
            "9223372036854775808 1\n", "\u{1} \u{1}", "100000 100000 \n\nx",
        ])
    func malformedFilesAreNoLimit(text: String) {
        #expect(Self.limits("0::/app\n", ["/sys/fs/cgroup/app/cpu.max": text]) == [])
    }

    @Test func anEnormousQuotaIsNoTrap() {
        let text = "\(Int.max) 1\n"
        #expect(Self.limits("0::/app\n", ["/sys/fs/cgroup/app/cpu.max": text]) == [Int.max])
    }

    @Test(arguments: ["", "x", "0:", "0:::", "::", "0::", "cpu", "1:cpu", "\n\n:::\n", "0:cpu,:"])
    func malformedMembershipIsNoTrap(membership: String) {
        _ = Self.limits(membership) { _ in "100000 100000" }
    }

    private static func limits(_ membership: String, read: (String) -> String?) -> [Int] {
        CgroupQuota.limits(membership: membership, read: read)
    }
}

struct ProcessorsAndClockTests {
    @Test func thereIsAProcessor() {
        #expect(Processors.available() >= 1)
    }

    @Test func theClockOnlyGoesForward() {
        var last = MonotonicClock.now
        for _ in 0..<10_000 {
            let now = MonotonicClock.now
            guard now >= last else {
                Issue.record("\(now) after \(last)")
                return
            }
            last = now
        }
    }

    @Test func unsetVariablesAreNil() {
        #expect(Environment.value(of: "PHASH_TESTS_NEVER_SET_THIS") == nil)
        #expect(Environment.value(of: "PATH")?.isEmpty == false)
    }
}
