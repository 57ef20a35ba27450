import Configuration
import PhashPosix
import Synchronization

/// The value of every setting with the place that it came from: the command line over the environment over the
/// configuration file over the defaults.
///
/// Only `Settings` knows what the texts mean, save for flags, which are `true` or `false` here whoever wrote them.
struct SettingValues {
    struct Entry: Equatable {
        var text: String
        var origin: SettingOrigin
        /// What of a higher origin this does not go with, in the words of that origin; it then counts as not given.
        var defeat: String?
    }

    /// By name; what is neither given nor has a default is not there.
    private(set) var entries: [String: Entry] = [:]

    /// - Parameters:
    ///   - command: What was typed.
    ///   - environment: The variables whose names begin with `PHASH_`; an empty one counts as not set.
    ///   - file: The configuration file, if there is one.
    init(
        typed command: PhashCommand, environment: [String: String] = [:], file: ConfigurationFile? = nil
    ) throws(SettingsError) {
        for (setting, entry) in Self.entries(typed: command, environment: environment, file: file) {
            entries[setting.name] = entry
            guard setting.kind == .flag else { continue }
            let isOn = try read(setting.name, boolean)
            entries[setting.name]?.text = isOn.description
        }
        try settleContradictions()
    }

    /// What `reader` makes of a setting that has a default.
    func read<Value>(
        _ name: String, _ reader: (String) throws(InvalidValue) -> Value
    ) throws(SettingsError) -> Value {
        guard let value = try readIfGiven(name, reader) else {
            preconditionFailure("\(name) is no setting, or one without a default")
        }
        return value
    }

    /// What `reader` makes of a setting; nil when it is not given and has no default.
    func readIfGiven<Value>(
        _ name: String, _ reader: (String) throws(InvalidValue) -> Value
    ) throws(SettingsError) -> Value? {
        guard let setting = SettingsTable.setting(name) else { preconditionFailure("\(name) is no setting") }
        guard let text = text(of: setting), let entry = entries[name] else { return nil }
        do {
            return try reader(text)
        } catch {
            throw SettingsError(
                what: entry.origin.place(of: setting), why: error.reason, status: entry.origin.status)
        }
    }

    /// Whether a flag is on.
    func isOn(_ name: String) -> Bool {
        guard let setting = SettingsTable.setting(name), setting.kind == .flag else {
            preconditionFailure("\(name) is no flag")
        }
        return text(of: setting) == "true"
    }

    /// The value that counts.
    func text(of setting: Setting) -> String? {
        guard let entry = entries[setting.name] else { return nil }
        return entry.defeat == nil ? entry.text : setting.defaultText
    }

    /// Takes back what contradicts something from a higher origin; two of the same origin are an error.
    private mutating func settleContradictions() throws(SettingsError) {
        // The highest origin first: what it defeats defeats nothing itself.
        for origin in Set(entries.values.map(\.origin)).sorted() where origin != .builtIn {
            for contradiction in Contradiction.all { try settle(contradiction, for: origin) }
        }
    }

    private mutating func settle(
        _ contradiction: Contradiction, for origin: SettingOrigin
    ) throws(SettingsError) {
        let (first, second) = (contradiction.first, contradiction.second)
        guard let one = entries[first.name], let other = entries[second.name],
            min(one.origin, other.origin) == origin,
            first.isMet(by: text(of: first.setting)), second.isMet(by: text(of: second.setting))
        else { return }
        let (oneWording, otherWording) = (
            one.origin.wording(of: first.setting, one.text), other.origin.wording(of: second.setting, other.text)
        )
        if one.origin == other.origin {
            throw SettingsError(
                what: origin.subject(oneWording), why: "does not go with \(otherWording): \(contradiction.why)",
                status: origin.status)
        } else if one.origin == origin {
            entries[second.name]?.defeat = oneWording
        } else {
            entries[first.name]?.defeat = otherWording
        }
    }
}

extension SettingValues {
    /// The values for what was typed to phash, with the environment of `machine` and the file that they name.
    static func resolved(for command: PhashCommand, on machine: Machine) throws(SettingsError) -> SettingValues {
        // By it swift-configuration would write a file about the values that it is asked for.
        Environment.remove("CONFIG_ACCESS_LOG_FILE")
        let file = try ConfigurationFile.find(
            typed: command.configurationFile, environment: machine.environment)
        return try SettingValues(typed: command, environment: machine.environment, file: file)
    }

    /// Names that look as if they were meant for phash, and are not of any setting.
    static func unknownVariables(in environment: [String: String]) -> [String] {
        let settings = SettingsTable.all.map(\.environmentName)
        let known = Set(settings + [ConfigurationFile.variable, Machine.kernelVariable])
        return environment.keys.filter { !known.contains($0) }.sorted()
    }
}

// MARK: - Precedence

extension SettingValues {
    /// Everything that is set.
    private static func entries(
        typed command: PhashCommand, environment: [String: String], file: ConfigurationFile?
    ) -> [(Setting, Entry)] {
        let variables = environment.filter { !$0.value.isEmpty }
        // Most starts have nothing but a command line; for them it would be a detour.
        guard !variables.isEmpty || file != nil else {
            return SettingsTable.all.compactMap { setting in
                if let text = setting.typedText(command) { return (setting, Entry(text: text, origin: .commandLine)) }
                return setting.defaultText.map { (setting, Entry(text: $0, origin: .builtIn)) }
            }
        }
        var layers: [(origin: SettingOrigin, provider: any ConfigProvider)] = [
            (.commandLine, provider("command line") { $0.typedText(command) })
        ]
        if !variables.isEmpty {
            layers.append((.environment, EnvironmentVariablesProvider(environmentVariables: variables)))
        }
        if let file { layers.append((.file(file.path), file)) }
        layers.append((.builtIn, provider("defaults", \.defaultText)))
        return ranked(layers)
    }

    /// The strongest value of each setting, by swift-configuration.
    private static func ranked(
        _ layers: [(origin: SettingOrigin, provider: any ConfigProvider)]
    ) -> [(Setting, Entry)] {
        let supplier = Supplier()
        let reader = ConfigReader(providers: layers.map(\.provider), accessReporter: supplier).scoped(to: "phash")
        return SettingsTable.all.compactMap { setting in
            guard let text = reader.string(forKey: ConfigKey([setting.name])) else { return nil }
            return (setting, Entry(text: text, origin: layers[supplier.place].origin))
        }
    }

    private static func provider(_ name: String, _ text: (Setting) -> String?) -> InMemoryProvider {
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        for setting in SettingsTable.all {
            guard let text = text(setting) else { continue }
            values[AbsoluteConfigKey(["phash", setting.name])] = ConfigValue(.string(text), isSecret: false)
        }
        return InMemoryProvider(name: name, values: values)
    }

    /// Says which provider supplied the last value that was asked for: the last one that had to be asked.
    private final class Supplier: AccessReporter {
        private let asked = Mutex(0)

        var place: Int { asked.withLock { $0 - 1 } }

        func report(_ event: AccessEvent) { asked.withLock { $0 = event.providerResults.count } }
    }
}
