import ArgumentParser
import PhashEngine
import PhashWire
import Testing

@testable import PhashCLI

/// What `--json-field` and `--missing` mean, wherever they are written.
@Suite("A member inside JSON, as settings")
struct MemberSettingsTests {
    private static func settings(
        _ arguments: [String] = [], environment: [String: String] = [:], file: String? = nil
    ) throws -> Settings {
        let values = try settingValues(arguments, environment: environment, file: file)
        return try Settings(resolving: values, on: Machine(processors: 4, readsFromTerminal: false))
    }

    private static func complaint(
        _ arguments: [String] = [], environment: [String: String] = [:], file: String? = nil
    ) throws -> SettingsError {
        try #require(
            #expect(throws: SettingsError.self) { try settings(arguments, environment: environment, file: file) })
    }

    @Test("the format is that of records with a member replaced")
    func format() throws {
        let settings = try Self.settings(["--json-field", "/user/e~1mail", "-a", "sha256", "--encoding", "base64"])
        #expect(settings.member == MemberSettings(pointer: try JSONPointer("/user/e~1mail"), missing: .fails))
        let format = settings.filter.format
        #expect(format.shape == .member && !format.includesInput && format.encoding == .base64)
        #expect(format.maximumResultBytes == MemberResult.maximumBytes(digestBytes: 32))
        #expect(try Self.settings().member == nil)
        #expect(
            try Self.settings(["--json-field", "/a", "--no-input"]).filter.format
                == Self.settings(["--json-field", "/a"]).filter.format)
    }

    @Test(
        "each way with what is missing has its word",
        arguments: [
            ("error", MemberReader.MissingMember.fails), ("skip", .isSkipped), ("pass", .isPassed),
        ])
    func missing(word: String, way: MemberReader.MissingMember) throws {
        #expect(try Self.settings(["--json-field=/a", "--missing", word]).member?.missing == way)
        #expect(try Self.settings(["--json-field=/a"], environment: ["PHASH_MISSING": word]).member?.missing == way)
        // Where it was not typed, it may wait for a command line that needs it.
        #expect(try Self.settings(file: "missing = '\(word)'").member == nil)
        let error = try Self.complaint(["--missing", word])
        #expect(
            error.what == "--missing" && error.status == .usage
                && error.why == "'\(word)' is for records with --json-field, which is not given")
    }

    @Test("what is no pointer is refused, with the place where it was written")
    func malformed() throws {
        let typed = try Self.complaint(["--json-field", "user"])
        #expect(typed == SettingsError(what: "--json-field", why: "'user' is no JSON pointer: those begin with '/'"))
        #expect(try Self.complaint(["--json-field", ""]).why.hasPrefix("'' is the whole record"))
        let set = try Self.complaint(environment: ["PHASH_JSON_FIELD": "/~"])
        #expect(set.what == "PHASH_JSON_FIELD" && set.status == .configuration)
        let written = try Self.complaint(file: "json-field = 'user'")
        #expect(written.what == "/etc/phash.toml: json-field" && written.status == .configuration)
        #expect(try Self.complaint(["--json-field=/a", "--missing=drop"]).why == "'drop' is not error or skip or pass")
    }

    @Test("what contradicts it is refused, or counts as not given where it comes from a weaker place; it itself never")
    func contradictions() throws {
        for other in [["--tag"], ["--format", "hex"]] {
            let error = try Self.complaint(["--json-field", "/a"] + other)
            #expect(error.description.hasPrefix("--json-field /a: does not go with \(other.joined(separator: " ")): "))
        }
        let typed = try Self.settings(["--json-field", "/a"], file: "tag = true\nformat = 'hex'")
        #expect(typed.member != nil && typed.filter.format.tag.isEmpty && typed.filter.format.shape == .member)
        // Left out, it would let the plaintext through.
        let bare = try Self.complaint(["--format", "hex"], file: "json-field = '/a'\nmissing = 'skip'")
        #expect(bare.what == "--format hex" && bare.status == .usage)
        #expect(bare.why.hasPrefix("does not go with /etc/phash.toml: json-field = \"/a\": "))
        let tagged = try Self.complaint(environment: ["PHASH_TAG": "1"], file: "json-field = '/a'")
        #expect(tagged.what == "PHASH_TAG=true" && tagged.status == .configuration)
    }
}
