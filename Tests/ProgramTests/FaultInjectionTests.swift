import Foundation
import Glibc
import Testing

extension TheProgram {
    /// System calls that fail, in the parent and in its children: `PHASH_TEST_FAULTS` of the test build, whose words
    /// `Sources/CPhashPosix/include/CPhashFaults.h` lists. What others do to children from outside is in `Faults`.
    ///
    /// The test build is one and the same for both ways of linking.
    @Suite(.enabled(if: ProcessInfo.processInfo.environment["PHASH_LINK"] != "dynamic", "run with the static program"))
    struct InjectedFaults {
        static let arguments = ["-r", "2", "-j", "2"]
        static let input = Inputs.lines(2_000, distinct: 100)
        /// What comes out when nothing fails; said to be right by the oracle.
        static let expected = Result {
            let outcome = try phash(arguments, input: input, binary: .hooks)
            outcome.expect(0)
            try Oracle.expectRight([Oracle.Run(arguments: arguments, input: input, output: outcome.output)])
            return outcome
        }

        static func launch(_ faults: String, _ order: [String] = [], output: Launch.Stream = .pipe) -> Launch {
            var launch = Launch(binary: .hooks, arguments: arguments + order, output: output)
            launch.environment["PHASH_TEST_FAULTS"] = faults
            return launch
        }

        /// Runs to the end, within bounds, and looks for children that are left.
        static func outcome(_ launch: Launch, input: [UInt8] = input) throws -> Outcome {
            let program = try RunningProgram(launch)
            program.send(input)
            let outcome = try program.finish()
            let group = program.processIdentifier
            try program.wait("the end of all its children") { ProcessTable.members(ofGroup: group).isEmpty }
            return outcome
        }

        /// Expects that what came out is the beginning of what comes out when nothing fails, in whole records.
        static func expectBeginning(
            _ outcome: Outcome, isCut: Bool = false, sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            let isBeginning = try expected.get().output.starts(with: outcome.output)
            let isWhole = outcome.output.isEmpty || outcome.output.last == 0x0A
            #expect(isBeginning && (isWhole || isCut), outcome.story, sourceLocation: sourceLocation)
        }

        /// Expects records of the full output, each at most once, in any order.
        static func expectSome(_ outcome: Outcome, sourceLocation: SourceLocation = #_sourceLocation) throws {
            let lines = outcome.lines
            let all = Set(try expected.get().lines)
            let isPart = Set(lines).count == lines.count && all.isSuperset(of: lines)
            let isWhole = outcome.output.isEmpty || outcome.output.last == 0x0A
            #expect(isPart && isWhole, outcome.story, sourceLocation: sourceLocation)
        }

        static func expectRecovery(_ faults: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
            let outcome = try outcome(launch(faults))
            outcome.expect(0, sourceLocation: sourceLocation)
            let isSame = try outcome.output == expected.get().output
            #expect(isSame, "\(faults): \(outcome.story)", sourceLocation: sourceLocation)
        }

        static func expectEnd(
            _ faults: String, _ status: Int32, _ message: String, isCut: Bool = false,
            sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            let outcome = try outcome(launch(faults))
            outcome.expect(status, sourceLocation: sourceLocation)
            let says = outcome.errorText == "phash: \(message)\n"
            #expect(says, "\(faults): \(outcome.story)", sourceLocation: sourceLocation)
            try expectBeginning(outcome, isCut: isCut, sourceLocation: sourceLocation)
        }

        @Test(arguments: [
            "posix_spawn=EAGAIN@1", "posix_spawn=ENOMEM@2", "posix_spawn=EAGAIN@2+", "posix_spawn=EMFILE/2",
            "memfd_create=EMFILE@1", "memfd_create=ENOMEM@2", "memfd_create=EINVAL@1", "ftruncate=ENOSPC@1",
            "ftruncate=ENOMEM@2", "parent:mmap=ENOMEM@1", "parent:mmap=ENOMEM@2", "F_ADD_SEALS=EBUSY@1",
            "F_ADD_SEALS=EPERM@2", "F_ADD_SEALS=EPERM@3", "socketpair=EMFILE@1", "F_SETFL=EPERM@1",
            "parent:write=EAGAIN@1", "parent:write=EIO@1",
            "child1:mmap=ENOMEM@1", "child1:mmap=ENOMEM@2", "child1:lseek=EINVAL", "child1:read=EIO@1",
            "child1:read=EIO@3", "child1:write=EIO@1",
        ])
        func aStartThatFailsIsTriedAgain(faults: String) throws {
            try Self.expectRecovery(faults)
        }

