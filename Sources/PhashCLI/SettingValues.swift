import Configuration
import PhashEngine
import PhashPosix
import Synchronization

/// The value of every setting with the place that it came from: the command line over the environment over the
/// configuration file over the defaults.
///
/// Only `Settings` knows what the texts mean, save for flags, which are `true` or `false` here whoever wrote them.
struct SettingValues {
    struct Entry {
        let setting: Setting
        var text: String
        let origin: SettingOrigin
        /// What of a higher origin this does not go with, in the words of that origin; it then counts as not given.
        var defeat: String?

        /// The value that counts.
        var value: String? { defeat == nil ? text : setting.defaultText }

        /// `text` as it was written: `--format hex`.
        var wording: String { origin.wording(of: setting, text) }

        /// Where it was written: `--format`.
        var place: String { origin.place(of: setting) }

        /// What is wrong with the value.
        func error(_ why: String) -> SettingsError {
            SettingsError(what: place, why: why, status: origin.status)
        }
    }

    /// What is given or has a default, in the order of the table. An array, because a dictionary would have to find out
    /// how to hash, which takes longer than looking at them all.
    private(set) var entries: [Entry]

    /// - Parameters:
    ///   - command: What was typed.
    ///   - environment: The variables whose names begin with `PHASH_`; an empty one counts as not set.
    ///   - file: The configuration file, if there is one.
    ///   - scope: The names of those that count; nil for all.
    init(
        typed command: PhashCommand, environment: [String: String] = [:], file: ConfigurationFile? = nil,
        scope: Set<String>? = nil
    ) throws(SettingsError) {
        entries = Self.entries(typed: command, environment: environment, file: file)
        if let scope { entries.removeAll { !scope.contains($0.setting.name) } }
        for index in entries.indices where entries[index].setting.kind == .flag {
            let isOn = try Self.read(entries[index], boolean) ?? false
            entries[index].text = isOn.description
        }
        try settleContradictions()
    }

    /// The entry of that name; nil where the setting is neither given nor has a default.
    subscript(name: String) -> Entry? { entries.first { $0.setting.name == name } }

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
        guard let entry = self[name] else {
            precondition(SettingsTable.setting(name) != nil, "\(name) is no setting")
            return nil
        }
        return try Self.read(entry, reader)
    }

    private static func read<Value>(
        _ entry: Entry, _ reader: (String) throws(InvalidValue) -> Value
    ) throws(SettingsError) -> Value? {
        guard let value = entry.value else { return nil }
        do {
            return try reader(value)
        } catch {
            throw entry.error(error.reason)
        }
    }

    /// Whether a flag is on.
    func isOn(_ name: String) -> Bool {
        guard let entry = self[name], entry.setting.kind == .flag else { preconditionFailure("\(name) is no flag") }
        return entry.value == "true"
    }

    /// Takes back what contradicts something from a higher origin; two of the same origin are an error, and so is what would
    /// take back what is never left out.
    private mutating func settleContradictions() throws(SettingsError) {
        // The highest origin first: what it defeats defeats nothing itself.
        for origin in entries.map(\.origin).sorted() where origin != .builtIn {
            for contradiction in Contradiction.all { try settle(contradiction, for: origin) }
        }
    }

    private mutating func settle(
        _ contradiction: Contradiction, for origin: SettingOrigin
    ) throws(SettingsError) {
        guard let first = entries.firstIndex(where: contradiction.first.isMet),
            let second = entries.firstIndex(where: contradiction.second.isMet)
        else { return }
        let (one, other) = (entries[first], entries[second])
        guard min(one.origin, other.origin) == origin else { return }
        if one.origin == other.origin {
            throw SettingsError(
                what: origin.subject(one.wording), why: "does not go with \(other.wording): \(contradiction.why)",
                status: origin.status)
        } else if other.origin == origin && contradiction.keepsFirst {
            throw SettingsError(
                what: origin.subject(other.wording),
                why: "does not go with \(one.origin.subject(one.wording)): \(contradiction.why)", status: origin.status)
        } else if one.origin == origin {
            entries[second].defeat = one.wording
        } else {
            entries[first].defeat = other.wording
        }
    }
}

extension SettingValues {
    /// The values for what was typed to phash, with the environment of `machine` and the file that they name.
    ///
    /// - Parameter scope: The names of those that count; nil for all.
    static func resolved(
        for command: PhashCommand, on machine: Machine, scope: Set<String>? = nil
    ) throws(SettingsError) -> SettingValues {
        // By it swift-configuration would write a file about the values that it is asked for.
        Environment.remove("CONFIG_ACCESS_LOG_FILE")
        // What the machine has read of it is enough, and no child has any use for a password.
        Environment.remove(BrokerURL.variable)
        // Bytes that are no text have become this on the way: they would name another file, or another member.
        for (name, value) in machine.environment where value.contains("\u{FFFD}") {
            throw SettingsError(what: printable(name), why: "is not UTF-8", status: .configuration)
        }
        let file = try ConfigurationFile.find(
            typed: command.configurationFile, environment: machine.environment)
        return try SettingValues(typed: command, environment: machine.environment, file: file, scope: scope)
    }

    /// Names that look as if they were meant for phash, and are not of any setting.
    static func unknownVariables(in environment: [String: String]) -> [String] {
        let settings = SettingsTable.all.map(\.environmentName)
        let known = Set(settings + [ConfigurationFile.variable, Machine.kernelVariable, BridgeLocation.variable])
        return environment.keys.filter { !known.contains($0) }.sorted()
    }
}

// MARK: - Precedence

extension SettingValues {
    /// Everything that is set.
    private static func entries(
        typed command: PhashCommand, environment: [String: String], file: ConfigurationFile?
    ) -> [Entry] {
        let variables = settingVariables(environment)
        // Most starts have nothing but a command line; for them it would be a detour.
        guard !variables.isEmpty || file != nil else {
            return SettingsTable.all.compactMap { setting in
                if let text = setting.typedText(command) {
                    return Entry(setting: setting, text: text, origin: .commandLine)
                }
                return setting.defaultText.map { Entry(setting: setting, text: $0, origin: .builtIn) }
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

    /// The variables that are set, by the names that follow from those of the settings.
    private static func settingVariables(_ environment: [String: String]) -> [String: String] {
        var variables = environment.filter { !$0.value.isEmpty }
        if variables.isEmpty { return variables }
        for setting in SettingsTable.all {
            guard let name = setting.ownEnvironmentName else { continue }
            variables[setting.usualEnvironmentName] = variables.removeValue(forKey: name)
        }
        return variables
    }

    /// The strongest value of each setting, by swift-configuration.
    private static func ranked(
        _ layers: [(origin: SettingOrigin, provider: any ConfigProvider)]
    ) -> [Entry] {
        let supplier = Supplier()
        let reader = ConfigReader(providers: layers.map(\.provider), accessReporter: supplier).scoped(to: "phash")
        return SettingsTable.all.compactMap { setting in
            guard let text = reader.string(forKey: ConfigKey([setting.name])) else { return nil }
            return Entry(setting: setting, text: text, origin: layers[supplier.place].origin)
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
