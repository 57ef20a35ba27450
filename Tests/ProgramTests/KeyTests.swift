import Foundation
import Glibc
import Testing

extension TheProgram {
    /// Contract section 9: every round is an HMAC, as Python's hmac computes it.
    @Suite struct Keys {
        /// 32 bytes that are in no program by chance, and the newline that an editor leaves.
        static let key = Array("k3Y-of-these-tests-0123456789abc\n".utf8)

        static func keyFile(_ key: [UInt8] = key) throws -> (folder: TemporaryDirectory, path: String) {
            let folder = try TemporaryDirectory()
            return (folder, try folder.file("key", holding: key))
        }

        @Test(arguments: [
            [], ["-u"], ["--format", "hex"], ["--encoding", "base64"], ["--tag"],
            ["--tag", "--key-id", "2026:q3_a.b-c"],
            ["--key-id", "unseen"], ["--no-input"], ["-a", "sha256"], ["-a", "sha384", "--tag"], ["-a", "sha1"],
            ["-a", "sha3-256", "--encoding", "base64"], ["-a", "sha512-224"], ["-a", "blake2b512"], ["-0"],
        ])
        func everyForm(_ arguments: [String]) throws {
            let (folder, path) = try Self.keyFile()
            let input = Array("hello\n\nä\n\u{FF}\n".utf8) + [0xFF, 0x0A] + Inputs.lines(2_000, distinct: 100)
            for rounds in ["1", "2", "50"] {
                let keyed = ["-r", rounds, "--key-file", path] + arguments
                try Oracle.expectRight(keyed, input: input)
            }
            withExtendedLifetime(folder) {}
        }

        /// Lengths up to four blocks, and keys around one, with all that this CPU has.
        @Test(arguments: ["openssl", "portable", "avx2", "avx512", "shani", "neon"])
        func everyKernel(_ kernel: String) throws {
            let input = Array((0...520).map { String(repeating: "x", count: $0) + "\n" }.joined().utf8)
            for (algorithm, length) in [
                ("sha512", 128), ("sha512", 129), ("sha256", 64), ("sha256", 65), ("sha224", 33),
            ] {
                let (folder, path) = try Self.keyFile([UInt8](repeating: 0x6B, count: length))
                let arguments = ["-a", algorithm, "-r", "2", "-j", "2", "--key-file", path]
                var launch = Launch(arguments: arguments)
                launch.environment = ["PHASH_KERNEL": kernel]
                let outcome = try run(launch, input: input)
                if outcome.errorText.contains("is not one of those of this CPU") {
                    #expect(kernel != "openssl" && kernel != "portable", outcome.story)
                    return
                }
                outcome.expect(0)
                try Oracle.expectRight([.init(arguments: arguments, input: input, output: outcome.output)])
                withExtendedLifetime(folder) {}
            }
        }