        @Test func sevenStartsThatFailAreNotTheEnd() throws {
            try Self.expectRecovery((1...7).map { "posix_spawn=EAGAIN@\($0)" }.joined(separator: " "))
        }

        @Test(arguments: [
            ("posix_spawn=EAGAIN", "Resource temporarily unavailable"),
            ("posix_spawn=ENOMEM", "Cannot allocate memory"),
            ("memfd_create=EMFILE", "Too many open files"), ("memfd_create=ENOSYS", "Function not implemented"),
            ("ftruncate=ENOSPC", "No space left on device"), ("parent:mmap=ENOMEM", "Cannot allocate memory"),
            ("F_ADD_SEALS=EPERM", "Operation not permitted"), ("socketpair=EMFILE", "Too many open files"),
            ("F_SETFL=EPERM", "Operation not permitted"), ("F_DUPFD_CLOEXEC=EMFILE@5+", "Too many open files"),
            ("child:mmap=ENOMEM@1", "Cannot allocate memory"),
            ("child:mmap=ENOMEM@2", "Cannot allocate memory"), ("child:lseek=EINVAL", "Invalid argument"),
            ("child:read=EIO@1", "the last one exited with status 70 before it was ready"),
        ])
        func childrenThatCannotBeStarted(faults: String, why: String) throws {
            try Self.expectEnd(faults, 70, "worker processes cannot be started: \(why)")
        }

        /// A child dies with records in its hands, and those that are to follow it cannot be started.
        @Test func aReplacementThatCannotBeStarted() throws {
            try Self.expectRecovery("child1:write=EIO@2 posix_spawn=EAGAIN@2 posix_spawn=EAGAIN@3")
            var launch = Self.launch("child:write=EIO@4 posix_spawn=EAGAIN@3+")
            // One record at a time, so that some are written before.
            launch.arguments += ["--buffer", "1"]
            let outcome = try Self.outcome(launch)
            outcome.expect(70)
            #expect(outcome.errorText.hasSuffix("cannot be started: Resource temporarily unavailable\n"), outcome.story)
            #expect(!outcome.output.isEmpty, outcome.story)
            try Self.expectBeginning(outcome)
        }

        @Test(arguments: [
            "poll=EINTR/2", "waitpid=EINTR/2", "waitpid=ECHILD", "close=EINTR", "close#1=EINTR", "fallocate=ENOSPC",
            "F_GETPIPE_SZ=EBADF", "F_SETPIPE_SZ=EPERM", "FIONREAD=EIO", "open=EACCES", "open=EMFILE",
            "parent:fstat=EIO@1", "F_DUPFD_CLOEXEC=EMFILE@1",
            "F_DUPFD_CLOEXEC=EMFILE@2", "parent:read#0=EAGAIN/2", "writev=EAGAIN/2",
            "parent:write=short", "child:write=short", "read=short",
        ])
        func aCallThatNobodyMisses(faults: String) throws {
            try Self.expectRecovery(faults)
        }

