import Foundation
import Glibc
import Testing

extension TheProgram {
    /// What a child may do once it is ready: read and answer its doorbell, use memory, end. Nothing else.
    @Suite struct Confinement {
        private static let forbiddenCalls = [
            "open", "socket", "signal-parent", "signal-everyone", "spawn", "write-elsewhere", "vector-elsewhere",
            "duplicate", "map-code",
            "map-file", "make-code",
        ]

        @Test func aForbiddenCallKillsTheChild() throws {
            let hooks = Self.forbiddenCalls.map { "\(Hooks.marker)call-\($0)" }
            let codes = Dictionary(uniqueKeysWithValues: hooks.map { ($0, "worker_crashed") })
            let lines = Hooks.neighbours(20) + hooks + Hooks.neighbours(20)
            let outcome = try Hooks.expectErrors(["-j", "2"], lines: lines, codes: codes)
            let reason = "its worker was killed by signal \(SIGSYS) (Bad system call), tried 3 times"
            #expect(outcome.lines.count { $0.contains(reason) } == hooks.count, outcome.story)
        }

        /// What the C library has to say before it ends a process, it says by a call of its own.
        @Test func lastWordsAreHeard() throws {
            let input = Array("\(Hooks.marker)call-last-words\n".utf8)
            let outcome = try run(Launch(binary: .hooks, arguments: ["-r", "1"]), input: input)
            #expect(outcome.ending == .exit(0) && outcome.errorText == "phash: last words\n", outcome.story)
        }

        /// A job may say that it needs more; then what kills others does not kill its children.
        @Test func aJobCanKeepItsSystemCalls() throws {
            let input = Array("\(Hooks.marker)call-open\n".utf8)
            var launch = Launch(binary: .hooks, arguments: ["-r", "1"])
            launch.environment = ["PHASH_TEST_HOOK": "unconfined"]
            let outcome = try run(launch, input: input)
            outcome.expect(0)
            try Oracle.expectRight([.init(arguments: launch.arguments, input: input, output: outcome.output)])
        }

        @Test func aSystemWithoutSeccompIsNamedAndWorks() throws {
            for verbose in [[], ["-v"]] {
                var launch = Launch(binary: .hooks, arguments: ["-r", "1", "-j", "1"] + verbose)
                launch.environment = ["PHASH_TEST_HOOK": "no-seccomp"]
                let outcome = try run(launch, input: Array("a\n".utf8))
                #expect(outcome.ending == .exit(0), outcome.story)
                #expect(countNewlines(outcome.output) == 1, outcome.story)
                let text = "phash: worker 1: its system calls cannot be restricted: Function not implemented\n"
                #expect(outcome.errorText.contains(text) == !verbose.isEmpty, outcome.story)
            }
        }

        /// Starts phash and waits until it has a child that is ready.
        private func running(_ launch: Launch) throws -> (program: RunningProgram, child: pid_t) {
            let program = try RunningProgram(launch)
            program.send("a\n")
            _ = try program.nextLines(1)
            return (program, try #require(program.children.first))
        }

        private func expectEnd(_ program: RunningProgram) throws {
            try program.finish().expect(0)
        }

        @Test(arguments: ["sha512", "sha256", "md5", "blake2b512"])
        func theSystemKnowsOfIt(_ algorithm: String) throws {
            let (program, child) = try running(Launch(arguments: ["-r", "1", "-a", algorithm]))
            let status = try #require(ProcessTable.text("/proc/\(child)/status"))
            #expect(status.contains("\nNoNewPrivs:\t1\n"))
            #expect(status.contains("\nSeccomp:\t2\n"))
            let limits = try #require(ProcessTable.text("/proc/\(child)/limits"))
            let core = try #require(limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") })
            #expect(core.split(separator: " ").suffix(3) == ["0", "0", "bytes"], "\(core)")
            try expectEnd(program)
        }

        /// Nobody but root may look into a child: what `/proc` has of it is root's, whosever the child is.
        @Test func aChildCannotBeDumped() throws {
            var launch = Launch(arguments: ["-r", "1"])
            if getuid() == 0 {
                // By its descriptor: the folder that the program lies in may be closed to others.
                let commands = #"exec 9< "$1"; shift; exec setpriv --reuid 65534 --clear-groups /proc/self/fd/9 "$@""#
                launch.wrapper = ["sh", "-c", commands, "sh"]
            }
            let (program, child) = try running(launch)
            func owner(_ file: String, of process: pid_t) throws -> Int? {
                let attributes = try FileManager.default.attributesOfItem(atPath: "/proc/\(process)/\(file)")
                return (attributes[.ownerAccountID] as? NSNumber)?.intValue
            }
            let user = getuid() == 0 ? 65534 : Int(getuid())
            #expect(try owner("stat", of: program.processIdentifier) == user)
            for file in ["mem", "maps", "environ", "fd"] {
                #expect(try owner(file, of: child) == 0, "/proc/\(child)/\(file)")
            }
            try expectEnd(program)
        }

        /// Being stopped and continued ends in a system call of its own, restart_syscall(2), in the middle of another.
        @Test func aChildGoesOnAfterAStop() throws {
            let (program, child) = try running(Launch(arguments: ["-r", "1"]))
            for number in 2...4 {
                kill(child, SIGSTOP)
                try program.wait("the child to stop") { ProcessTable.entry(child)?.state == "T" }
                kill(child, SIGCONT)
                program.send("b\n")
                let line = try program.nextLines(1)
                #expect(line.first?.contains("\"line\":\(number),") == true, "\(line)")
            }
            #expect(program.children == [child])
            try expectEnd(program)
        }

        /// A long record that comes alone is hashed by other code than the rest, which must need no more than they.
        @Test(arguments: ["openssl", "portable", ""])
        func recordsOfAllLengthsAreHashed(_ kernel: String) throws {
            for algorithm in ["sha512", "sha384", "sha256", "sha224", "sha512-256", "sha512-224", "sha3-512"] {
                var launch = Launch(arguments: ["-r", "1", "-j", "1", "-a", algorithm])
                launch.environment = ["PHASH_KERNEL": kernel]
                let program = try RunningProgram(launch)
                var input: [UInt8] = []
                var output = ""
                var children: Set<pid_t> = []
                for length in [0, 1, 1_023, 1_024, 100_000] {
                    let line = [UInt8](repeating: 0x61, count: length) + [0x0A]
                    input += line
                    program.send(line)
                    output += try program.nextLines(1).joined() + "\n"
                    children.formUnion(program.children)
                }
                // Nothing but the first child was needed.
                #expect(children.count == 1)
                let outcome = try program.finish()
                outcome.expect(0)
                let run = Oracle.Run(arguments: launch.arguments, input: input, output: outcome.output)
                try Oracle.expectRight([run])
            }
        }
    }
}
