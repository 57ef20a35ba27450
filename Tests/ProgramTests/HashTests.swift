import Foundation
import Testing

extension TheProgram {
    /// Contract section 1: what the hash of a record is.
    @Suite struct Hash {
        private static let text = "héllo\twörld"
        private static let records = Array("\(text)\nhello\n\nsecond \"line\"\n".utf8)

        @Test func oneRoundIsThePlainDigest() throws {
            let sum = try tool("sha512sum", [], input: Array("hello".utf8)).prefix(128)
            try phash("-r", "1", input: "hello\n").expect(0, #"{"line":1,"input":"hello","hash":"\#(sum)"}"# + "\n")
        }

        @Test func theDefaultIsAMillionRoundsOfSHA512() throws {
            let loop = """
                import hashlib
                current = b"hello"
                for _ in range(1000000):
                    current = hashlib.sha512(current).hexdigest().encode()
                print(current.decode())
                """
            let hash = try tool("python3", ["-c", loop]).dropLast()
            try phash(input: "hello\n").expect(0, #"{"line":1,"input":"hello","hash":"\#(hash)"}"# + "\n")
        }

        @Test func everyRoundHashesTheHexBeforeIt() throws {
            let runs = try ["1", "2", "3", "4", "5", "8", "9", "100", "1001"].map { rounds in
                let arguments = ["--rounds", rounds]
                let outcome = try phash(arguments, input: Self.records)
                outcome.expect(0)
                return Oracle.Run(arguments: arguments, input: Self.records, output: outcome.output)
            }
            try Oracle.expectRight(runs)
        }

        @Test func severalAlgorithmsAreHashlibs() throws {
            var runs: [Oracle.Run] = []
            let algorithms = ["sha512", "sha256", "sha1", "md5", "sha384", "sha3-256", "blake2b512", "sha512-256"]
            for algorithm in algorithms {
                for rounds in ["1", "2", "5"] {
                    let arguments = ["-a", algorithm, "-r", rounds]
                    let outcome = try phash(arguments, input: Self.records)
                    outcome.expect(0)
                    runs.append(Oracle.Run(arguments: arguments, input: Self.records, output: outcome.output))
                }
            }
            try Oracle.expectRight(runs)
        }

        /// Every name on the list is accepted, gives as many hexadecimal digits each time, and is right where Python
        /// has the algorithm too.
        @Test func everyListedAlgorithmWorks() throws {
            let list = try phash("--list-algorithms")
            list.expect(0)
            #expect(list.lines.contains("sha512") && list.lines.contains("sha256"), list.story)
            #expect(Set(list.lines).count == list.lines.count, list.story)
            var runs: [Oracle.Run] = []
            for algorithm in list.lines {
                let arguments = ["-a", algorithm, "-r", "3"]
                let outcome = try phash(arguments, input: Self.records)
                outcome.expect(0)
                let hashes = try outcome.lines.map { try object($0)["hash"] as? String ?? "" }
                #expect(hashes.count == 4 && Set(hashes).count == 4, outcome.story)
                #expect(Set(hashes.map(\.count)).count == 1, outcome.story)
                #expect(hashes.allSatisfy { $0.count >= 32 && $0.allSatisfy(\.isHexDigit) }, outcome.story)
                runs.append(Oracle.Run(arguments: arguments, input: Self.records, output: outcome.output))
            }
            let known = try tool("python3", ["-c", "import hashlib; print(*hashlib.algorithms_guaranteed)"])
            let names = Set(known.split(whereSeparator: \.isWhitespace).map(String.init))
            try Oracle.expectRight(runs.filter { run in names.contains(run.arguments[1].replacing("-", with: "_")) })
        }

        @Test func onlyTheRecordsBytesAreHashed() throws {
            // The same text in four places of the input: the hash knows nothing of line, delimiter or neighbours.
            let outcome = try phash("-r", "7", "--format", "hex", input: "same\nother\nsame\nsame\nlast\nsame")
            outcome.expect(0)
            let hashes = outcome.lines
            #expect(hashes.count == 6 && Set([hashes[0], hashes[2], hashes[3], hashes[5]]).count == 1, outcome.story)
            #expect(Set(hashes).count == 3, outcome.story)
        }
    }
}
