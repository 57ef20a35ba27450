import ArgumentParser
import Foundation
import Testing

@testable import PhashCLI

/// What the parser tells of an option, for tools.
private struct Tool: Decodable {
    struct Command: Decodable {
        var arguments: [Argument]?
    }

    struct Argument: Decodable {
        struct Name: Decodable {
            var kind: String
            var name: String
        }

        var names: [Name]?
        var abstract: String?
        var valueName: String?
    }

    var command: Command
}

@Suite("The face of the program")
struct FaceTests {
    private let options: [Tool.Argument]

    init() throws {
        let tool = try JSONDecoder().decode(Tool.self, from: Data(PhashCommand._dumpHelp().utf8))
        options = try #require(tool.command.arguments)
    }

    @Test("every option says what it does")
    func help() {
        #expect(options.count >= 20)
        for option in options {
            #expect(option.abstract?.hasSuffix(".") == true, "\(option.names?.first?.name ?? "an operand")")
        }
    }

    @Test("every option stands in the manual page, by each of its names")
    func manual() throws {
        let items = try Repository.text("man/phash.1").split(separator: "\n").filter { $0.hasPrefix(".It Fl ") }
        for option in options {
            let names = try #require(option.names).map { $0.kind == "short" ? $0.name : "-\($0.name)" }
            let value = option.valueName.map { " Ar \($0)" } ?? ""
            // A flag has a value name too, made from its key, which the page does not show.
            let flag = ".It Fl " + names.joined(separator: " , ")
            #expect(items.contains { $0 == flag || $0 == flag + value }, "\(flag)")
        }
    }

    @Test("every target of the Makefile that people may call is in the list of make help, and works on its own")
    func makefile() throws {
        let text = try Repository.text("Makefile")
        let phony = text.split(separator: "\n").filter { $0.hasPrefix(".PHONY:") }
        let targets = phony.flatMap { $0.split(separator: " ").dropFirst() }
        // The parts of other targets.
        let inner: Set<Substring> = [
            "build-static", "build-dynamic", "build-hooks", "build-fuzz", "check-man", "check-address", "check-thread",
        ]
        for target in targets where !inner.contains(target) {
            let rule = text.split(separator: "\n").first { $0.hasPrefix("\(target):") }
            #expect(rule?.contains(" ## ") == true, "\(target)")
        }
        #expect(targets.contains("test") && targets.contains("install"))
    }

    @Test("the README's commands are targets of the Makefile")
    func readme() throws {
        let makefile = try Repository.text("Makefile")
        for match in try Repository.text("README.md").matches(of: /make ([a-z-]+)/) {
            #expect(makefile.contains("\n\(match.1):"), "make \(match.1)")
        }
    }
}
