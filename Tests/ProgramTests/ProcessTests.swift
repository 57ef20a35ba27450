import Foundation
import Glibc
import Testing

extension TheProgram {
    /// Contract section 5: how many children there are.
    @Suite struct Processes {
        @Test func oneLineStartsOneChildAndKeepsIt() throws {
            let program = try RunningProgram("-j", "16", "-r", "1")
            program.send("first\n")
            _ = try program.nextLine()
            let children = program.children
            #expect(children.count == 1, program.story)
            for _ in 0..<10 {
                program.send("another\n")
                _ = try program.nextLine()
                #expect(program.children == children, program.story)
            }
            try program.finish().expect(0)
            #expect(!ProcessTable.isAlive(children[0]))
        }

        @Test func noInputStartsNone() throws {
            let program = try RunningProgram("-j", "16")
            let status = try program.status()
            #expect(program.children.isEmpty, program.story)
            #expect(status["jobs"] as? Int == 16, program.story)
            #expect((status["workers"] as? [Any])?.isEmpty == true, program.story)
            #expect(try program.finish().ending == .exit(0))
        }

        /// Starts slow work for as many children as there may be, and waits until there are that many.
        private func expectChildren(_ count: Int, _ launch: Launch) throws {
            var launch = launch
            launch.arguments += ["-r", try Pace.rounds(seconds: 0.02)]
            let program = try RunningProgram(launch)
            program.send(Inputs.lines(8_000, distinct: 8_000))
            try program.wait("\(count) children, there are \(program.children.count)") {
                program.children.count >= count
            }
            _ = try program.nextLines(50)
            #expect(program.children.count == count, program.story)
        }

        @Test(arguments: [1, 3, 16])
        func plentyOfInputStartsThemAll(_ jobs: Int) throws {
            try expectChildren(jobs, Launch(arguments: ["-j", "\(jobs)"]))
        }

        @Test func plentyOfInputInTheOrderOfCompletionToo() throws {
            try expectChildren(16, Launch(arguments: ["--jobs", "16", "-u"]))
        }

        private func jobs(_ arguments: [String], wrapper: [String] = []) throws -> Int {
            let program = try RunningProgram(Launch(arguments: arguments, wrapper: wrapper))
            let jobs = try program.status()["jobs"] as? Int
            #expect(try program.finish().ending == .exit(0))
            return try #require(jobs, program.story)
        }

        /// The processors that this process may use, as Python and coreutils see them.
        private func affinity() throws -> [Int] {
            try tool("python3", ["-c", "import os; print(*sorted(os.sched_getaffinity(0)))"])
                .split(whereSeparator: \.isWhitespace).map { Int($0)! }
        }

        @Test func theFormsOfJobs() throws {
            let processors = try jobs([])
            let allowed = try affinity().count
            #expect(processors >= 1 && processors <= allowed)
            let quota = ProcessTable.text("/sys/fs/cgroup/cpu.max") ?? "max"
            if quota.hasPrefix("max") { #expect(processors == allowed) }
            #expect(try jobs(["-j", "0"]) == processors)
            #expect(try jobs(["-j", "+1"]) == processors + 1)
            #expect(try jobs(["--jobs", "+3"]) == processors + 3)
            #expect(try jobs(["-j", "-1"]) == max(1, processors - 1))
            #expect(try jobs(["--jobs=-1"]) == max(1, processors - 1))
            #expect(try jobs(["-j", "-1000"]) == 1)
            #expect(try jobs(["-j", "100%"]) == processors)
            #expect(try jobs(["-j", "200%"]) == 2 * processors)
            let half = try jobs(["-j", "50%"])
            #expect(half >= max(1, processors / 2) && half <= (processors + 1) / 2)
            #expect(try jobs(["-j", "7"]) == 7)
        }

        @Test func theAffinityMaskIsTheDefault() throws {
            let wrapper = ["taskset", "-c", "\(try affinity()[0])"]
            #expect(try jobs([], wrapper: wrapper) == 1)
            #expect(try jobs(["-j", "+1"], wrapper: wrapper) == 2)
            #expect(try jobs(["-j", "50%"], wrapper: wrapper) == 1)
            try expectChildren(1, Launch(wrapper: wrapper))
            try expectChildren(2, Launch(arguments: ["-j", "+1"], wrapper: wrapper))
        }
    }