        /// A key through a descriptor; it is open in nobody any more when the first record comes out.
        @Test func aDescriptorIsReadAndClosed() throws {
            let (folder, path) = try Self.keyFile()
            var launch = Launch(arguments: ["-r", "2", "--key-fd", "7"])
            launch.wrapper = ["sh", "-c", #"exec 7< "$1"; shift; exec "$@""#, "sh", path]
            let program = try RunningProgram(launch)
            program.send("a\n")
            _ = try program.nextLine()
            for process in [program.processIdentifier] + program.children {
                let targets = ProcessTable.descriptors(process).values
                #expect(!targets.contains { $0.hasSuffix("/key") }, "\(process): \(targets)")
            }
            let outcome = try program.finish()
            outcome.expect(0)
            let arguments = ["-r", "2", "--key-file", path]
            try Oracle.expectRight([.init(arguments: arguments, input: Array("a\n".utf8), output: outcome.output)])
            withExtendedLifetime(folder) {}
        }

        /// bash's `<(command)`, which is a pipe, whose writer takes its time; by its path and as a descriptor.
        @Test(arguments: [["--key-file", "/dev/fd/8"], ["--key-fd", "8"]])
        func aPipeIsReadToItsEnd(_ arguments: [String]) throws {
            let (folder, path) = try Self.keyFile()
            var launch = Launch(arguments: ["-r", "1"] + arguments)
            launch.wrapper = ["bash", "-c", #"exec 8< <(head -c 9 "$0"; tail -c +10 "$0"); exec "$@""#, path]
            let outcome = try run(launch, input: Array("a\n".utf8))
            outcome.expect(0)
            let told = ["-r", "1", "--key-file", path]
            try Oracle.expectRight([.init(arguments: told, input: Array("a\n".utf8), output: outcome.output)])
            withExtendedLifetime(folder) {}
        }

        /// One newline is removed, and nothing else; the oracle knows that too.
        @Test(arguments: ["", "\n", "\n\n", "\r\n", " ", "\0"])
        func onlyOneNewlineIsRemoved(_ ending: String) throws {
            let (folder, path) = try Self.keyFile(Array((String(repeating: "k", count: 40) + ending).utf8))
            try Oracle.expectRight(["-r", "2", "--key-file", path], input: Array("a\n".utf8))
            withExtendedLifetime(folder) {}
        }

        @Test(arguments: [
            (0, [], false), (0, ["--allow-short-key"], false), (1, [], false), (1, ["--allow-short-key"], true),
            (31, [], false), (32, [], true), (4_096, [], true), (4_097, [], false), (100_000, [], false),
        ])
        func keysOfTheRightLengthAreTaken(_ count: Int, _ arguments: [String], _ isTaken: Bool) throws {
            for ending in ["", "\n"] {
                let (folder, path) = try Self.keyFile([UInt8](repeating: 0x6B, count: count) + Array(ending.utf8))
                let arguments = ["-r", "1", "--key-file", path] + arguments
                if isTaken {
                    try Oracle.expectRight(arguments, input: Array("a\n".utf8))
                } else {
                    let outcome = try phash(arguments, input: Array("a\n".utf8))
                    outcome.expect(78, "")
                    let isNamed = outcome.errorText.hasPrefix("phash: --key-file: ") && outcome.errorText.contains(path)
                    #expect(isNamed && countNewlines(outcome.errorOutput) == 1, outcome.story)
                    if (1..<32).contains(count) {
                        let words = "has \(count) byte\(count == 1 ? "" : "s"), but 32"
                        #expect(outcome.errorText.contains(words), outcome.story)
                    }
                }
                withExtendedLifetime(folder) {}
            }
        }

        @Test func whatCannotBeReadIsNamed() throws {
            let (folder, path) = try Self.keyFile()
            for (wrong, why) in [
                ("\(path)-not", "No such file or directory"), (folder.path, "Is a directory"),
                ("\(path)/below", "Not a directory"), ("", "No such file or directory"),
            ] {
                let outcome = try phash("-r", "1", "--key-file", wrong, input: "a\n")
                outcome.expect(78, "")
                #expect(outcome.errorText == "phash: --key-file: '\(wrong)': \(why)\n", outcome.story)
            }
            let closed = try phash("-r", "1", "--key-fd", "9", input: "a\n")
            closed.expect(78, "")
            #expect(closed.errorText == "phash: --key-fd: descriptor 9: Bad file descriptor\n", closed.story)
            let records = try phash("-r", "1", "--key-file", "/dev/stdin", input: "a\n")
            records.expect(78, "")
            #expect(
                records.errorText.contains("'/dev/stdin' is standard input, which holds the records"), records.story)
        }

        @Test(arguments: [
            ["--key-fd", "0"], ["--key-fd", "1"], ["--key-fd", "2"], ["--key-fd", "-1"], ["--key-fd", "x"],
            ["--key-fd", ""], ["--key-file", "k", "--key-fd", "3"], ["--key-id", "a"], ["--key-file"],
            ["--key-file", "k", "--key-id", ""], ["--key-file", "k", "--key-id", "a b"],
            ["--key-file", "k", "--key-id", #"""#], ["--key-file", "k", "--key-id", String(repeating: "x", count: 65)],
        ])
        func isRefused(_ arguments: [String]) throws {
            let outcome = try phash(arguments, input: Array("hello\n".utf8))
            outcome.expect(64, "")
            #expect(outcome.errorText.contains("key-"), outcome.story)
        }

        /// Every child gets the key anew.
        @Test func workersThatDieAreReplaced() throws {
            let (folder, path) = try Self.keyFile()
            let arguments = ["-r", "200", "-j", "3", "--key-file", path]
            let input = Inputs.lines(20_000, distinct: 300)
            let program = try RunningProgram(Launch(arguments: arguments))
            program.send(input)
            for _ in 0..<6 {
                _ = try program.nextLines(500)
                for child in program.children { kill(child, SIGKILL) }
            }
            let outcome = try program.finish()
            outcome.expect(0)
            try Oracle.expectRight([.init(arguments: arguments, input: input, output: outcome.output)])
            withExtendedLifetime(folder) {}
        }
    }
}
