import Foundation
import Glibc
import Testing

extension TheProgram {
    /// The key is where it is needed and nowhere else.
    @Suite struct KeySecrecy {
        private static let secret = Array(Keys.key.dropLast())

        /// Runs phash with a key until it has hashed a record, as somebody who is not root.
        private func running(_ arguments: [String], path: String?) throws -> RunningProgram {
            var launch = Launch(
                arguments: ["-r", "1", "-j", "1"] + (path == nil ? [] : ["--key-fd", "8"]) + arguments)
            // By descriptors: the folders that the program and the key lie in may be closed to others.
            let commands = #"exec 8< "$1" 9< "$2"; shift 2; "#
            let start = #"exec setpriv --reuid 65534 --clear-groups /proc/self/fd/9 "$@""#
            launch.wrapper = ["sh", "-c", commands + (getuid() == 0 ? start : #"exec /proc/self/fd/9 "$@""#), "sh"]
            launch.wrapper.append(path ?? "/dev/null")
            let program = try RunningProgram(launch)
            program.send("a\n")
            _ = try program.nextLine()
            return program
        }

        private func owner(_ path: String) throws -> Int? {
            (try FileManager.default.attributesOfItem(atPath: path)[.ownerAccountID] as? NSNumber)?.intValue
        }

        /// A key in a file that only the test can name: everything else about the process can be looked at.
        @Test func itIsInNoArgumentEnvironmentOrMessage() throws {
            let (folder, path) = try Keys.keyFile()
            let program = try running(["-v", "--tag", "--key-id", "q3"], path: path)
            let processes = [program.processIdentifier] + program.children
            #expect(processes.count == 2)
            for process in processes {
                for file in ["cmdline", "environ", "comm", "status", "maps"] {
                    // What cannot be read tells nothing either.
                    let text = ProcessTable.text("/proc/\(process)/\(file)") ?? ""
                    #expect(!text.contains("k3Y-of"), "/proc/\(process)/\(file)")
                }
            }
            #expect(ProcessTable.text("/proc/\(processes[1])/cmdline") == "phash\0--worker\0")
            program.signal(SIGUSR1)
            try program.wait("a status line") { program.errorText.contains(#""records_in":1"#) }
            let outcome = try program.finish()
            #expect(outcome.ending == .exit(0), outcome.story)
            #expect(outcome.errorText.contains("process \(processes[1]) started"), outcome.story)
            for text in [outcome.errorText, outcome.outputText] { #expect(!text.contains("k3Y-of"), outcome.story) }
            withExtendedLifetime(folder) {}
        }

        /// With a key nobody but root may look into the parent, and without one everything is as it was.
        @Test func theParentIsClosedToOthers() throws {
            let (folder, path) = try Keys.keyFile()
            let user = getuid() == 0 ? 65534 : Int(getuid())
            for isKeyed in [true, false] {
                let program = try running([], path: isKeyed ? path : nil)
                let process = program.processIdentifier
                for file in ["mem", "maps", "environ", "fd"] {
                    #expect(try owner("/proc/\(process)/\(file)") == (isKeyed ? 0 : user), "/proc/\(process)/\(file)")
                }
                let limits = try #require(ProcessTable.text("/proc/\(process)/limits"))
                let core = try #require(limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") })
                if isKeyed { #expect(core.split(separator: " ").suffix(3) == ["0", "0", "bytes"], "\(core)") }
                try program.finish().expect(0)
            }
            withExtendedLifetime(folder) {}
        }

        /// With all cores allowed, SIGABRT and SIGQUIT leave none.
        @Test(arguments: [SIGABRT, SIGQUIT])
        func thereIsNoCore(_ signal: Int32) throws {
            let (folder, path) = try Keys.keyFile()
            let script = """
                import os, resource, subprocess, sys
                hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
                resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
                os.chdir(sys.argv[3])
                child = subprocess.Popen([sys.argv[1], "-r", "1", "--key-file", sys.argv[2]],
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE)
                child.stdin.write(b"a\\n")
                child.stdin.flush()
                child.stdout.readline()
                os.kill(child.pid, \(signal))
                status = os.waitpid(child.pid, 0)[1]
                print(os.WTERMSIG(status), os.WCOREDUMP(status), os.listdir("."))
                """
            let place = try TemporaryDirectory()
            let arguments = ["-c", script, try Binary.phash.path(), path, place.path]
            #expect(try tool("python3", arguments) == "\(signal) False []\n")
            withExtendedLifetime(folder) {}
        }

        /// Of what was made on the way nothing is left: the parent has the key and the greeting for its next child, and a
        /// child that hashes in lanes only what it has made of it.
        @Test func noCopyIsLeftInMemory() throws {
            let (folder, path) = try Keys.keyFile()
            for job in [["-a", "sha512"], ["-a", "sha256"], ["--json-field", "/a"]] {
                var launch = Launch(arguments: ["-r", "1", "-j", "1", "--key-file", path] + job)
                launch.environment = ["PHASH_KERNEL": "portable"]
                let program = try RunningProgram(launch)
                for _ in 0..<3 {
                    program.send(#"{"a":"b"}"# + "\n")
                    _ = try program.nextLine()
                    for child in program.children { kill(child, SIGKILL) }
                }
                program.send(#"{"a":"b"}"# + "\n")
                _ = try program.nextLine()
                let child = try #require(program.children.first)
                let (ofParent, ofChild) = (try copies(in: program.processIdentifier), try copies(in: child))
                // Only root may look.
                if let ofParent, let ofChild {
                    #expect(ofParent == 2 && ofChild == 0, "\(job): \(ofParent) and \(ofChild)")
                } else {
                    #expect(ofParent == nil && ofChild == nil)
                }
                try program.finish().expect(0)
            }
            withExtendedLifetime(folder) {}
        }

        /// How often the key is in the memory of a process that is its own; nil when that cannot be read.
        private func copies(in process: pid_t) throws -> Int? {
            let memory = unsafe open("/proc/\(process)/mem", O_RDONLY | O_CLOEXEC)
            guard memory >= 0, let maps = ProcessTable.text("/proc/\(process)/maps") else { return nil }
            defer { close(memory) }
            var count = 0
            for line in maps.split(separator: "\n") where !line.contains("memfd") && !line.contains("[v") {
                let fields = line.split(separator: " ")
                let bounds = fields[0].split(separator: "-").compactMap { UInt64($0, radix: 16) }
                guard fields[1].hasPrefix("rw"), bounds.count == 2, bounds[1] - bounds[0] <= 64 << 20 else { continue }
                var bytes = Data(count: Int(bounds[1] - bounds[0]))
                let got = unsafe bytes.withUnsafeMutableBytes { room in
                    unsafe pread(memory, room.baseAddress, room.count, off_t(bounds[0]))
                }
                guard got > 0 else { continue }
                var place = bytes.startIndex
                while let found = bytes.range(of: Data(Self.secret), in: place..<bytes.startIndex + got) {
                    count += 1
                    place = found.upperBound
                }
            }
            return count
        }
    }
}
