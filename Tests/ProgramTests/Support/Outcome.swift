import Foundation
import Testing

/// All that a program left behind.
struct Outcome {
    let command: [String]
    let ending: Ending
    let output: [UInt8]
    let errorOutput: [UInt8]

    var outputText: String { String(decoding: output, as: UTF8.self) }
    var errorText: String { String(decoding: errorOutput, as: UTF8.self) }
    /// The lines of stdout without their newlines.
    var lines: [String] {
        outputText.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }

    var story: Comment {
        """
        \(command) ended by \(ending)
        stdout, \(output.count) bytes: \(head(of: output))
        stderr, \(errorOutput.count) bytes: \(head(of: errorOutput))
        """
    }

    /// Expects the exit status, and that stderr is empty (statuses 0 and 1) or tells why in the program's own words.
    func expect(
        _ status: Int32, _ expectedOutput: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(ending == .exit(status), story, sourceLocation: sourceLocation)
        if status < 2 {
            #expect(errorText.isEmpty, story, sourceLocation: sourceLocation)
        } else {
            let name = command.first?.hasSuffix("/phash-amqp") == true ? "phash-amqp: " : "phash: "
            #expect(errorText.hasPrefix(name), story, sourceLocation: sourceLocation)
        }
        if let expectedOutput {
            #expect(outputText == expectedOutput, story, sourceLocation: sourceLocation)
        }
    }
}

/// Runs a program to its end.
func run(_ launch: Launch, input: [UInt8] = []) throws -> Outcome {
    let program = try RunningProgram(launch)
    program.send(input)
    return try program.finish()
}

/// Runs phash to its end.
func phash(_ arguments: [String], input: [UInt8] = [], binary: Binary = .phash) throws -> Outcome {
    try run(Launch(binary: binary, arguments: arguments), input: input)
}

func phash(_ arguments: String..., input: String = "") throws -> Outcome {
    try phash(arguments, input: Array(input.utf8))
}

/// Runs a tool of the machine to its end and gives what it wrote; anything but exit status 0 is an error.
func tool(_ name: String, _ arguments: [String], input: [UInt8] = []) throws -> String {
    let outcome = try run(Launch(binary: .tool(name), arguments: arguments), input: input)
    guard outcome.ending == .exit(0) else { throw Failure("\(outcome.story)") }
    return outcome.outputText
}

/// A JSON object, taken apart.
func object(_ line: String) throws -> [String: Any] {
    guard let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] else {
        throw Failure("not a JSON object: \(line)")
    }
    return object
}