        @Test(arguments: [
            ("pipe2=EMFILE", 70, "signals cannot be caught: Too many open files"),
            // With one end of the pipe alone a signal would arrive and wake nobody. (1 is stderr, 2 is stdout.)
            ("F_DUPFD_CLOEXEC=EMFILE@3", 70, "signals cannot be caught: Too many open files"),
            ("F_DUPFD_CLOEXEC=EMFILE@4", 70, "signals cannot be caught: Too many open files"),
            ("sigaction=EINVAL@2", 70, "signals cannot be caught: Invalid argument"),
            ("parent:poll=ENOMEM@1", 70, "poll: Cannot allocate memory"),
            ("parent:poll=ENOMEM@6", 70, "poll: Cannot allocate memory"),
            ("parent:fstat#1=EIO", 74, "standard output: Input/output error"),
            ("read#0=EIO@1", 74, "standard input: Input/output error"),
            ("read#0=EIO@2", 74, "standard input: Input/output error"),
            ("writev=EIO@1", 74, "standard output: Input/output error"),
            ("writev=ENOSPC@2", 74, "standard output: No space left on device"),
            ("close#1=ENOSPC", 74, "standard output: No space left on device"),
            ("close#1=EDQUOT", 74, "standard output: Disk quota exceeded"),
        ])
        func aCallThatEndsIt(faults: String, status: Int, message: String) throws {
            try Self.expectEnd(faults, Int32(status), message)
        }

        /// The shipped build has no such layer, so it runs as ever.
        @Test func theShippedBuildHasNoFaults() throws {
            var launch = Self.launch("read=EIO and nothing that could be understood")
            launch.binary = .phash
            let outcome = try Self.outcome(launch)
            outcome.expect(0)
            let isSame = try outcome.output == Self.expected.get().output
            #expect(isSame, outcome.story)
        }

        /// A signal that comes while the last message waits for stderr does not swallow it.
        @Test func anInterruptedMessage() throws {
            let message = "signals cannot be caught: Too many open files"
            try Self.expectEnd("pipe2=EMFILE poll=EINTR@1", 70, message)
            try Self.expectEnd("pipe2=EMFILE write#2=short/1 write#2=EINTR/2", 70, message)
        }

        /// A full device: what fitted is there, to the byte.
        @Test(arguments: [1, 150, 5_000, 100_000])
        func aDeviceThatFillsUp(bytes: Int) throws {
            let directory = try TemporaryDirectory()
            let file = "\(directory.path)/out"
            for output in [Launch.Stream.pipe, .socket, .file(file)] {
                let faults = "writev#1=ENOSPC>\(bytes) sendmsg=ENOSPC>\(bytes) writev=ENOSPC>\(bytes)"
                var outcome = try Self.outcome(Self.launch(faults, output: output))
                if case .file = output { outcome = outcome.replacingOutput(try bytesOf(file)) }
                outcome.expect(74)
                let message = "phash: standard output: No space left on device\n"
                #expect(outcome.errorText == message && outcome.output.count == bytes, outcome.story)
                try Self.expectBeginning(outcome, isCut: true)
            }
        }

