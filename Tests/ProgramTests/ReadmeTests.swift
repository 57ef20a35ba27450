import Foundation
import Testing

extension TheProgram {
    /// What the README shows is what happens.
    @Suite struct Readme {
        /// A command behind `$ ` and the lines below it, in an indented block.
        struct Example: CustomTestStringConvertible, Sendable {
            let command: String
            var output: [String] = []

            var testDescription: String { command }
        }

        static func lines(of name: String) -> [Substring] {
            let data = FileManager.default.contents(atPath: "\(packageRoot)/\(name)") ?? Data()
            return String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        }

        static var examples: [Example] {
            var examples: [Example] = []
            var isInBlock = false
            for line in lines(of: "README.md") {
                guard line.hasPrefix("    ") else {
                    isInBlock = false
                    continue
                }
                let text = line.dropFirst(4)
                if text.hasPrefix("$ ") {
                    examples.append(Example(command: String(text.dropFirst(2))))
                    isInBlock = true
                } else if isInBlock {
                    examples[examples.count - 1].output.append(String(text))
                }
            }
            return examples
        }

        @Test func thereAreFivePipelinesAtLeast() {
            #expect(Self.examples.count >= 5)
        }

        @Test(arguments: Self.examples)
        func itsOutputIsReal(example: Example) throws {
            let folder = FileManager.default.temporaryDirectory.appending(path: "phash-readme-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            for (name, path) in [("phash", try Binary.phash.path()), ("phash-vowels", try Binary.example.path())] {
                try FileManager.default.createSymbolicLink(
                    atPath: folder.appending(path: name).path, withDestinationPath: path)
            }
            let process = Process()
            process.executableURL = URL(filePath: "/bin/bash")
            process.arguments = ["-c", example.command]
            process.currentDirectoryURL = folder
            process.environment = ["PATH": "\(folder.path):/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C"]
            let output = Pipe()
            process.standardOutput = output
            try process.run()
            let data = try output.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            let lines = String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
            #expect(lines == example.output)
        }

        /// The example job in the README is the one that is built and tested.
        @Test func itsExampleIsTheOneThatIsBuilt() {
            let example = Self.lines(of: "Tests/Example/main.swift").dropLast()
            let indented = example.map { $0.isEmpty ? "" : "    \($0)" }.joined(separator: "\n")
            let readme = Self.lines(of: "README.md").joined(separator: "\n")
            #expect(example.count > 10 && readme.contains(indented))
        }
    }
}
