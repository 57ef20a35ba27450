import Foundation

/// The program in a terminal, and what is to be seen there.
struct TerminalSession: Decodable {
    /// What happens to the terminal, one after another.
    enum Step: Encodable {
        /// Waits until the screen matches a regular expression.
        case until(String)
        /// What is typed.
        case type(String)
        /// The window gets so many columns.
        case resize(Int)

        private enum Key: CodingKey {
            case until, type, resize
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            switch self {
            case .until(let pattern): try container.encode(pattern, forKey: .until)
            case .type(let text): try container.encode(text, forKey: .type)
            case .resize(let columns): try container.encode(columns, forKey: .resize)
            }
        }
    }

    private struct Script: Encodable {
        var command: [String]
        var columns: Int
        var steps: [Step]
    }

    /// The screen after each `until`, lines without the white space at their ends.
    let seen: [String]
    /// The screen at the end.
    let screen: String
    /// Where the cursor was at the end, from 0.
    let column: Int
    /// Lines that were broken because they were too long.
    let wrapped: [String]
    /// Control characters and sequences that the terminal does not know.
    let unknown: [String]
    let status: Int32
    /// Whether the modes of the terminal were all the time what they were at the start.
    let modesKept: Bool
    let raw: String

    var ending: Ending { Ending(waitStatus: status) }
    var lines: [String] { screen.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }

    /// Runs commands of a shell in a terminal; `$PHASH` is the program.
    init(_ commands: String, columns: Int, steps: [Step], binary: Binary = .phash) throws {
        let command = ["/bin/sh", "-c", "PHASH=$0; \(commands)", try binary.path()]
        let script = try JSONEncoder().encode(Script(command: command, columns: columns, steps: steps))
        let arguments = ["-c", terminalScript, String(decoding: script, as: UTF8.self)]
        let output = try tool("python3", arguments)
        self = try JSONDecoder().decode(TerminalSession.self, from: Data(output.utf8))
    }
}
