import ArgumentParser
import PhashEngine
import PhashWire
import Testing

@testable import PhashCLI

/// What the daemon is told when this is typed behind `phash-amqp`.
private func settings(
    _ arguments: [String], environment: [String: String] = [:], file: String? = nil
) throws -> DaemonSettings {
    let command = try BridgeCommand.parseAsRoot(ShortOptions.separated(arguments))
    let work = try #require(command as? WorkCommand)
    let values = try SettingValues(
        typed: work.filterCommand(), environment: environment, file: file.map(configurationFile),
        scope: WorkCommand.settingNames)
    let machine = Machine(processors: 4, readsFromTerminal: false, environment: environment)
    return try WorkCommand.settings(resolving: values, on: machine)
}

@Suite("phash-amqp work")
struct WorkCommandTests {
    @Test("with a broker alone, everything is as usual")
    func defaults() throws {
        let settings = try settings(["work", "--broker", "amqp://h/v"])
        #expect(settings.address == (try BrokerAddress("amqp://h/v")))
        #expect(settings.queue == "phash" && settings.jobs == 4 && settings.processors == 4)
        #expect(settings.bufferBytes == 64 << 20 && settings.key == nil)
        #expect(!settings.isVerbose && settings.metricsPath == nil && settings.version == PhashCommand.version)
    }

    @Test("each option reaches the daemon")
    func options() throws {
        let settings = try settings([
            "work", "--broker=amqps://h", "--queue", "q", "-vj-1", "--buffer", "1G", "--metrics-file=-m",
        ])
        #expect(settings.address.isEncrypted && settings.queue == "q" && settings.jobs == 3)
        #expect(settings.bufferBytes == 1 << 30 && settings.isVerbose && settings.metricsPath == "-m")
    }

    @Test("variables and the file are those of phash, and what else they say is for phash")
    func elsewhere() throws {
        let settings = try settings(
            ["work", "-j", "2"],
            environment: [
                "PHASH_BROKER_URL": "amqp://u:p@h", "PHASH_QUEUE": "q", "PHASH_JOBS": "9", "PHASH_ROUNDS": "x",
            ],
            file: "buffer = '1M'\nqueue = 'no'\nformat = 'hex'\ntag = true\nverbose = true")
        #expect(settings.address == (try BrokerAddress("amqp://u:p@h")))
        #expect(settings.queue == "q" && settings.jobs == 2 && settings.bufferBytes == 1 << 20 && settings.isVerbose)
    }

    @Test("the URL and its password can stand in a file")
    func brokerFile() throws {
        let file = try URLFile("amqp://alice:hunter2@h\n")
        #expect(try settings(["work", "--broker-file", file.path]).address.password == "hunter2")
    }

    @Test("the key is read")
    func key() throws {
        let file = try URLFile(String(repeating: "k", count: 8))
        let url = ["work", "--broker", "amqp://h", "--key-file"]
        let error = #expect(throws: SettingsError.self) { try settings(url + ["/proc/nosuch"]) }
        #expect(error?.what == "--key-file" && error?.status == .configuration)
        let short = #expect(throws: SettingsError.self) { try settings(url + [file.path]) }
        #expect(short?.why.contains("has 8 bytes") == true)
        let both = #expect(throws: SettingsError.self) { try settings(url + [file.path, "--key-fd", "3"]) }
        #expect(both?.why.hasSuffix("there is one key") == true)
    }

    @Test("without a broker there is nothing to do")
    func noBroker() throws {
        let error = try #require(#expect(throws: SettingsError.self) { try settings(["work"]) })
        #expect(error.status == .usage)
        let message = CommandLineInterface.message(for: error, of: BridgeCommand.self)
        #expect(
            message == """
                phash-amqp: work: there is no broker: add --broker or --broker-file, or set PHASH_BROKER_URL
                Try 'phash-amqp --help' for more information.

                """)
    }

    @Test(
        "a command line that is wrong is told by the program's name, without any password",
        arguments: [
            [], ["amqp://u:hunter2@h"], ["work", "amqp://u:hunter2@h"], ["work", "--rounds", "1"], ["--broker", "x"],
        ])
    func usage(arguments: [String]) throws {
        let error = #expect(throws: (any Error).self) {
            var command = try BridgeCommand.parseAsRoot(arguments)
            try command.run()
        }
        let message = CommandLineInterface.message(for: try #require(error), of: BridgeCommand.self)
        #expect(message.hasPrefix("phash-amqp: ") && message.contains("Try 'phash-amqp --help'"))
        #expect(!message.contains("hunter2") && !message.contains("commands are"))
    }

    @Test("a bad value is told as phash tells it")
    func badValue() throws {
        let url = ["work", "--broker", "amqp://h"]
        let typed = try #require(#expect(throws: SettingsError.self) { try settings(url + ["-j", "x"]) })
        #expect(typed.description.hasPrefix("--jobs: 'x' is none of N") && typed.status == .usage)
        let variable = #expect(throws: SettingsError.self) { try settings(url, environment: ["PHASH_BUFFER": "x"]) }
        #expect(variable?.what == "PHASH_BUFFER" && variable?.status == .configuration)
    }

    @Test("every setting of the daemon is one of the table")
    func names() {
        for name in WorkCommand.settingNames { #expect(SettingsTable.setting(name) != nil, "\(name)") }
    }
}
