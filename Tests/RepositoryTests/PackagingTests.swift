import Foundation
import Testing

@testable import PhashCLI

@Suite("Packaging")
struct PackagingTests {
    @Test("the Makefile finds the version where the program has it")
    func version() throws {
        let source = try Repository.text("Sources/PhashCLI/PhashCommand.swift")
        let matches = source.matches(of: /(?m)^ *static let version = "(.*)"$/)
        #expect(matches.map { String($0.1) } == [PhashCommand.version])
        #expect(PhashCommand.version.wholeMatch(of: /[0-9]+\.[0-9]+\.[0-9]+/) != nil)
    }

    @Test("every package that is linked has its licence in the package")
    func licences() throws {
        let copyright = try Repository.text("packaging/copyright")
        let dependencies = try Repository.text("Package.swift").matches(of: /url: "https:[^"]*\/([^\/"]+?)(?:\.git)?"/)
        #expect(!dependencies.isEmpty)
        for dependency in dependencies {
            #expect(copyright.contains(" \(dependency.1)/*"), "\(dependency.1)")
        }
        // A paragraph for each licence that is named.
        let names = Set(copyright.matches(of: /(?m)^License: (.+)$/).map { String($0.1) })
        #expect(!names.isEmpty)
        for name in names {
            #expect(copyright.contains("\n\nLicense: \(name)\n "), "\(name)")
        }
    }

    @Test("the manual page tells of every example")
    func examples() throws {
        let page = try Repository.text("man/phash.1.sections")
        let names = try Repository.files(below: "packaging/examples").compactMap { $0.split(separator: "/").last }
        #expect(names.count >= 5)
        for name in names { #expect(page.contains("Pa \(name)"), "\(name)") }
    }
}
