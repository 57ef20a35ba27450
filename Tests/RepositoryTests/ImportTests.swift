import Foundation
import Testing

/// The rooms of the program, each with the rooms and libraries that it may import.
///
/// The arrows only point down; the README's section "How it works" says why. The standard library's own modules may be
/// imported anywhere.
private let allowedImports: [String: Set<String>] = [
    "phash": ["PhashCLI", "PhashEngine"],
    "PhashCLI": [
        "ArgumentParser", "Configuration", "TOMLKit", "PhashCore", "PhashDigest", "PhashEngine", "PhashPosix",
        "PhashWire",
    ],
    "phash-amqp": ["PhashAMQP", "PhashCLI", "PhashEngine"],
    "PhashAMQP": ["CRabbitMQ", "PhashCore", "PhashDigest", "PhashEngine", "PhashPosix", "PhashWire"],
    "PhashEngine": ["Histogram", "PhashCore", "PhashDigest", "PhashPosix", "PhashWire"],
    "PhashDigest": ["COpenSSL", "CPhashLanes", "CPhashBytes"],
    "PhashWire": ["PhashCore", "CPhashBytes"],
    "PhashPosix": ["CPhashPosix", "Glibc", "Musl", "Darwin"],
    "PhashCore": ["CPhashBytes"],
    "PhashTestKit": ["CPhashBytes", "PhashCore", "PhashWire"],
    "phash-sim": ["ArgumentParser", "PhashPosix", "PhashTestKit"],
]

private let standardLibrary: Set<String> = ["Swift", "Synchronization"]

/// The modules that Swift source text imports.
private func imports(in text: String) -> [String] {
    text.split(separator: "\n").compactMap { line in
        // `package import PhashWire`, `@testable import X`, `import struct X.Y`
        var words = line.split(separator: " ")[...]
        while let word = words.first, word.hasPrefix("@") || accessLevels.contains(String(word)) { words.removeFirst() }
        guard words.popFirst() == "import" else { return nil }
        if let word = words.first, declarationKinds.contains(String(word)) { words.removeFirst() }
        return words.first.map { String($0.prefix { $0 != "." && $0 != ";" }) }
    }
}

private let accessLevels: Set<String> = ["public", "package", "internal", "fileprivate", "private"]
private let declarationKinds: Set<String> = ["struct", "class", "enum", "protocol", "typealias", "func", "let", "var"]

@Suite("Imports")
struct ImportTests {
    @Test("every Swift file imports only what its room may")
    func rooms() throws {
        for path in try Repository.swiftFiles(below: "Sources") {
            let room = String(path.split(separator: "/")[1])
            let allowed = try #require(allowedImports[room], "\(room) has no line in the table of allowed imports")
            for module in imports(in: try Repository.text(path)) where !standardLibrary.contains(module) {
                #expect(allowed.contains(module), "\(path) imports \(module)")
            }
        }
    }

    @Test("tests of the program import nothing of it")
    func programTests() throws {
        for path in try Repository.swiftFiles(below: "Tests/ProgramTests") {
            let modules = imports(in: try Repository.text(path))
            #expect(!modules.contains { allowedImports.keys.contains($0) }, "\(path)")
        }
    }

    @Test("every form of import is seen")
    func forms() {
        let text = """
            import A
            package import B
            @testable import C
            @preconcurrency internal import struct D.E
            // import F
            let important = 1
              import G.H; import I
            """
        #expect(imports(in: text) == ["A", "B", "C", "D", "G"])
    }
}
