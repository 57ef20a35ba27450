import PhashEngine

/// Where a setting was written, the strongest first, which is also the least.
enum SettingOrigin: Hashable, Comparable, Sendable {
    case commandLine
    case environment
    /// The configuration file of that path.
    case file(String)
    case builtIn

    /// How a person finds the place again, for messages: `--rounds`, `PHASH_ROUNDS`, `/etc/phash.toml: rounds`.
    func place(of setting: Setting) -> String {
        switch self {
        case .commandLine, .builtIn: "--\(setting.name)"
        case .environment: setting.environmentName
        case .file(let path): "\(printable(path)): \(setting.name)"
        }
    }

    /// `setting` together with `text`, its value, as they were written there: `--format hex`, `PHASH_TAG=1`.
    func wording(of setting: Setting, _ text: String) -> String {
        let text = setting.shown(text)
        return switch self {
        case .commandLine, .builtIn: "--\(setting.name)" + (setting.kind == .flag ? "" : " \(printable(text))")
        case .environment: "\(setting.environmentName)=\(printable(text))"
        case .file: "\(setting.name) = \(TOMLText.value(text, of: setting.kind))"
        }
    }

    /// What a message is about that quotes from it by `wording`.
    func subject(_ wording: String) -> String {
        guard case .file(let path) = self else { return wording }
        return "\(printable(path)): \(wording)"
    }

    /// For the comments of `phash config`.
    func comment(on setting: Setting) -> String {
        switch self {
        case .commandLine: "command line"
        case .environment: "environment \(setting.environmentName)"
        case .file(let path): "file \(printable(path))"
        case .builtIn: "default"
        }
    }

    /// What phash exits with when the value is wrong.
    var status: ExitCode {
        switch self {
        case .commandLine, .builtIn: .usage
        case .environment, .file: .configuration
        }
    }
}
