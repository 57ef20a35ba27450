import ArgumentParser
import PhashDigest
import PhashEngine
import PhashTestKit

@testable import PhashCLI
@testable import PhashWire

/// Any arguments, variables and configuration file, with NUL between them, on any machine: settings that keep to their
/// ranges and come back when they are typed in full or saved as a file, or an error that names what was wrong.
enum OptionsFuzzer {
    private static let path = "/fuzz.toml"

    @Sendable
    static func run(_ bytes: [UInt8]) {
        let parts = bytes.split(separator: 0, omittingEmptySubsequences: false)
        // The machine comes first: how many CPUs, and the kernel that is asked for.
        var machine = Machine(processors: 1 + Int(parts[0].first ?? 0) * 5, readsFromTerminal: false)
        if parts[0].count > 1 {
            machine.environment[Machine.kernelVariable] = String(decoding: parts[0].dropFirst(), as: UTF8.self)
        }
        var document: [UInt8]?
        var arguments: [String] = []
        for part in parts.dropFirst() {
            let text = String(decoding: part, as: UTF8.self)
            if part.first == UInt8(ascii: "#") {
                document = Array(part)
            } else if text.hasPrefix(Setting.environmentPrefix), let sign = text.firstIndex(of: "=") {
                machine.environment[String(text[..<sign])] = String(text[text.index(after: sign)...])
            } else {
                arguments.append(text)
            }
        }
        // Whether a program is installed is no matter here.
        machine.environment[BridgeLocation.variable] = "/bin/sh"
        do {
            guard let command = try parse(arguments) else { return }
            check(command, document, on: machine)
        } catch {
            checkParserError(error, arguments)
        }
    }

    private static func check(_ command: PhashCommand, _ document: [UInt8]?, on machine: Machine) {
        do {
            var file: ConfigurationFile?
            if let document { file = try ConfigurationFile(path: path, bytes: document) }
            let values = try SettingValues(typed: command, environment: machine.environment, file: file)
            // It would be read, and could be anything: a terminal, a pipe without a writer.
            if text("broker-file", values) != nil { return }
            let settings = try Settings(resolving: values, on: machine)
            check(settings, of: values)
            checkTyped(settings, broker: text("broker", values), on: machine)
            checkSaved(values, settings, on: machine)
        } catch {
            check(error, of: command, on: machine)
            check(message: CommandLineInterface.message(for: error), hasAdvice: error.status == .usage)
        }
    }

    /// nil for what is another command, such as the request for help.
    private static func parse(_ arguments: [String]) throws -> PhashCommand? {
        try PhashCommand.parseAsRoot(OptionalValues.filledIn(ShortOptions.separated(arguments))) as? PhashCommand
    }

    // MARK: - Settings

