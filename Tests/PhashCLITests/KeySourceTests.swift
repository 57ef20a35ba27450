import Foundation
import Glibc
import PhashDigest
import PhashEngine
import PhashPosix
import PhashWire
import Testing

@testable import PhashCLI

struct KeySourceTests {
    /// A file of one test's own.
    private final class File {
        let path = FileManager.default.temporaryDirectory.appending(path: "phash-key-\(UUID().uuidString)").path

        init(_ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(filePath: path)) }
        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    private func bytes(_ source: KeySource, allowsShortKeys: Bool = false) throws(KeyError) -> [UInt8] {
        let key = try source.read(allowsShortKeys: allowsShortKeys) {}
        return unsafe key.withBytes { unsafe Array($0) }
    }

    private static let key = (0..<32).map { UInt8($0) }

    @Test func oneNewlineAtTheEndIsNotOfTheKey() throws {
        let newline = UInt8(ascii: "\n")
        for (content, key) in [
            (Self.key, Self.key), (Self.key + [newline], Self.key),
            (Self.key + [newline, newline], Self.key + [newline]),
            (Self.key + [0x0D, newline], Self.key + [0x0D]), ([newline] + Self.key, [newline] + Self.key),
        ] {
            let file = try File(content)
            #expect(try bytes(.file(file.path)) == key)
        }
    }

    @Test func aDescriptorIsClosedWhenItHasBeenRead() throws {
        let file = try File(Self.key)
        let descriptor = unsafe open(file.path, O_RDONLY | O_CLOEXEC)
        try #require(descriptor >= 3)
        #expect(try bytes(.descriptor(descriptor)) == Self.key)
        // The number may be somebody else's by now, but not that file's.
        let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(descriptor)")
        #expect(target != file.path)
    }

    @Test(arguments: [1, 2, 31])
    func aShortKeyHasToBeAllowed(count: Int) throws {
        let file = try File(Array(repeating: 0x6B, count: count))
        let error = #expect(throws: KeyError.self) { try bytes(.file(file.path)) }
        let size = count == 1 ? "1 byte" : "\(count) bytes"
        #expect(
            error?.reason == "the key in '\(file.path)' has \(size), but 32 at least keep it from being guessed: "
                + "make one with 'openssl rand -hex 32', or add --allow-short-key")
        #expect(try bytes(.file(file.path), allowsShortKeys: true).count == count)
    }

    @Test func anEmptyKeyIsNone() throws {
        for content in [[], [UInt8(ascii: "\n")]] {
            let file = try File(content)
            for allowsShortKeys in [false, true] {
                let error = #expect(throws: KeyError.self) {
                    try bytes(.file(file.path), allowsShortKeys: allowsShortKeys)
                }
                #expect(error?.reason == "'\(file.path)' is empty, but has to hold the key")
            }
        }
    }

    @Test func aKeyMayHave4096Bytes() throws {
        let longest = [UInt8](repeating: 0x6B, count: 4096)
        for ending in [[], [UInt8(ascii: "\n")]] {
            let file = try File(longest + ending)
            #expect(try bytes(.file(file.path)) == longest)
        }
        for more in [[0x6B], [0x0A, 0x0A], [UInt8](repeating: 0x6B, count: 10_000)] {
            let file = try File(longest + more)
            let error = #expect(throws: KeyError.self) { try bytes(.file(file.path)) }
            #expect(error?.reason == "'\(file.path)' holds more than 4096 bytes, which is no key")
        }
    }

    @Test func whatTheSystemSaysIsPassedOn() {
        for (source, reason) in [
            (KeySource.file("/nonexistent/ke\ty"), #"'/nonexistent/ke\ty': No such file or directory"#),
            (.file("/"), "'/': Is a directory"), (.descriptor(9_999), "descriptor 9999: Bad file descriptor"),
        ] {
            let error = #expect(throws: KeyError.self) { try bytes(source) }
            #expect(error?.reason == reason)
        }
    }

    @Test func aProcessThatCannotBeClosedReadsNoKey() throws {
        let file = try File(Self.key)
        let error = #expect(throws: KeyError.self) {
            try KeySource.file(file.path).read(allowsShortKeys: true) { () throws(Errno) in throw Errno(code: EPERM) }
        }
        #expect(
            error?.reason == "phash cannot be closed to others who might look for it: Operation not permitted")
    }

    /// A reader of a pipe waits, also where somebody has made it non-blocking.
    @Test func aPipeIsReadToItsEnd() throws {
        var ends: [Int32] = [-1, -1]
        try #require(unsafe pipe(&ends) == 0)
        _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
        let writer = Thread { [ends] in
            for byte in Self.key { _ = unsafe withUnsafeBytes(of: byte) { unsafe write(ends[1], $0.baseAddress, 1) } }
            close(ends[1])
        }
        writer.start()
        #expect(try bytes(.descriptor(ends[0])) == Self.key)
    }

    @Test func namesOfKeysNeedNoEscape() throws {
        for name in ["a", "2026-q3", "A_b.c:d-9", String(repeating: "x", count: 64)] {
            #expect(try keyIdentifier(name) == name)
        }
        for name in ["", " ", "a b", "a\"", "ä", "a/b", "a\n", String(repeating: "x", count: 65)] {
            #expect(throws: InvalidValue.self) { try keyIdentifier(name) }
        }
    }
}

