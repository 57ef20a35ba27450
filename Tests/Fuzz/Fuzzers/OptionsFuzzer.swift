import ArgumentParser
import PhashDigest
import PhashEngine
import PhashTestKit

@testable import PhashCLI
@testable import PhashWire

/// Any arguments, with NUL between them, on any machine: settings that keep to their ranges and come back when they are
/// typed in full, or a usage error of two lines that names what was wrong.
enum OptionsFuzzer {
    @Sendable
    static func run(_ bytes: [UInt8]) {
        let parts = bytes.split(separator: 0, omittingEmptySubsequences: false)
        // The machine comes first: how many CPUs, and the kernel that is asked for.
        let processors = 1 + Int(parts[0].first ?? 0) * 5
        let kernelName = parts[0].count > 1 ? String(decoding: parts[0].dropFirst(), as: UTF8.self) : nil
        let machine = Machine(processors: processors, readsFromTerminal: false, kernelName: kernelName)
        let arguments = parts.dropFirst().map { String(decoding: $0, as: UTF8.self) }
        do {
            guard let command = try parse(arguments) else { return }
            do {
                let settings = try Settings(resolving: command, on: machine)
                check(settings, of: command)
                checkAgain(settings, on: machine)
            } catch {
                check(error, of: command, on: machine)
                check(message: CommandLineInterface.usageMessage(for: error))
            }
        } catch {
            checkParserError(error, arguments)
        }
    }

    /// nil for what is another command, such as the request for help.
    private static func parse(_ arguments: [String]) throws -> PhashCommand? {
        try PhashCommand.parseAsRoot(ShortOptions.separated(arguments)) as? PhashCommand
    }

    // MARK: - Settings

    private static func check(_ settings: Settings, of command: PhashCommand) {
        let filter = settings.filter
        expect((1...1024).contains(filter.jobs), "\(filter.jobs) jobs")
        expect(settings.rounds >= 1, "\(settings.rounds) rounds")
        expect((1...1 << 30).contains(filter.maximumLineBytes), "lines of \(filter.maximumLineBytes) bytes")
        expect((1...1 << 40).contains(filter.bufferBytes), "a buffer of \(filter.bufferBytes) bytes")
        expect((0...1000).contains(filter.retries), "\(filter.retries) retries")
        let timeout = filter.timeoutNanoseconds ?? 1_000_000
        expect((1_000_000...1_000_000_000_000_000).contains(timeout), "a timeout of \(timeout) ns")
        expect((filter.timeoutNanoseconds == nil) == (command.processes.timeout == nil), "a timeout without a word")
        expect(filter.estimatedRecordNanoseconds >= 1, "a record that costs nothing")
        expect(filter.delimiter == (command.input.endsInNull ? 0 : 0x0A), "another delimiter")
        expect(!(filter.stripsCarriageReturn && filter.delimiter == 0), "--crlf with --null")
        expect(filter.format.isValid, "\(filter.format)")
        expect(filter.format.maximumResultBytes == settings.algorithm.digestBytes, "results of another length")
        let isBare = filter.format.shape == .bare
        expect(!isBare || filter.order == .input && filter.format.tag.isEmpty, "a bare hash without its place")
        expect(!isBare || filter.format.encoding == .hexadecimal, "a bare hash in base64")
        let (hashing, processes) = (command.hashing, command.processes)
        check(hashing.rounds, is: Double(settings.rounds), TypedValue.number)
        check(processes.retries, is: Double(filter.retries), TypedValue.number)
        check(processes.timeout, is: Double(filter.timeoutNanoseconds ?? 0) / 1e9, TypedValue.number)
        check(processes.buffer, is: Double(filter.bufferBytes), TypedValue.size)
        check(command.input.maximumLine, is: Double(filter.maximumLineBytes), TypedValue.size)
        check(processes.jobs, is: Double(filter.jobs)) { TypedValue.jobs($0, filter.processors) }
    }

    /// Holds what became of a value, if it was typed, against what was meant by it.
    private static func check(_ typed: String?, is number: Double, _ meaning: (String) -> Double?) {
        guard let typed else { return }
        guard let meant = meaning(typed) else { fatalError("finding: \(typed) is taken for \(number)") }
        // Digits of a second behind the ninth are dropped, and rounds may be more than a Double holds.
        expect(abs(meant - number) <= 2e-9 + meant * 1e-15, "\(typed) is taken for \(number), not \(meant)")
    }

