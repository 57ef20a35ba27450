import Foundation
import Testing

extension TheProgram {
    /// The whole program with each kernel that this CPU has: `PHASH_KERNEL`.
    @Suite struct Kernels {
        /// All names there are; the program itself says which of them this CPU has.
        private static let names = ["openssl", "portable", "avx2", "avx512", "shani", "neon"]

        private func run(
            _ kernel: String, _ arguments: [String], input: [UInt8], binary: Binary = .phash
        ) throws -> Outcome {
            var launch = Launch(binary: binary, arguments: arguments)
            launch.environment["PHASH_KERNEL"] = kernel
            let program = try RunningProgram(launch)
            program.send(input)
            return try program.finish()
        }

        /// The names that the complaint about a wrong one lists.
        private func supported() throws -> [String] {
            let outcome = try run("none", ["-r", "1"], input: [])
            let opening = "phash: PHASH_KERNEL: 'none' is not one of those of this CPU: "
            #expect(outcome.ending == .exit(78) && outcome.errorText.hasPrefix(opening), outcome.story)
            let line = outcome.errorText.split(separator: "\n")[0]
            return line.dropFirst(opening.count).split(separator: ", ").map(String.init)
        }

        @Test func everyKernelOfThisCPU() throws {
            let supported = try supported()
            #expect(supported.starts(with: ["openssl", "portable"]) && Set(supported).isSubset(of: Self.names))
            // Every length up to four blocks, each in another lane than the one before it; some long ones between them.
            var lines = (0...520).map { length in
                String(repeating: Character(UnicodeScalar(97 + length % 26)!), count: length)
            }
            lines.insert(String(repeating: "long ", count: 20_000), at: 100)
            lines.insert(String(repeating: "x", count: 70_001), at: 300)
            let input = Array(lines.map { $0 + "\n" }.joined().utf8)
            let short = Array(lines[...9].map { $0 + "\n" }.joined().utf8)
            var runs: [Oracle.Run] = []
            for kernel in supported {
                for algorithm in ["sha512", "sha384", "sha512-256", "sha512-224", "sha256", "sha224", "sha1"] {
                    for (rounds, input) in [("1", input), ("2", input), ("1000", short)] {
                        let arguments = ["-a", algorithm, "-r", rounds, "-j", "3"]
                        let outcome = try run(kernel, arguments, input: input)
                        outcome.expect(0)
                        runs.append(Oracle.Run(arguments: arguments, input: input, output: outcome.output))
                    }
                }
            }
            try Oracle.expectRight(runs)
        }

        @Test func aLoneLineWithEveryKernel() throws {
            var runs: [Oracle.Run] = []
            for kernel in try supported() {
                for algorithm in ["sha512", "sha256"] {
                    let arguments = ["-a", algorithm, "-r", "50"]
                    let outcome = try run(kernel, arguments, input: Array("one\n".utf8))
                    outcome.expect(0)
                    runs.append(Oracle.Run(arguments: arguments, input: Array("one\n".utf8), output: outcome.output))
                }
            }
            try Oracle.expectRight(runs)
        }

        @Test func kernelsThatThisCPUHasNotAreRefused() throws {
            let supported = try supported()
            for name in Self.names + ["AVX2", "avx2 ", "ünknown\n"] where !supported.contains(name) {
                let outcome = try run(name, ["-r", "1"], input: [])
                #expect(outcome.ending == .exit(78) && outcome.output.isEmpty, outcome.story)
                #expect(outcome.errorText.contains("is not one of those of this CPU: openssl, portable"), outcome.story)
            }
        }

        @Test func anEmptyNameIsNone() throws {
            try run("", ["-r", "1", "-a", "md5"], input: Array("hello\n".utf8))
                .expect(0, #"{"line":1,"input":"hello","hash":"5d41402abc4b2a76b9719d911017c592"}"# + "\n")
        }

        /// A child that cannot trust its kernel says so under `-v` and goes on with OpenSSL.
        @Test func aKernelThatFailsItsCheckIsLeft() throws {
            let lines = (0..<100).map { "record \($0)\n" }.joined()
            for isVerbose in [false, true] {
                var launch = Launch(binary: .hooks, arguments: ["-r", "3", "-j", "1"] + (isVerbose ? ["-v"] : []))
                launch.environment = ["PHASH_TEST_HOOK": "wrong-kernel", "PHASH_KERNEL": "portable"]
                let program = try RunningProgram(launch)
                program.send(Array(lines.utf8))
                let outcome = try program.finish()
                #expect(outcome.ending == .exit(0), outcome.story)
                let notes = outcome.errorText.split(separator: "\n").filter { $0.contains("kernel") }
                let note = "phash: worker: the kernel portable gave a wrong digest in its check, using OpenSSL"
                #expect(notes == (isVerbose ? [note[...]] : []), outcome.story)
                #expect(outcome.errorText.contains("lanes: 1\n") == isVerbose, outcome.story)
                try Oracle.expectRight([
                    Oracle.Run(arguments: ["-r", "3"], input: Array(lines.utf8), output: outcome.output)
                ])
            }
        }
    }
}
