import Foundation
import Glibc
import Testing

extension TheProgram {
    /// Contract sections 6 and 8: what a person can get wrong, and where the words go.
    @Suite struct Usage {
        @Test(arguments: [
            ["-r", "0"], ["-r", "-1"], ["-r", "x"], ["-r", "1.5"], ["-r", ""], ["-r", "9223372036854775808"], ["-r"],
            ["-a", "nosuch"], ["-a", ""], ["-j", "x"], ["-j", "%"], ["-j", "1.5"], ["-j", ""], ["-j"],
            ["--nosuch"], ["-Z"], ["operand"], ["--", "operand"], ["--format", "xml"], ["--encoding", "base32"],
            ["--timeout", "-1"], ["--timeout", "soon"], ["--max-line", "x"], ["--max-line", "-5"],
            ["--buffer", "x"], ["--retries", "-1"], ["--retries", "x"],
        ])
        func isRefused(_ arguments: [String]) throws {
            try phash(arguments, input: Array("hello\n".utf8)).expect(64, "")
        }

        /// Nothing is read before the arguments are known to be right.
        @Test func isRefusedWithoutInput() throws {
            let program = try RunningProgram("-r", "0")
            try program.waitForEnd().expect(64, "")
        }

        @Test(arguments: [
            ["-r", "9223372036854775807"], ["-j1"], ["-j", "1"], ["-j", "-1"], ["--jobs=50%"], ["-u", "-0"],
            ["--rounds", "1", "--algorithm", "sha256", "--tag"], ["--line-buffered"], ["--timeout", "0.5"],
            ["--max-line", "1000"], ["--buffer", "1000000"], ["--retries", "0"],
        ])
        func isAccepted(_ arguments: [String]) throws {
            try phash(arguments).expect(0, "")
        }

        @Test func helpTellsTheOptions() throws {
            for option in ["--help", "-h"] {
                let outcome = try phash(option)
                outcome.expect(0)
                let words = [
                    "--jobs", "--rounds", "--algorithm", "--unordered", "--keep-order", "--null", "--crlf",
                    "--max-line", "--tag", "--no-input", "--encoding", "--format", "--buffer", "--retries",
                    "--timeout", "--list-algorithms", "--line-buffered", "--version",
                ]
                for word in words { #expect(outcome.outputText.contains(word), "\(word): \(outcome.story)") }
                #expect(!outcome.outputText.contains("--worker"), outcome.story)
            }
        }

        @Test func versionIsOneLine() throws {
            let outcome = try phash("--version")
            outcome.expect(0)
            #expect(outcome.lines.count == 1 && outcome.outputText.contains(where: \.isNumber), outcome.story)
        }

        @Test(arguments: ["--help", "--version", "--list-algorithms"])
        func whatCannotBeWrittenIsAnError(_ option: String) throws {
            try run(Launch(arguments: [option], output: .file("/dev/full"))).expect(74)
        }

        /// Messages name what was wrong, so that a person need not guess.
        @Test func messagesNameTheCulprit() throws {
            for (arguments, word) in [
                (["-a", "nosuch"], "nosuch"), (["-j", "many"], "many"), (["--nosuch"], "--nosuch"), (["-r", "0"], "0"),
            ] {
                let outcome = try phash(arguments)
                outcome.expect(64, "")
                #expect(outcome.errorText.contains(word), outcome.story)
            }
        }

        /// Someone who types just `phash` is told what it waits for.
        @Test func stdinThatIsATerminalGetsAHint() throws {
            // script(1) is not on every machine; Python's pty module is as good.
            let script = """
                import os, pty, sys
                master, slave = pty.openpty()
                child = os.posix_spawn(sys.argv[1], ["phash", "-r", "1"], os.environ,
                    file_actions=[(os.POSIX_SPAWN_DUP2, slave, 0)], setsid=True)
                os.close(slave)
                os.write(master, b"hello\\n\\x04")
                sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
                """
            let launch = Launch(binary: .tool("python3"), arguments: ["-c", script, try Binary.phash.path()])
            let outcome = try run(launch)
            #expect(outcome.ending == .exit(0), outcome.story)
            #expect(outcome.errorText.hasPrefix("phash: ") && countNewlines(outcome.errorOutput) == 1, outcome.story)
            #expect(outcome.outputText.hasPrefix(#"{"line":1,"input":"hello","hash":"9b71d224"#), outcome.story)
        }
    }

    /// Decision 9 of the design: one file that runs anywhere, or libc's family and libcrypto only.
    @Suite struct Linking {
        @Test func nothingElseIsLinked() throws {
            let outcome = try run(Launch(binary: .tool("ldd"), arguments: [try Binary.phash.path()]))
            guard ProcessInfo.processInfo.environment["PHASH_LINK"] == "dynamic" else {
                let said = outcome.outputText + outcome.errorText
                #expect(said.contains("not a dynamic executable") || said.contains("statically linked"), outcome.story)
                return
            }
            let family = [
                "linux-vdso", "libc", "libm", "ld-linux", "libgcc_s", "libstdc++", "libdl", "libpthread", "libcrypto",
            ]
            let names = outcome.lines.map { line in
                let path = line.split(whereSeparator: \.isWhitespace).first ?? ""
                return String(path.split(separator: "/").last ?? "")
            }
            #expect(names.contains { $0.hasPrefix("libc.") }, outcome.story)
            for name in names {
                #expect(
                    family.contains { name.hasPrefix("\($0).") || name.hasPrefix("\($0)-") },
                    "\(name): \(outcome.story)")
            }
        }
    }
}