    private static func check(_ settings: Settings, of values: SettingValues) {
        let filter = settings.filter
        expect((filter.broker == nil ? 1...1024 : 0...1024).contains(filter.jobs), "\(filter.jobs) jobs")
        expect((filter.broker == nil) == (text("broker", values) == nil), "a broker from nowhere, or none")
        expect(settings.rounds >= 1, "\(settings.rounds) rounds")
        expect((1...1 << 30).contains(filter.maximumLineBytes), "lines of \(filter.maximumLineBytes) bytes")
        expect((1...1 << 40).contains(filter.bufferBytes), "a buffer of \(filter.bufferBytes) bytes")
        expect((0...1000).contains(filter.retries), "\(filter.retries) retries")
        let timeout = filter.timeoutNanoseconds ?? 1_000_000
        expect((1_000_000...1_000_000_000_000_000).contains(timeout), "a timeout of \(timeout) ns")
        expect((filter.timeoutNanoseconds == nil) == (text("timeout", values) == nil), "a timeout without a word")
        expect(filter.estimatedRecordNanoseconds >= 1, "a record that costs nothing")
        expect(filter.delimiter == (values.isOn("null") ? 0 : 0x0A), "another delimiter")
        expect(!(filter.stripsCarriageReturn && filter.delimiter == 0), "--crlf with --null")
        expect(filter.format.isValid, "\(filter.format)")
        let digestBytes = settings.algorithm.digestBytes
        let resultBytes = settings.member == nil ? digestBytes : MemberResult.maximumBytes(digestBytes: digestBytes)
        expect(filter.format.maximumResultBytes == resultBytes, "results of another length")
        expect((settings.member == nil) == (filter.format.shape != .member), "a member without its format")
        expect(settings.member?.pointer.text == text("json-field", values), "another pointer")
        let isBare = filter.format.shape == .bare
        expect(!isBare || filter.order == .input && filter.format.tag.isEmpty, "a bare hash without its place")
        expect(!isBare || filter.format.encoding == .hexadecimal, "a bare hash in base64")
        check(text("rounds", values), is: Double(settings.rounds), WrittenValue.number)
        check(text("retries", values), is: Double(filter.retries), WrittenValue.number)
        check(text("timeout", values), is: Double(filter.timeoutNanoseconds ?? 0) / 1e9, WrittenValue.number)
        let shown = filter.introspection
        check(text("total", values), is: Double(shown.totalRecords ?? 0), WrittenValue.number)
        check(text("stats", values), is: Double(shown.statsNanoseconds ?? 0) / 1e9, WrittenValue.number)
        expect(shown.metricsPath == text("metrics-file", values) && shown.metricsPath != "", "another file for figures")
        check(text("buffer", values), is: Double(filter.bufferBytes), WrittenValue.size)
        check(text("max-line", values), is: Double(filter.maximumLineBytes), WrittenValue.size)
        check(filter.jobs == 0 ? nil : text("jobs", values), is: Double(filter.jobs)) {
            WrittenValue.jobs($0, filter.processors)
        }
        guard let broker = filter.broker else { return }
        expect(broker.queue == text("queue", values) && broker.queue.utf8.count <= 64, "another queue")
        check(text("broker-timeout", values), is: Double(broker.patienceNanoseconds ?? 0) / 1e9, WrittenValue.number)
    }

    private static func text(_ name: String, _ values: SettingValues) -> String? {
        values[name]?.value
    }

    /// Holds what became of a value, if it was given, against what was meant by it.
    private static func check(_ text: String?, is number: Double, _ meaning: (String) -> Double?) {
        guard let text else { return }
        guard let meant = meaning(text) else { fatalError("finding: \(text) is taken for \(number)") }
        // Digits of a second behind the ninth are dropped, and rounds may be more than a Double holds.
        expect(abs(meant - number) <= 2e-9 + meant * 1e-15, "\(text) is taken for \(number), not \(meant)")
    }

    /// The settings, typed in full, mean the same.
    private static func checkTyped(_ settings: Settings, broker url: String?, on machine: Machine) {
        let filter = settings.filter
        var arguments = [
            "--algorithm=\(settings.algorithm.name)", "--rounds", "\(settings.rounds)",
            "--max-line=\(filter.maximumLineBytes)", "--buffer", "\(filter.bufferBytes)",
            "--retries=\(filter.retries)", filter.order == .input ? "-k" : "-u",
            "--format", filter.format.shape == .bare ? "hex" : "json",
            "--encoding=\(filter.format.encoding == .base64 ? "base64" : "hex")",
        ]
        if let timeout = filter.timeoutNanoseconds { arguments += ["--timeout", seconds(timeout)] }
        // Nothing that can be typed is no child at all.
        if filter.jobs > 0 { arguments.append("-j\(filter.jobs)") }
        if let broker = filter.broker, let url {
            let patience = broker.patienceNanoseconds.map(seconds) ?? "0"
            arguments += ["--broker", url, "--queue", broker.queue, "--broker-timeout", patience]
        }
        arguments += typed(filter.introspection)
        if filter.delimiter == 0 { arguments.append("-0") }
        if filter.stripsCarriageReturn { arguments.append("--crlf") }
        if !filter.format.tag.isEmpty { arguments.append("--tag") }
        if !filter.format.includesInput { arguments.append("--no-input") }
        if filter.isVerbose { arguments.append("-v") }
        if let member = settings.member {
            arguments += ["--json-field=\(member.pointer.text)", "--missing", member.missing.word]
        }
        guard let command = try? parse(arguments), let values = try? SettingValues(typed: command),
            let again = try? Settings(resolving: values, on: machine)
        else {
            fatalError("finding: \(arguments) is refused")
        }
        expect("\(again)" == "\(settings)", "\(again) instead of \(settings)")
    }

