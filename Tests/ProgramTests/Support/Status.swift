import Foundation
import Glibc
import Testing

extension RunningProgram {
    /// Waits until the program is in charge of its signals, so that one sent now does not just kill it.
    func waitUntilReady() throws {
        try wait("the program to be in charge of its signals") {
            ProcessTable.handles(processIdentifier, SIGUSR1) && ProcessTable.handles(processIdentifier, SIGTERM)
                && ProcessTable.entry(processIdentifier)?.name == "phash"
        }
    }

    /// Asks by USR1 for the status line and gives it taken apart.
    func status() throws -> [String: Any] {
        try waitUntilReady()
        let before = countNewlines(errorOutput)
        signal(SIGUSR1)
        try wait("a status line") { countNewlines(errorOutput) > before }
        return try object(errorText.split(separator: "\n").map(String.init)[before])
    }

    var errorText: String { String(decoding: errorOutput, as: UTF8.self) }

    /// Feeds lines for ever: each a number and some text.
    func feedForEver() {
        var number = 0
        inputSource = { [unowned self] in
            var bytes: [UInt8] = []
            for _ in 0..<500 {
                bytes += Array("\(number) of many\n".utf8)
                number += 1
            }
            fed += bytes
            return bytes
        }
    }
}