/// What the settings make of the options about keys.
struct KeySettingsTests {
    private func settings(
        _ arguments: [String], environment: [String: String] = [:], file: String? = nil
    ) throws -> Settings {
        let values = try settingValues(arguments, environment: environment, file: file)
        return try Settings(resolving: values, on: Machine(processors: 1, readsFromTerminal: false))
    }

    private func complaint(
        _ arguments: [String], environment: [String: String] = [:], file: String? = nil
    ) throws -> String {
        let error = #expect(throws: SettingsError.self) {
            try settings(arguments, environment: environment, file: file)
        }
        return CommandLineInterface.message(for: try #require(error))
    }

    @Test func theSourceIsNotReadYet() throws {
        #expect(try settings([]).key == nil)
        #expect(try settings(["--allow-short-key"]).key == nil)
        let file = try #require(try settings(["--key-file", "no such file", "--key-id", "q3"]).key)
        #expect(file.source == .file("no such file") && file.place == "--key-file" && !file.allowsShort)
        #expect(file.identifier == "q3")
        let descriptor = try #require(try settings(["--key-fd", "3", "--allow-short-key"]).key)
        #expect(descriptor.source == .descriptor(3) && descriptor.place == "--key-fd" && descriptor.allowsShort)
        #expect(descriptor.identifier == nil)
    }

    @Test func whatCannotBeReadIsAConfigurationError() throws {
        for (environment, place) in [([:], "--key-file"), (["PHASH_KEY_FILE": "/"], "PHASH_KEY_FILE")] {
            let key = try settings(environment.isEmpty ? ["--key-file", "/"] : [], environment: environment).key
            // By the error of the source, since the process of the tests stays open to others.
            #expect(key?.place == place)
        }
        let inFile = try settings([], file: "key-file = \"k\"\nkey-id = \"a\"").key
        #expect(inFile?.source == .file("k") && inFile?.place == "/etc/phash.toml: key-file")
        #expect(inFile?.identifier == "a")
    }

    @Test func theCommandLineWinsOverTheFile() throws {
        let key = try settings(["--key-fd", "5"], file: "key-file = \"k\"").key
        #expect(key?.source == .descriptor(5))
    }

    @Test func tagsNameTheHMACAndTheKey() throws {
        let tagged = ["--tag", "-a", "sha256", "-r", "2", "--key-file", "k"]
        #expect(try settings(tagged).filter.format.tag == #","algorithm":"hmac-sha256","rounds":2"#)
        let named = try settings(tagged + ["--key-id", "2026:q3"]).filter.format.tag
        #expect(named == #","algorithm":"hmac-sha256","rounds":2,"key_id":"2026:q3""#)
        #expect(try settings(["--key-file", "k", "--key-id", "x"]).filter.format.tag.isEmpty)
    }

    @Test func descriptorsOfThePipelineAreRefused() throws {
        for text in ["0", "1", "2", "-1", "three", "2147483648"] {
            let message = try complaint(["--key-fd", text])
            let why =
                "'\(text)' is not a descriptor from 3 on; 0, 1 and 2 are for the records, the results and the messages"
            #expect(message == "phash: --key-fd: \(why)\nTry 'phash --help' for more information.\n")
        }
    }

    @Test func aNameWithoutAKeyIsRefused() throws {
        let why = "there is no key to be named: add --key-file or --key-fd\n"
        #expect(
            try complaint(["--key-id", "a"]) == "phash: --key-id: \(why)Try 'phash --help' for more information.\n")
        #expect(try complaint([], environment: ["PHASH_KEY_ID": "a"]) == "phash: PHASH_KEY_ID: \(why)")
        #expect(try complaint([], file: "key-id = \"a\"") == "phash: /etc/phash.toml: key-id: \(why)")
        #expect(
            try complaint(["--key-file", "k", "--key-id", "a b"]).contains("--key-id: 'a b' is not a name of 1 to 64"))
    }

    @Test func thereIsOneKey() throws {
        let message = try complaint(["--key-file", "k", "--key-fd", "3"])
        #expect(message.hasPrefix("phash: --key-file k: does not go with --key-fd 3: there is one key\n"))
    }
}
