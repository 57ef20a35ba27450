import Foundation
import Testing

extension TheProgram {
    /// Harness and oracle must notice what is wrong, or every other test here proves nothing.
    @Suite struct Harness {
        /// What coreutils says about "hello" without a newline.
        private static func hashOfHello() throws -> String {
            String(try tool("sha512sum", [], input: Array("hello".utf8)).prefix(128))
        }

        private func problems(_ output: String, _ arguments: [String] = [], input: String = "hello\n") throws -> String
        {
            try Oracle.problems([
                Oracle.Run(arguments: ["-r", "1"] + arguments, input: Array(input.utf8), output: Array(output.utf8))
            ])
        }

        @Test func theOracleAcceptsARightRecord() throws {
            let record = #"{"line":1,"input":"hello","hash":"\#(try Self.hashOfHello())"}"# + "\n"
            #expect(try problems(record) == "")
            let sum = try tool("sha512sum", [], input: Array("hello\n".utf8)).prefix(128)
            let output = #"{"line":1,"input":"hello\n","hash":"\#(sum)"}"# + "\n"
            #expect(try problems(output, ["-0"]) == "")
            #expect(try problems(output.replacing("\\n", with: "\\u000A"), ["-0"]) == "")
        }

        @Test(arguments: [
            #"{"line":2,"input":"hello","hash":"HASH"}"#,
            #"{"line":1,"input":"hello", "hash":"HASH"}"#,
            #"{"input":"hello","line":1,"hash":"HASH"}"#,
            #"{"line":1,"input":"h\u0065llo","hash":"HASH"}"#,
            #"{"line":1,"input":"hallo","hash":"HASH"}"#,
            #"{"line":1,"input":"hello","hash":"FFFF"}"#,
            #"{"line":1,"input":"hello","error":"timeout","message":"no"}"#,
        ])
        func theOracleRejects(_ line: String) throws {
            let output = line.replacing("HASH", with: try Self.hashOfHello()) + "\n"
            #expect(try problems(output) != "")
        }

        @Test func theOracleRejectsMissingDoubledAndCutRecords() throws {
            let record = #"{"line":1,"input":"hello","hash":"\#(try Self.hashOfHello())"}"#
            #expect(try problems("") != "")
            #expect(try problems(record) != "")
            #expect(try problems(record + "\n" + record + "\n") != "")
        }

        @Test func endingsAreTold() throws {
            #expect(try run(Launch(binary: .tool("sh"), arguments: ["-c", "exit 3"])).ending == .exit(3))
            #expect(try run(Launch(binary: .tool("sh"), arguments: ["-c", "kill -9 $$"])).ending == .signal(9))
        }

        @Test func waitingHasABound() throws {
            let program = try RunningProgram(Launch(binary: .tool("cat")))
            #expect(throws: Failure.self) { try program.wait("nothing", seconds: 0.05) { false } }
        }

        @Test func aBusyLoopIsNoticed() throws {
            let program = try RunningProgram(Launch(binary: .tool("sh"), arguments: ["-c", "while :; do :; done"]))
            let before = ProcessTable.processorSeconds(ofTree: program.processIdentifier)
            try program.wait("some processor time") {
                ProcessTable.processorSeconds(ofTree: program.processIdentifier) - before > 0.5
            }
        }

        @Test func childrenAreSeen() throws {
            let program = try RunningProgram(
                Launch(binary: .tool("sh"), arguments: ["-c", "sleep 1000 & echo $!; wait"]))
            let child = try #require(pid_t(try program.nextLine()))
            #expect(program.children == [child])
            #expect(ProcessTable.memory(ofTree: program.processIdentifier) > 100_000)
            program.signal(SIGKILL)
            #expect(ProcessTable.isAlive(child))
            kill(child, SIGKILL)
            try program.waitForDeath(of: [child])
        }
    }
}
