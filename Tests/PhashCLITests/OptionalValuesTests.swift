import ArgumentParser
import Testing

@testable import PhashCLI

/// `--progress`, with its value and without.
struct OptionalValuesTests {
    private func filledIn(_ arguments: String...) -> [String] { OptionalValues.filledIn(arguments) }

    @Test func aValueThatIsLeftOutIsAuto() {
        #expect(filledIn("--progress") == ["--progress=auto"])
        #expect(filledIn("-u", "--progress", "-r", "1") == ["-u", "--progress=auto", "-r", "1"])
        #expect(filledIn("--progress", "--progress") == ["--progress=auto", "--progress=auto"])
        // Not a value of it, so a mistake that the parser tells about.
        #expect(filledIn("--progress", "sometimes") == ["--progress=auto", "sometimes"])
    }

    @Test func aValueThatIsThereStays() {
        #expect(filledIn("--progress=never") == ["--progress=never"])
        #expect(filledIn("--progress", "always", "-u") == ["--progress", "always", "-u"])
        #expect(filledIn("--progressive") == ["--progressive"])
    }

    @Test func nothingElseIsTouched() {
        #expect(filledIn("--", "--progress") == ["--", "--progress"])
        #expect(filledIn("--progress", "--", "always") == ["--progress=auto", "--", "always"])
        #expect(filledIn("---completion", "--", "--progress") == ["---completion", "--", "--progress"])
        #expect(filledIn() == [])
    }

    @Test func theHelpSaysThatItMayBeLeftOut() {
        let help = OptionalValues.help(PhashCommand.helpMessage(columns: 80))
        #expect(help.contains("\n  --progress[=auto|always|never]\n"))
        #expect(!help.contains("--progress <"))
    }
}
