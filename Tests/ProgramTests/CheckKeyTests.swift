import Foundation
import Testing

extension TheProgram {
    /// Records that were made with a key are checked with it, and with no other.
    @Suite struct CheckingWithAKey {
        @Test func onlyTheKeyTells() throws {
            let (folder, path) = try Keys.keyFile()
            let (other, otherPath) = try Keys.keyFile(Array("another-key-that-is-long-enough-0".utf8))
            let input = Array("a\nb\n".utf8)
            for tag in [[], ["--tag"], ["--tag", "--key-id", "A"]] {
                let made = try phash(["-r", "2", "--key-file", path] + tag, input: input).output
                try check(["-r", "2", "--key-file", path], made).expect(0, allRight(2))
                let wrong = try check(["-r", "2", "--key-file", otherPath], made)
                #expect(wrong.outputText == "line 1: FAILED\nline 2: FAILED\n", wrong.story)
                #expect(
                    wrong.ending == .exit(1) && wrong.errorText == warning + "2 hashes did NOT match\n", wrong.story)
                let none = try check(["-r", "2"], made)
                let why = tag.isEmpty ? "" : " (no key)"
                #expect(none.ending == .exit(1), none.story)
                #expect(none.outputText == "line 1: FAILED\(why)\nline 2: FAILED\(why)\n", none.story)
            }
            let named = try phash(["-r", "2", "--tag", "--key-id", "A", "--key-file", path], input: input).output
            try check(["--key-file", path, "--key-id", "A"], named).expect(0, allRight(2))
            let another = try check(["--key-file", path, "--key-id", "B"], named)
            #expect(another.outputText == "line 1: FAILED (another key)\nline 2: FAILED (another key)\n", another.story)
            #expect(another.errorText == warning + "2 records could not be checked\n", another.story)
            withExtendedLifetime((folder, other)) {}
        }

        @Test func everyAlgorithmWithAKey() throws {
            let (folder, path) = try Keys.keyFile()
            var lines: [String] = []
            for algorithm in try phash("--list-algorithms").lines {
                let arguments = ["-r", "3", "--tag", "-a", algorithm, "--key-file", path]
                let made = try phash(arguments, input: Array("x\n".utf8))
                #expect(made.ending == .exit(0), made.story)
                lines.append(
                    made.outputText.replacingOccurrences(of: "\"line\":1,", with: "\"line\":\(lines.count + 1),"))
            }
            try check(["--key-file", path], lines.joined()).expect(0, allRight(lines.count))
            withExtendedLifetime(folder) {}
        }

        /// Who has no key could have put such a record among the others.
        @Test func aRecordMadeWithoutAKeyIsNotVouchedFor() throws {
            let (folder, path) = try Keys.keyFile()
            let forged = try phash(["-r", "1", "--tag"], input: Array("evil\n".utf8)).output
            let outcome = try check(["--key-file", path], forged)
            #expect(outcome.ending == .exit(1), outcome.story)
            #expect(outcome.outputText == "line 1: FAILED (made without a key)\n", outcome.story)
            withExtendedLifetime(folder) {}
        }
    }
}