    /// Contract sections 5 and 7: what a child is, and that it never outlives its parent.
    @Suite struct Children {
        /// A program that has two children at work on records that never end.
        private func busy(_ more: String...) throws -> RunningProgram {
            let program = try RunningProgram(Launch(arguments: ["-j", "2", "-r", Pace.endless] + more))
            program.send("swordfish one\nswordfish two\n")
            try program.wait("two children") { program.children.count == 2 }
            return program
        }

        @Test func allAreCalledPhash() throws {
            let program = try busy()
            for process in [program.processIdentifier] + program.children {
                try program.wait("\(process) to be called phash") { ProcessTable.entry(process)?.name == "phash" }
            }
        }

        @Test func argumentsAndEnvironmentHoldNothingOfTheRecords() throws {
            let program = try busy()
            for child in program.children {
                try program.wait("the child to be phash") { ProcessTable.entry(child)?.name == "phash" }
                let arguments = try #require(ProcessTable.text("/proc/\(child)/cmdline"))
                let environment = ProcessTable.text("/proc/\(child)/environ") ?? ""
                #expect(!arguments.contains("swordfish") && !environment.contains("swordfish"))
            }
        }

        /// A child has nothing but stdin, stdout, stderr, its doorbell and its memory, whatever phash inherited.
        @Test(.enabled(if: getuid() == 0, "only root may see the descriptors of a child"))
        func aChildHasFewDescriptors() throws {
            let wrapper = Launch.shell("exec 5</dev/zero 9>leak 8</etc/passwd")
            let program = try RunningProgram(Launch(arguments: ["-j", "4", "-r", "1"], wrapper: wrapper))
            program.send(Inputs.lines(20_000, distinct: 10))
            _ = try program.nextLines(20_000)
            let parents = ProcessTable.descriptors(program.processIdentifier)
            for child in program.children {
                let descriptors = ProcessTable.descriptors(child)
                #expect(descriptors.count <= 6, "\(descriptors)")
                #expect([0, 1, 2].allSatisfy { descriptors[$0] != nil }, "\(descriptors)")
                // The pipes of stdin and stdout in a child would keep the neighbours of phash waiting for their end.
                #expect(!descriptors.values.contains { $0 == parents[0] || $0 == parents[1] }, "\(descriptors)")
                let leaked = descriptors.values.filter { target in
                    target == "/dev/zero" || target.hasSuffix("/leak") || target == "/etc/passwd"
                }
                #expect(leaked.isEmpty, "\(descriptors)")
            }
            try program.finish().expect(0)
        }

        @Test func noChildOutlivesAKilledParentAtWork() throws {
            let program = try busy()
            let children = program.children
            program.signal(SIGKILL)
            try program.waitForDeath(of: children)
            #expect(try program.waitForEnd().ending == .signal(SIGKILL))
        }

        @Test func noChildOutlivesAKilledIdleParent() throws {
            let program = try RunningProgram("-j", "4", "-r", try Pace.rounds(seconds: 0.01))
            program.send(Inputs.lines(40, distinct: 40))
            _ = try program.nextLines(40)
            let children = program.children
            #expect(!children.isEmpty)
            program.signal(SIGKILL)
            try program.waitForDeath(of: children)
        }

        /// A stopped child cannot notice anything; the system must end it.
        @Test func noStoppedChildOutlivesAKilledParent() throws {
            let program = try busy()
            let children = program.children
            for child in children { kill(child, SIGSTOP) }
            program.signal(SIGKILL)
            try program.waitForDeath(of: children)
        }

        @Test func childrenOfOthersAreLeftAlone() throws {
            let shell = Launch.shell(
                "sleep 1000 </dev/null >/dev/null 2>&1 & echo $! >sleeper; (exit 3) & echo $! >other")
            let program = try RunningProgram(Launch(arguments: ["-j", "2", "-r", "1"], wrapper: shell))
            program.send("hello\n")
            #expect(try program.nextLine().contains("\"hello\""))
            let text = try String(contentsOfFile: "\(program.directory.path)/sleeper", encoding: .utf8)
            let sleeper = try #require(pid_t(text.dropLast()))
            defer { kill(sleeper, SIGKILL) }
            for child in program.children where child != sleeper { kill(child, SIGKILL) }
            program.send("again\n")
            #expect(try program.nextLine().contains("\"again\""))
            try program.finish().expect(0)
            #expect(ProcessTable.isAlive(sleeper))
        }
    }
}