        private func bytesOf(_ path: String) throws -> [UInt8] {
            [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        }

        /// Everything short and interrupted at once.
        @Test func storms() throws {
            let directory = try TemporaryDirectory()
            let calls = ["read", "write", "writev", "sendmsg"]
            let faults =
                (calls.map { "\($0)=short~30%" } + (calls + ["poll"]).map { "\($0)=EINTR~30%" }).joined(separator: " ")
            var runs: [Oracle.Run] = []
            for seed in 1...3 {
                let file = "\(directory.path)/out\(seed)"
                for (order, output) in [
                    (["-k"], Launch.Stream.pipe), (["-u"], .pipe), (["-k"], .socket), (["-u"], .file(file)),
                ] {
                    let launch = Self.launch("seed=\(seed) \(faults)", order, output: output)
                    var outcome = try Self.outcome(launch)
                    if case .file = output { outcome = outcome.replacingOutput(try bytesOf(file)) }
                    outcome.expect(0)
                    runs.append(Oracle.Run(arguments: launch.arguments, input: Self.input, output: outcome.output))
                }
            }
            try Oracle.expectRight(runs)
        }

        /// Anything that can fail does now and then. Whatever comes of it is one of the ends that there may be.
        @Test(arguments: [1, 2, 3, 4])
        func anything(seed: Int) throws {
            let faults = """
                seed=\(seed) posix_spawn=EAGAIN~20% memfd_create=ENOMEM~20% ftruncate=ENOMEM~10% mmap=ENOMEM~10% \
                F_ADD_SEALS=EPERM~10% socketpair=EMFILE~20% F_DUPFD_CLOEXEC=EMFILE~10% F_SETFL=EPERM~10% \
                parent:write=EIO~5% parent:poll=ENOMEM~2% poll=EINTR~20% read#0=EIO~10% writev=ENOSPC~10% \
                waitpid=EINTR~20% fallocate=EIO~50% close=EIO~20%
                """
            for order in ["-k", "-u"] {
                let outcome = try Self.outcome(Self.launch(faults, [order]))
                let isKnown = [.exit(0), .exit(70), .exit(74)].contains(outcome.ending)
                #expect(isKnown, outcome.story)
                let messages = outcome.ending == .exit(0) ? 0 : 1
                let isOneLine = countNewlines(outcome.errorOutput) == messages
                #expect(isOneLine && (messages == 0 || outcome.errorText.hasPrefix("phash: ")), outcome.story)
                if outcome.ending == .exit(0) {
                    #expect(outcome.lines.count == 2_000, outcome.story)
                }
                if order == "-k" { try Self.expectBeginning(outcome) } else { try Self.expectSome(outcome) }
            }
        }

        /// What was acquired before something failed is given back.
        @Test func noDescriptorIsLostWhereAStartFails() throws {
            let faults = [
                "F_DUPFD_CLOEXEC=EMFILE@5", "F_DUPFD_CLOEXEC=EMFILE@6", "F_DUPFD_CLOEXEC=EMFILE@7",
                "F_DUPFD_CLOEXEC=EMFILE@8", "memfd_create=ENOMEM@1", "memfd_create=ENOMEM@2", "ftruncate=ENOSPC@2",
                "parent:mmap=ENOMEM@1", "parent:mmap=ENOMEM@2", "F_ADD_SEALS=EPERM@1", "F_ADD_SEALS=EPERM@3",
                "socketpair=EMFILE@1", "F_SETFL=EPERM@1", "parent:write=EIO@1", "posix_spawn=EAGAIN@1",
                "child1:mmap=ENOMEM@1",
            ]
            let usual = try descriptors(with: "seed=1")
            for fault in faults {
                let found = try descriptors(with: fault)
                #expect(found.count == usual.count, "\(fault): \(found), without it \(usual)")
            }
        }

        /// The parent's open descriptors when one child has answered.
        private func descriptors(with faults: String) throws -> [Int: String] {
            var launch = Self.launch(faults)
            launch.arguments = ["-r", "1", "-j", "1"]
            let program = try RunningProgram(launch)
            program.send("one\n")
            _ = try program.nextLine()
            let descriptors = ProcessTable.descriptors(program.processIdentifier)
            try program.finish().expect(0)
            return descriptors
        }

        /// A word that cannot be understood is never taken for no fault.
        @Test(arguments: [
            "read", "read=", "read=EFOO", "bogus=EIO", "read=EIO@", "read=EIO@0", "read=EIO@1x", "read=EIO~200%",
            "read=EIO~20", "poll=short", "poll=EIO>5", "clock_gettime=EIO", "read=+5", "clock_gettime=+",
            "somebody:read=EIO", "childx:read=EIO", "child0:read=EIO", "read#=EIO", "seed=x",
            "read=EIO@99999999999999999999",
        ])
        func aWordThatIsNone(word: String) throws {
            let outcome = try Self.outcome(Self.launch("read=EINTR/2 \(word)"))
            outcome.expect(64, "")
            #expect(outcome.errorText.hasPrefix("phash: PHASH_TEST_FAULTS: '\(word)': "), outcome.story)
            #expect(countNewlines(outcome.errorOutput) == 1, outcome.story)
        }
    }
}

extension Outcome {
    /// The same with what stands in the file that stdout was.
    func replacingOutput(_ bytes: [UInt8]) -> Outcome {
        Outcome(command: command, ending: ending, output: bytes, errorOutput: errorOutput)
    }
}
