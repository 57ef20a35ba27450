import PhashEngine
import PhashPosix
import PhashWire

/// Where the settings say that the broker is, and whom to log in as there.
enum BrokerURL {
    /// The variable of `--broker`; its name says what is in it, since it is where people put a password.
    static let variable = "PHASH_BROKER_URL"
    /// The settings that are about a broker.
    static let settings = ["broker", "broker-file", "broker-timeout", "queue"]
    /// Most that a file with a URL may hold, bytes.
    private static let mostFileBytes = 4096

    /// The broker's address; nil when there is to be none.
    ///
    /// It comes from `broker` or from `broker-file`, whichever was written in the place that counts more, and from `broker`
    /// where that is the same. What it lacks of user and password comes from the file, or else from the variable.
    static func address(
        _ values: SettingValues, environment: [String: String]
    ) throws(SettingsError) -> BrokerAddress? {
        let file = values["broker-file"]
        guard let entry = values["broker"], file.map({ $0.origin >= entry.origin }) ?? true else {
            return try file.map(read)
        }
        let written = try values.readIfGiven("broker", brokerAddress)
        guard let written, written.lacksLogin else { return written }
        let address = try file.map { (file) throws(SettingsError) in written.withLogin(of: try read(file)) } ?? written
        guard address.lacksLogin, entry.origin != .environment, let text = environment[variable], !text.isEmpty else {
            return address
        }
        return address.withLogin(of: try read(variable: text))
    }

    /// Whether there are no children here: whoever names a broker has machines for the work, and this one takes part where it
    /// is told to.
    static func leavesNoJobs(_ values: SettingValues) -> Bool {
        values["jobs"]?.origin == .builtIn && (values["broker"] != nil || values["broker-file"] != nil)
    }

    private static func read(variable text: String) throws(SettingsError) -> BrokerAddress {
        do throws(InvalidValue) {
            return try brokerAddress(text)
        } catch {
            throw SettingsError(what: variable, why: error.reason, status: .configuration)
        }
    }

    /// The address on the first line of the file that a setting names.
    private static func read(_ entry: SettingValues.Entry) throws(SettingsError) -> BrokerAddress {
        do throws(InvalidValue) {
            return try brokerAddress(firstLine(of: entry.text))
        } catch {
            throw SettingsError(
                what: entry.place, why: "'\(printable(entry.text))': \(error.reason)", status: .configuration)
        }
    }

    private static func firstLine(of path: String) throws(InvalidValue) -> String {
        let bytes: [UInt8]?
        do throws(Errno) {
            bytes = try fileBytes(of: path)
        } catch {
            throw InvalidValue(reason: "\(error)")
        }
        guard let bytes else { throw InvalidValue(reason: "it is standard input, which holds the records") }
        guard bytes.count <= mostFileBytes else {
            throw InvalidValue(reason: "it holds more than \(mostFileBytes) bytes, which is no URL")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw InvalidValue(reason: "it is not UTF-8") }
        let line = text.prefix { !$0.isNewline }
        guard !line.isEmpty else {
            throw InvalidValue(reason: "its first line is empty, but has to be the broker's URL")
        }
        return String(line)
    }

    /// What the file begins with, one byte more than it may hold at most; nil when it is standard input.
    private static func fileBytes(of path: String) throws(Errno) -> [UInt8]? {
        let descriptor = try InputFile.open(path)
        if InputFile.isSame(descriptor, as: StandardStream.input) { return nil }
        return try SmallFile.start(of: descriptor, atMost: mostFileBytes + 1)
    }

    // MARK: - What people see

    /// `text` without user and password, or without anything when it is no URL of a broker.
    static func withoutLogin(_ text: String) -> String {
        guard (try? BrokerAddress(text)) != nil, let start = text.firstRange(of: "://")?.upperBound else {
            return "amqp://..."
        }
        let end = text[start...].firstIndex { $0 == "/" || $0 == "?" } ?? text.endIndex
        guard let sign = text[start..<end].lastIndex(of: "@") else { return text }
        return String(text[..<start] + text[text.index(after: sign)...])
    }

    /// `text`, a message of somebody who knows nothing of URLs, without what may be user and password in one.
    static func withoutLogins(in text: String) -> String {
        // To the last `@`: a password may hold anything.
        text.replacing(/(?i)(amqps?:\/\/).*@/) { "\($0.1)...@" }
    }

    /// What standard error says of a password that others see; nil where there is none.
    static func warning(about values: SettingValues) -> String? {
        guard let entry = values["broker"], entry.origin == .commandLine,
            let address = try? BrokerAddress(entry.text), address.password != nil
        else { return nil }
        return """
            \(entry.place): a password in an argument is seen by everyone on this machine: use --broker-file or \(variable)
            """
    }

    static func warn(about values: SettingValues, of program: String) {
        guard let warning = warning(about: values) else { return }
        StandardError.write("\(program): \(warning)\n")
    }
}

extension BrokerAddress {
    /// Whether somebody else has to say who logs in, or with which password.
    fileprivate var lacksLogin: Bool { user == nil || password == nil }

    /// A copy with what is missing, but with no password of another user.
    fileprivate func withLogin(of other: BrokerAddress) -> BrokerAddress {
        guard user == nil || user == other.user else { return self }
        var copy = self
        copy.user = other.user
        copy.password = other.password
        return copy
    }
}

/// A broker's address; what is wrong with it is told without a word of it.
private func brokerAddress(_ text: String) throws(InvalidValue) -> BrokerAddress {
    do throws(BrokerAddress.Fault) {
        return try BrokerAddress(text)
    } catch {
        throw InvalidValue(reason: "the broker's URL \(error.reason)")
    }
}

/// What names of queues and exchanges begin with.
func queueName(_ text: String) throws(InvalidValue) -> String {
    guard isName(text, with: "._-") else {
        throw InvalidValue(text, "is not a name of 1 to 64 letters, digits and . _ -")
    }
    return text
}

/// A time above zero in seconds, as nanoseconds; nil for 0, which is for ever.
func patienceNanoseconds(_ text: String) throws(InvalidValue) -> Int64? {
    if wholeNumber(text) == 0 { return nil }
    do throws(InvalidValue) {
        return try nanoseconds(fromSeconds: text)
    } catch {
        throw InvalidValue(reason: "\(error.reason), nor 0 for ever")
    }
}