    /// The settings, typed in full, mean the same.
    private static func checkAgain(_ settings: Settings, on machine: Machine) {
        let filter = settings.filter
        var arguments = [
            "--algorithm=\(settings.algorithm.name)", "--rounds", "\(settings.rounds)", "-j\(filter.jobs)",
            "--max-line=\(filter.maximumLineBytes)", "--buffer", "\(filter.bufferBytes)",
            "--retries=\(filter.retries)", filter.order == .input ? "-k" : "-u",
            "--format", filter.format.shape == .bare ? "hex" : "json",
            "--encoding=\(filter.format.encoding == .base64 ? "base64" : "hex")",
        ]
        if let timeout = filter.timeoutNanoseconds {
            let fraction = String(timeout % 1_000_000_000)
            let zeros = String(repeating: "0", count: 9 - fraction.count)
            arguments += ["--timeout", "\(timeout / 1_000_000_000).\(zeros)\(fraction)"]
        }
        if filter.delimiter == 0 { arguments.append("-0") }
        if filter.stripsCarriageReturn { arguments.append("--crlf") }
        if !filter.format.tag.isEmpty { arguments.append("--tag") }
        if !filter.format.includesInput { arguments.append("--no-input") }
        if filter.isVerbose { arguments.append("-v") }
        guard let command = try? parse(arguments), let again = try? Settings(resolving: command, on: machine) else {
            fatalError("finding: \(arguments) is refused")
        }
        expect("\(again)" == "\(settings)", "\(again) instead of \(settings)")
    }

    // MARK: - Errors

    /// A usage error names the option and its value.
    private static func check(_ error: UsageError, of command: PhashCommand, on machine: Machine) {
        let typed: String?
        switch error.what {
        case "--rounds": typed = command.hashing.rounds
        case "--algorithm": typed = command.hashing.algorithm
        case "--jobs": typed = command.processes.jobs
        case "--max-line": typed = command.input.maximumLine
        case "--buffer": typed = command.processes.buffer
        case "--retries": typed = command.processes.retries
        case "--timeout": typed = command.processes.timeout
        case "--format": typed = command.output.format
        case "--encoding": typed = command.output.encoding
        case "PHASH_KERNEL": typed = machine.kernelName
        case "--crlf":
            return expect(command.input.hasCarriageReturns && command.input.endsInNull, "\(error) without a reason")
        case "--format hex":
            return expect(command.output.format == "hex", "\(error) without a reason")
        default: fatalError("finding: \(error) names no option")
        }
        guard let typed else { fatalError("finding: \(error) of what was not typed") }
        expect(error.why.hasPrefix("'\(printable(typed))' is "), "\(error) does not name \(typed)")
    }

    private static func checkParserError(_ error: any Error, _ arguments: [String]) {
        if PhashCommand.exitCode(for: error) == .success {
            return expect(!PhashCommand.fullMessage(for: error).isEmpty, "an answer without a word")
        }
        let message = CommandLineInterface.usageMessage(for: error)
        check(message: message)
        expect(!arguments.isEmpty, "an error of nothing: \(message)")
    }

    private static func check(message: String) {
        let lines = message.split(separator: "\n", omittingEmptySubsequences: false)
        expect(lines.count == 3 && lines[2].isEmpty, "not two lines: \(message)")
        expect(lines[0].hasPrefix("phash: ") && lines[0].count > 10, "no message of phash's: \(message)")
        expect(lines[1] == "Try 'phash --help' for more information.", "no advice: \(message)")
        let controls = lines[0].unicodeScalars.filter { $0.properties.generalCategory == .control }
        expect(controls.isEmpty, "control characters in a message: \(controls)")
    }
}

/// What a value means, by way of floating point.
private enum TypedValue {
    static func number(_ text: String) -> Double? { Double(text) }

    static func size(_ text: String) -> Double? {
        let digits = text.prefix { ("0"..."9").contains($0) }
        let units = ["": 1, "k": 1 << 10, "kib": 1 << 10, "m": 1 << 20, "mib": 1 << 20, "g": 1 << 30, "gib": 1 << 30]
        guard let unit = units[text.dropFirst(digits.count).lowercased()] else { return nil }
        return Double(digits).map { $0 * Double(unit) }
    }

    /// The children that a machine of so many CPUs may have.
    static func jobs(_ text: String, _ processors: Int) -> Double? {
        let cpus = Double(processors)
        let digits = text.filter { ("0"..."9").contains($0) }
        guard let number = Double(digits) else { return nil }
        let wanted: Double? =
            switch text {
            case "+\(digits)": cpus + number
            case "-\(digits)": cpus - number
            case "\(digits)%": (cpus * number / 100).rounded()
            case digits: number == 0 ? cpus : number
            default: nil
            }
        return wanted.map { min(max($0, 1), 1024) }
    }
}
