/// One setting: an option of the command line that may also be given by an environment variable or in the
/// configuration file.
struct Setting: Sendable {
    /// What a value is, which decides how the configuration file writes it.
    enum Kind: Sendable {
        /// On or off: `tag = true`.
        case flag
        /// A number, or one with a sign or a unit around it: `rounds = 1000`, `timeout = 0.5`, `jobs = "50%"`.
        case number
        /// Words: `algorithm = "sha256"`.
        case text
        /// A URL in which there may be a user and a password, which are shown nowhere: `broker = "amqps://host/vhost"`.
        case address
    }

    /// The long option without its dashes, which is the key in the configuration file too.
    let name: String
    let kind: Kind
    /// What the setting is when it is not given, written as it would be typed; nil for one that then has no value.
    let defaultText: String?
    /// The long option, without its dashes, that says the opposite of a flag.
    let opposite: String?
    /// What was typed; nil when it was not given on the command line.
    let typedText: @Sendable (PhashCommand) -> String?

    /// The variable's name where it does not follow from that of the setting.
    var ownEnvironmentName: String?

    /// The variable that holds it: `PHASH_MAX_LINE` for `max-line`.
    var environmentName: String { ownEnvironmentName ?? usualEnvironmentName }

    /// What the variable would be called by the rule.
    var usualEnvironmentName: String {
        Self.environmentPrefix + name.uppercased().replacing("-", with: "_")
    }

    static let environmentPrefix = "PHASH_"

    /// `text`, a value of this setting, as it may stand in a message or a listing.
    func shown(_ text: String) -> String { kind == .address ? BrokerURL.withoutLogin(text) : text }

    /// A setting with a value.
    static func value(
        _ name: String, _ kind: Kind, default defaultText: String? = nil, variable: String? = nil,
        typed: @escaping @Sendable (PhashCommand) -> String?
    ) -> Setting {
        Setting(
            name: name, kind: kind, defaultText: defaultText, opposite: nil, typedText: typed,
            ownEnvironmentName: variable)
    }

    /// A setting that is off unless it is given, and that the command line can only switch on.
    static func flag(_ name: String, typed: @escaping @Sendable (PhashCommand) -> Bool) -> Setting {
        Setting(name: name, kind: .flag, defaultText: "false", opposite: nil) { typed($0) ? "true" : nil }
    }

    /// A setting that is off unless it is given, and that the command line can switch on and off.
    static func flag(
        _ name: String, opposite: String, typed: @escaping @Sendable (PhashCommand) -> Bool?
    ) -> Setting {
        Setting(name: name, kind: .flag, defaultText: "false", opposite: opposite) { typed($0)?.description }
    }
}
