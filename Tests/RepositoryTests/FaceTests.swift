import ArgumentParser
import Foundation
import Testing

@testable import PhashCLI

/// What the parser tells of an option, for tools.
private struct Tool: Decodable {
    struct Command: Decodable {
        var commandName: String
        var arguments: [Argument]?
        var subcommands: [Command]?
    }

    struct Argument: Decodable {
        struct Name: Decodable {
            var kind: String
            var name: String
        }

        var names: [Name]?
        var abstract: String?
        var valueName: String?
    }

    var command: Command
}

@Suite("The face of the program")
struct FaceTests {
    private let options: [Tool.Argument]
    private let commands: [Tool.Command]
    /// Those of the commands.
    private let furtherOptions: [Tool.Argument]

    init() throws {
        let tool = try JSONDecoder().decode(Tool.self, from: Data(PhashCommand._dumpHelp().utf8))
        options = try #require(tool.command.arguments)
        // The parser's own one is --help.
        commands = try #require(tool.command.subcommands).filter { $0.commandName != "help" }
        furtherOptions = commands.flatMap { $0.arguments ?? [] }
    }

    @Test("every command stands in the manual page, twice")
    func commandsInManual() throws {
        let lines = try Repository.text("man/phash.1").split(separator: "\n")
        for command in commands {
            #expect(lines.contains(".Cm \(command.commandName)") && lines.contains(".It Cm \(command.commandName)"))
        }
        #expect(commands.contains { $0.commandName == "config" })
    }

    @Test("every option says what it does")
    func help() {
        #expect(options.count >= 20 && furtherOptions.count >= 5)
        for option in options + furtherOptions {
            #expect(option.abstract?.hasSuffix(".") == true, "\(option.names?.first?.name ?? "an operand")")
        }
    }

    @Test("every option stands in the manual page, by each of its names")
    func manual() throws {
        let items = try Repository.text("man/phash.1").split(separator: "\n").filter { $0.hasPrefix(".It Fl ") }
        for option in options + furtherOptions {
            let names = try #require(option.names).map { $0.kind == "short" ? $0.name : "-\($0.name)" }
            let value = option.valueName.map { " Ar \($0)" } ?? ""
            // A flag has a value name too, made from its key, which the page does not show.
            let flag = ".It Fl " + names.joined(separator: " , ")
            // The value of --progress may be left out.
            let optional = flag + value.replacing(" Ar ", with: " Ns Oo = Ns Ar ") + " Oc"
            #expect(items.contains { $0 == flag || $0 == flag + value || $0 == optional }, "\(flag)")
        }
    }

    /// Options that are no settings: they ask for something else than a run, or say where the settings are.
    private let noSettings: Set<String> = ["list-algorithms", "config", "version", "help"]

    @Test("every option is a setting of the table, or one of the few that are none")
    func settings() throws {
        let long = try options.map { option in
            try #require(option.names?.first { $0.kind == "long" }).name
        }
        for name in long where !noSettings.contains(name) {
            let isThere = SettingsTable.all.contains { $0.name == name || $0.opposite == name }
            #expect(isThere, "--\(name) has no line in SettingsTable")
        }
        for setting in SettingsTable.all {
            #expect(long.contains(setting.name), "\(setting.name) of SettingsTable is no option")
            #expect(setting.opposite.map(long.contains) ?? true)
        }
        #expect(Set(SettingsTable.all.map(\.name)).count == SettingsTable.all.count)
    }

    @Test("every setting's variable stands in the manual page, and no other")
    func variables() throws {
        let page = try Repository.text("man/phash.1.sections")
        let named = page.matches(of: /^\.(?:It )?Ev (PHASH_[A-Z_]+)/.anchorsMatchLineEndings()).map { String($0.1) }
        let expected = SettingsTable.all.map(\.environmentName) + ["PHASH_CONFIG", "PHASH_KERNEL"]
        #expect(Set(named) == Set(expected))
    }

    @Test("every option of phash-amqp stands in its manual page, is a setting of phash, and has its variable there")
    func bridge() throws {
        let tool = try JSONDecoder().decode(Tool.self, from: Data(BridgeCommand._dumpHelp().utf8))
        let work = try #require(tool.command.subcommands?.first { $0.commandName == "work" })
        let options = try #require(work.arguments)
        let page = try Repository.text("man/phash-amqp.1")
        let lines = page.split(separator: "\n")
        for option in options {
            let names = try #require(option.names)
            #expect(option.abstract?.hasSuffix(".") == true, "\(names)")
            let item = ".It Fl " + names.map { $0.kind == "short" ? $0.name : "-\($0.name)" }.joined(separator: " , ")
            #expect(lines.contains { $0 == item || $0.hasPrefix(item + " Ar ") }, "\(item)")
        }
        let long = options.compactMap { $0.names?.first { $0.kind == "long" }?.name }
        #expect(Set(long) == WorkCommand.settingNames.union(["config", "version", "help"]))
        let variables = page.matches(of: /^\.Ev (PHASH_[A-Z_]+)/.anchorsMatchLineEndings()).map { String($0.1) }
        let settings = WorkCommand.settingNames.compactMap { SettingsTable.setting($0)?.environmentName }
        #expect(Set(variables) == Set(settings + ["PHASH_CONFIG"]))
    }

    @Test("every target of the Makefile that people may call is in the list of make help, and works on its own")
    func makefile() throws {
        let text = try Repository.text("Makefile")
        let phony = text.split(separator: "\n").filter { $0.hasPrefix(".PHONY:") }
        let targets = phony.flatMap { $0.split(separator: " ").dropFirst() }
        // The parts of other targets.
        let inner: Set<Substring> = [
            "build-static", "build-dynamic", "build-amqp", "build-tests", "build-fuzz", "check-man", "check-address",
            "check-thread", "check-dynamic",
        ]
        for target in targets where !inner.contains(target) {
            let rule = text.split(separator: "\n").first { $0.hasPrefix("\(target):") }
            #expect(rule?.contains(" ## ") == true, "\(target)")
        }
        #expect(targets.contains("test") && targets.contains("install"))
    }

    @Test("the README's commands are targets of the Makefile")
    func readme() throws {
        let makefile = try Repository.text("Makefile")
        for match in try Repository.text("README.md").matches(of: /make ([a-z-]+)/) {
            #expect(makefile.contains("\n\(match.1):"), "make \(match.1)")
        }
    }
}
