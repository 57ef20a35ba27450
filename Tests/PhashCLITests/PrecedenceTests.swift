import ArgumentParser
import Testing

@testable import PhashCLI

/// The places where a setting can be written, the strongest first.
private enum Layer: CaseIterable, Comparable {
    case commandLine, environment, file, builtIn
}

@Suite("Precedence of settings")
struct PrecedenceTests {
    /// Values that differ from the default and from each other; of a flag there is only one.
    private static func examples(_ setting: Setting) -> [String] {
        switch (setting.kind, setting.name) {
        case (.flag, _): ["true"]
        case (_, "algorithm"): ["sha256", "md5"]
        case (_, "format"): ["hex"]
        case (_, "encoding"): ["base64"]
        case (.number, _): ["11", "12"]
        case (.text, _): ["one", "two"]
        case (.address, _): ["amqp://one", "amqps://two/v"]
        }
    }

    /// All values of one setting, where `texts` says what each layer holds.
    private static func values(_ setting: Setting, _ texts: [Layer: String]) throws -> SettingValues {
        var arguments: [String] = []
        var environment: [String: String] = [:]
        var file: String?
        if let text = texts[.commandLine] {
            if setting.kind == .flag {
                // A flag can be typed off only where there is an option that says so.
                arguments = ["--" + (text == "true" ? setting.name : try #require(setting.opposite))]
            } else {
                arguments = ["--\(setting.name)", text]
            }
        }
        if let text = texts[.environment] { environment[setting.environmentName] = text }
        if let text = texts[.file] { file = "\(setting.name) = \(TOMLText.value(text, of: setting.kind))\n" }
        return try settingValues(arguments, environment: environment, file: file)
    }

    private static func origin(of layer: Layer) -> SettingOrigin {
        switch layer {
        case .commandLine: .commandLine
        case .environment: .environment
        case .file: .file("/etc/phash.toml")
        case .builtIn: .builtIn
        }
    }

    @Test("each layer is heard alone, by its own name for the setting", arguments: SettingsTable.all)
    func alone(setting: Setting) throws {
        for layer in [Layer.commandLine, .environment, .file] {
            for text in Self.examples(setting) {
                let values = try Self.values(setting, [layer: text])
                #expect(values[setting.name]?.value == text)
                #expect(values[setting.name]?.origin == Self.origin(of: layer))
                // And nothing else is.
                let others = values.entries.filter { $0.setting.name != setting.name }
                #expect(others.allSatisfy { $0.origin == .builtIn })
            }
        }
        let values = try Self.values(setting, [:])
        #expect(values[setting.name]?.value == setting.defaultText)
    }

    @Test("of any two layers the higher one counts", arguments: SettingsTable.all)
    func pairs(setting: Setting) throws {
        let examples = Self.examples(setting)
        // A flag differs between two layers when one of them switches it off.
        let other = examples.count > 1 ? examples[1] : setting.defaultText ?? ""
        for high in Layer.allCases.dropLast(2) {
            for low in Layer.allCases.dropLast() where low > high {
                for (winner, loser) in [(examples[0], other), (other, examples[0])] {
                    let isTypedOff = high == .commandLine && setting.kind == .flag && winner == "false"
                    if isTypedOff && setting.opposite == nil { continue }
                    let values = try Self.values(setting, [high: winner, low: loser])
                    #expect(values[setting.name]?.value == winner, "\(high) over \(low)")
                    #expect(values[setting.name]?.origin == Self.origin(of: high), "\(high) over \(low)")
                }
            }
        }
    }

    @Test("an empty variable counts as not set", arguments: SettingsTable.all)
    func emptyVariable(setting: Setting) throws {
        let values = try settingValues(environment: [setting.environmentName: ""])
        #expect(values[setting.name]?.value == setting.defaultText)
    }

    @Test(
        "a flag in a variable is a word that people write",
        arguments: [
            ("1", true), ("true", true), ("YES", true), ("on", true), ("0", false), ("False", false), ("no", false),
            ("off", false),
        ]
    )
    func flagWords(word: String, isOn: Bool) throws {
        #expect(try settingValues(environment: ["PHASH_TAG": word]).isOn("tag") == isOn)
        #expect(try settingValues(environment: ["PHASH_TAG": word], file: "tag = true").isOn("tag") == isOn)
    }

    @Test("of -k and -u the last one typed counts, over the environment and the file")
    func order() throws {
        let environment = ["PHASH_UNORDERED": "1"]
        #expect(try settingValues(environment: environment).isOn("unordered"))
        #expect(try !settingValues(["-k"], environment: environment, file: "unordered = true").isOn("unordered"))
        #expect(try settingValues(["-k", "-u"], file: "unordered = false").isOn("unordered"))
    }

    @Test("a number in the file may be any that TOML has, a value with a unit or a sign is a string")
    func numbers() throws {
        let file = """
            rounds = 1_000
            max-line = 0x10
            timeout = 0.5
            jobs = "50%"
            buffer = "2G"
            retries = 0
            """
        let values = try settingValues(file: file)
        let texts = ["rounds", "max-line", "timeout", "jobs", "buffer", "retries"].map { values[$0]?.text }
        #expect(texts == ["1000", "16", "0.5", "50%", "2G", "0"])
        #expect(try settingValues(file: "jobs = -1")["jobs"]?.text == "-1")
        #expect(try settingValues(file: "jobs = \"+2\"")["jobs"]?.text == "+2")
    }
}
