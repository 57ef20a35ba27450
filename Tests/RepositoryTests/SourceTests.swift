import Foundation
import Testing

/// Functions and files that are longer than the rule, each with the length that it may have. It may only shrink.
private let longFunctions: [String: Int] = [:]
private let longFiles: [String: Int] = [:]

private let maximumFunctionLines = 70
private let maximumFileLines = 400
private let maximumScriptLines = 300

/// A function of Swift source text with the lines from its first to its closing one.
private struct Function: Equatable {
    var name: String
    var lines: Int
}

/// The functions in `text`, which has the layout of `make check`: what ends a declaration is indented as its first line.
private func functions(in text: String) -> [Function] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    var found: [Function] = []
    for (index, line) in lines.enumerated() {
        guard let name = functionName(in: line) else { continue }
        let indentation = line.prefix { $0 == " " }
        let end = lines[index...].firstIndex { $0 == indentation + "}" }
        // A requirement of a protocol and a body on one line have no such end, or only that of their surroundings.
        guard let end, isBody(lines[index...end], indentation: indentation.count) else { continue }
        found.append(Function(name: name, lines: end - index + 1))
    }
    return found
}

private func functionName(in line: Substring) -> String? {
    guard
        let match = line.firstMatch(
            of: /^\s*(?:@?[a-z]+(?:\([a-z]+\))?\s+)*?(?:func\s+([^\s(<]+)|(init|subscript)[?<(]|(deinit)\s)/)
    else { return nil }
    return (match.1 ?? match.2 ?? match.3).map(String.init)
}

/// Whether everything between the first and the last line is indented further, save what closes the parameters.
private func isBody(_ lines: ArraySlice<Substring>, indentation: Int) -> Bool {
    lines.dropFirst().dropLast().allSatisfy { line in
        line.isEmpty || line.prefix { $0 == " " }.count > indentation || line.dropFirst(indentation).hasPrefix(")")
            || line.hasPrefix("#")
    }
}

@Suite("Sources")
struct SourceTests {
    @Test("functions fit a screen", arguments: ["Sources", "Tests"])
    func functionLengths(folder: String) throws {
        for path in try Repository.swiftFiles(below: folder) {
            for function in functions(in: try Repository.text(path)) {
                let name = "\(path): \(function.name)"
                let limit = longFunctions[name] ?? maximumFunctionLines
                #expect(function.lines <= limit, "\(name) has \(function.lines) lines, \(limit) are allowed")
            }
        }
    }

    @Test("files can be read in one go", arguments: ["Sources", "Tests"])
    func fileLengths(folder: String) throws {
        for path in try Repository.swiftFiles(below: folder) {
            let lines = try Repository.text(path).split(separator: "\n", omittingEmptySubsequences: false).count - 1
            let limit = longFiles[path] ?? maximumFileLines
            #expect(lines <= limit, "\(path) has \(lines) lines, \(limit) are allowed")
        }
    }

    /// No tool lays these out, so a test looks at them.
    @Test("scripts can be read in one go, and on one screen")
    func scripts() throws {
        let folders = ["Tests/Benchmarks", "Tests/Soak", "Tests/Coverage", "Tests/Fuzz", "Tests/Broker", "packaging"]
        let endings = [".py", ".c", ".pl", "/install", "/run", "/minimise", "/broker"]
        let scripts = try folders.flatMap { try Repository.files(below: $0) }.filter { path in
            path.hasPrefix("packaging/") && !path.hasSuffix("/examples") || endings.contains { path.hasSuffix($0) }
        }
        #expect(scripts.count >= 10)
        for path in scripts {
            let lines = try Repository.text(path).split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.count - 1 <= maximumScriptLines, "\(path) has \(lines.count - 1) lines")
            for (index, line) in lines.enumerated() {
                #expect(line.count <= 120, "\(path):\(index + 1) has \(line.count) characters")
            }
        }
    }

    @Test("no exception is wider than it has to be")
    func ratchet() throws {
        var lengths: [String: Int] = [:]
        for path in try Repository.swiftFiles(below: "Sources") + Repository.swiftFiles(below: "Tests") {
            let text = try Repository.text(path)
            lengths[path] = text.split(separator: "\n", omittingEmptySubsequences: false).count - 1
            for function in functions(in: text) { lengths["\(path): \(function.name)"] = function.lines }
        }
        for (name, limit) in longFunctions.merging(longFiles, uniquingKeysWith: max) {
            #expect(lengths[name] == limit, "\(name) is now \(lengths[name] ?? 0) lines long: lower its exception")
        }
    }

    @Test("nothing is public: the rooms share with package access")
    func noPublic() throws {
        for path in try Repository.swiftFiles(below: "Sources") {
            for line in try Repository.text(path).split(separator: "\n") {
                let code = line.prefix(upTo: line.firstRange(of: "//")?.lowerBound ?? line.endIndex)
                #expect(code.firstMatch(of: /\b(public|open)\s+[a-z@]/) == nil, "\(path): \(line)")
            }
        }
    }

    @Test("functions are found with their lengths")
    func finder() {
        let text = """
            protocol P {
                func required()
                mutating func other() -> Int
            }
            struct S {
                @safe package static func one<T>(
                    a: T
                ) throws(E) -> Int {
                    if true {
                    }
                }
                init?(_ x: Int) {
                }
                func short() { 1 }
                deinit {
                    close()
                }
            }
            """
        let expected = [
            Function(name: "one", lines: 6), Function(name: "init", lines: 2), Function(name: "deinit", lines: 3),
        ]
        #expect(functions(in: text) == expected)
    }
}