    private static func typed(_ shown: IntrospectionSettings) -> [String] {
        let progress =
            switch shown.progress {
            case .never: "never"
            case .automatic: "auto"
            case .always: "always"
            }
        var arguments = ["--progress=\(progress)"]
        if let total = shown.totalRecords { arguments += ["--total", "\(total)"] }
        if let interval = shown.statsNanoseconds { arguments += ["--stats", seconds(interval)] }
        if shown.writesSummary { arguments.append("--summary") }
        if let path = shown.metricsPath { arguments += ["--metrics-file", path] }
        return arguments
    }

    /// A duration in full, as it is typed.
    private static func seconds(_ nanoseconds: Int64) -> String {
        let fraction = String(nanoseconds % 1_000_000_000)
        let zeros = String(repeating: "0", count: 9 - fraction.count)
        return "\(nanoseconds / 1_000_000_000).\(zeros)\(fraction)"
    }

    /// What `phash config` prints means the same when it is saved and read.
    private static func checkSaved(_ values: SettingValues, _ settings: Settings, on machine: Machine) {
        let document = ConfigCommand.lines(values).joined(separator: "\n")
        // The document has no password; one that is wrong elsewhere would be asked for then.
        var machine = machine
        machine.environment[BrokerURL.variable] = nil
        guard let file = try? ConfigurationFile(path: path, bytes: Array(document.utf8)),
            let command = try? parse([]), let values = try? SettingValues(typed: command, file: file),
            let again = try? Settings(resolving: values, on: machine)
        else { fatalError("finding: \(document) is refused") }
        expect("\(again)" == "\(settings)", "\(document) instead of \(settings)")
    }

    // MARK: - Errors

    /// An error names the place and the value, and its status goes with the place.
    private static func check(_ error: SettingsError, of command: PhashCommand, on machine: Machine) {
        expect((error.status == .usage) == error.what.hasPrefix("--"), "\(error) with \(error.status)")
        if error.why.hasPrefix("does not go with ") { return }
        let place = error.what
        let written: String?
        if place.hasPrefix("--") {
            written = SettingsTable.setting(String(place.dropFirst(2)))?.typedText(command)
        } else if place.hasPrefix(Setting.environmentPrefix) {
            written = machine.environment[place]
        } else {
            return expect(place.hasPrefix(path), "\(error) names no place")
        }
        guard let written else { fatalError("finding: \(error) of what was not given") }
        if place == "--broker" || place == BrokerURL.variable {
            return expect(error.why.hasPrefix("the broker's URL "), "\(error) says nothing of a URL")
        }
        expect(error.why.hasPrefix("'\(printable(written))' is "), "\(error) does not name \(written)")
    }

    private static func checkParserError(_ error: any Error, _ arguments: [String]) {
        if PhashCommand.exitCode(for: error) == .success {
            return expect(!PhashCommand.fullMessage(for: error).isEmpty, "an answer without a word")
        }
        let message = CommandLineInterface.message(for: error)
        check(message: message, hasAdvice: true)
        expect(!arguments.isEmpty, "an error of nothing: \(message)")
    }

    private static func check(message: String, hasAdvice: Bool) {
        let lines = message.split(separator: "\n", omittingEmptySubsequences: false)
        expect(lines.count == (hasAdvice ? 3 : 2) && lines.last == "", "not so many lines: \(message)")
        expect(lines[0].hasPrefix("phash: ") && lines[0].count > 10, "no message of phash's: \(message)")
        expect(!hasAdvice || lines[1] == "Try 'phash --help' for more information.", "no advice: \(message)")
        let controls = lines[0].unicodeScalars.filter { $0.properties.generalCategory == .control }
        expect(controls.isEmpty, "control characters in a message: \(controls)")
    }
}

extension MemberReader.MissingMember {
    /// What `--missing` calls it.
    fileprivate var word: String {
        switch self {
        case .fails: "error"
        case .isSkipped: "skip"
        case .isPassed: "pass"
        }
    }
}

/// What a value means, by way of floating point.
private enum WrittenValue {
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
