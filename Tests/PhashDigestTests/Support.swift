import Foundation
import PhashDigest

/// The digests of `messages`, which are hashed in one call.
func digests(of messages: [[UInt8]], algorithm: DigestAlgorithm, rounds: Int = 1) throws -> [String] {
    let digester = try Digester(algorithm: algorithm, rounds: rounds)
    return digests(of: messages, with: digester)
}

func digests(of messages: [[UInt8]], with digester: Digester) -> [String] {
    let digestBytes = digester.algorithm.digestBytes
    // All messages in one piece of memory, as in a batch.
    let bytes = messages.flatMap { $0 }
    var result = [UInt8](repeating: 0, count: messages.count * digestBytes)
    unsafe bytes.withUnsafeBytes { bytes in
        var start = 0
        var places = unsafe [UnsafeRawBufferPointer]()
        for message in messages {
            unsafe places.append(.init(rebasing: bytes[start..<start + message.count]))
            start += message.count
        }
        unsafe places.withUnsafeBufferPointer { places in
            unsafe result.withUnsafeMutableBytes { unsafe digester.hash(places, into: $0) }
        }
    }
    return (0..<messages.count).map { index in
        result[index * digestBytes..<(index + 1) * digestBytes].map { String(format: "%02x", $0) }.joined()
    }
}

/// A message of `length` bytes; Python's is `bytes((i * 7 + length) % 251 for i in range(length))`.
func patternMessage(length: Int) -> [UInt8] {
    (0..<length).map { UInt8(($0 * 7 + length) % 251) }
}

struct ProgramFailed: Error, CustomStringConvertible {
    let description: String
}

/// What a program writes to its standard output when `input` is its standard input, one element for each line.
///
/// A program that is missing or fails is an error and so fails the test: none is skipped for want of an oracle.
func linesOfOutput(of program: String, _ arguments: [String], input: String = "") throws -> [String] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let inputPipe = Pipe()
    let outputPipe = Pipe()
    process.standardInput = inputPipe
    process.standardOutput = outputPipe
    try process.run()
    // Short enough for the pipe to take at once.
    precondition(input.utf8.count <= 4_096)
    try inputPipe.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try inputPipe.fileHandleForWriting.close()
    let output = try outputPipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
        throw ProgramFailed(description: "\(program) ended with status \(process.terminationStatus)")
    }
    return String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
}

/// What a Python program prints; `hashlib`, `hmac` and `pattern(length)`, the counterpart of `patternMessage`, are there.
func linesOfPython(_ program: String) throws -> [String] {
    let prelude = """
        import hashlib, hmac
        def pattern(length):
            return bytes((i * 7 + length) % 251 for i in range(length))
        def chain(name, message, rounds):
            for _ in range(rounds):
                digest = hashlib.new(name, message).hexdigest()
                message = digest.encode()
            return digest
        def mac(name, key, message, rounds):
            for _ in range(rounds):
                digest = hmac.new(key, message, name).hexdigest()
                message = digest.encode()
            return digest

        """
    return try linesOfOutput(of: "python3", ["-c", prelude + program])
}
