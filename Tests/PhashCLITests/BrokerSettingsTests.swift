import ArgumentParser
import Foundation
import PhashEngine
import PhashWire
import Testing

@testable import PhashCLI

/// What nobody may see.
private let secret = "hunter2"

/// A machine on which the program that speaks to brokers is there.
private func machine(_ environment: [String: String] = [:]) -> Machine {
    let bridge = [BridgeLocation.variable: "/bin/sh"]
    return Machine(
        processors: 4, readsFromTerminal: false, environment: bridge.merging(environment) { _, given in given })
}

private func settings(
    _ arguments: [String] = [], environment: [String: String] = [:], file: String? = nil
) throws -> Settings {
    let values = try settingValues(arguments, environment: environment, file: file)
    return try Settings(resolving: values, on: machine(environment))
}

private func broker(
    _ arguments: [String] = [], environment: [String: String] = [:], file: String? = nil
) throws -> BrokerSettings? {
    try settings(arguments, environment: environment, file: file).filter.broker
}

/// What standard error says when the settings are wrong.
private func complaint(
    _ arguments: [String] = [], environment: [String: String] = [:], file: String? = nil
) throws -> (message: String, status: PhashEngine.ExitCode) {
    let error = #expect(throws: SettingsError.self) {
        try settings(arguments, environment: environment, file: file)
    }
    let settingsError = try #require(error)
    return (CommandLineInterface.message(for: settingsError), settingsError.status)
}

/// A file of one test's own.
final class URLFile {
    let path = FileManager.default.temporaryDirectory.appending(path: "phash-url-\(UUID().uuidString)").path

    init(_ text: String) throws { try Data(text.utf8).write(to: URL(filePath: path)) }
    deinit { try? FileManager.default.removeItem(atPath: path) }
}

@Suite("Settings of the broker")
struct BrokerSettingsTests {
    @Test("without a broker there is none, and the children are as ever")
    func none() throws {
        let settings = try settings(["--queue", "q", "--broker-timeout", "0"])
        #expect(settings.filter.broker == nil && settings.filter.jobs == 4)
    }

    @Test("with a broker alone, its settings are the defaults and there are no children here")
    func defaults() throws {
        let settings = try settings(["--broker", "amqp://h/v"])
        let broker = try #require(settings.filter.broker)
        #expect(broker.address == (try BrokerAddress("amqp://h/v")))
        #expect(broker.queue == "phash" && broker.patienceNanoseconds == 60_000_000_000)
        #expect(broker.bridgePath == "/bin/sh")
        #expect(settings.filter.jobs == 0)
    }

    @Test("children that are asked for are there beside the broker, wherever that is written")
    func jobs() throws {
        let url = ["--broker", "amqp://h"]
        #expect(try settings(url + ["-j", "2"]).filter.jobs == 2)
        #expect(try settings(url + ["-j", "0"]).filter.jobs == 4)
        #expect(try settings(url, environment: ["PHASH_JOBS": "50%"]).filter.jobs == 2)
        #expect(try settings(url, file: "jobs = 3").filter.jobs == 3)
    }

    @Test("each option reaches the filter")
    func options() throws {
        let typed = try #require(try broker(["--broker=amqps://h:1", "--queue=a.B_c-9", "--broker-timeout=1.5"]))
        #expect(typed.address.isEncrypted && typed.address.port == 1)
        #expect(typed.queue == "a.B_c-9" && typed.patienceNanoseconds == 1_500_000_000)
        #expect(try broker(["--broker-timeout", "0"], file: "broker = 'amqp://h'")?.patienceNanoseconds == nil)
        let variables = ["PHASH_BROKER_URL": "amqp://h", "PHASH_QUEUE": "x", "PHASH_BROKER_TIMEOUT": "2"]
        let other = try #require(try broker(environment: variables))
        #expect(other.queue == "x" && other.patienceNanoseconds == 2_000_000_000)
    }

    @Test("the variable is PHASH_BROKER_URL and no other")
    func variable() throws {
        #expect(try broker(environment: ["PHASH_BROKER": "amqp://h"]) == nil)
        #expect(try broker(environment: ["PHASH_BROKER_URL": "amqp://h"])?.address.host == "h")
        #expect(try broker(environment: ["PHASH_BROKER_URL": ""]) == nil)
        let names = ["PHASH_BROKER", "PHASH_BROKER_URL", "PHASH_BRIDGE"]
        let environment = Dictionary(uniqueKeysWithValues: names.map { ($0, "x") })
        #expect(SettingValues.unknownVariables(in: environment) == ["PHASH_BROKER"])
    }

    @Test("the place that counts more says where the broker is; of the same place, the URL")
    func precedence() throws {
        let file = try URLFile("amqp://u:p@from-file\nanything\n")
        let typedFile = ["--broker-file", file.path]
        let variable = ["PHASH_BROKER_URL": "amqp://variable"]
        #expect(try broker(typedFile)?.address.host == "from-file")
        #expect(try broker(typedFile, environment: variable)?.address.host == "from-file")
        #expect(try broker(typedFile + ["--broker", "amqp://typed"])?.address.host == "typed")
        #expect(
            try broker(["--broker", "amqp://typed"], environment: ["PHASH_BROKER_FILE": file.path])?.address.host
                == "typed")
        #expect(
            try broker(environment: variable.merging(["PHASH_BROKER_FILE": file.path]) { $1 })?.address.host
                == "variable")
        #expect(try broker(environment: variable, file: "broker-file = '\(file.path)'")?.address.host == "variable")
        #expect(
            try broker(environment: ["PHASH_BROKER_FILE": file.path], file: "broker = 'amqp://x'")?.address.host
                == "from-file")
    }

    @Test("user and password come from the file, else from the variable, where the URL has none")
    func logins() throws {
        func login(_ arguments: [String], _ variable: String? = nil) throws -> [String?] {
            let environment = variable.map { ["PHASH_BROKER_URL": $0] } ?? [:]
            let address = try broker(["--broker"] + arguments, environment: environment)?.address
            #expect(address?.host == "typed")
            return [address?.user, address?.password]
        }
        let file = try URLFile("amqp://alice:one@other")
        let option = ["--broker-file", file.path]
        #expect(try login(["amqp://typed"]) == [nil, nil])
        #expect(try login(["amqp://typed"] + option) == ["alice", "one"])
        #expect(try login(["amqp://typed"], "amqp://bob:two@other") == ["bob", "two"])
        #expect(try login(["amqp://typed"] + option, "amqp://bob:two@other") == ["alice", "one"])
        #expect(try login(["amqp://carol:three@typed"] + option, "amqp://bob:two@other") == ["carol", "three"])
        // A password goes with its user.
        #expect(try login(["amqp://alice@typed"] + option) == ["alice", "one"])
        #expect(try login(["amqp://bob@typed"] + option) == ["bob", nil])
        #expect(try login(["amqp://bob@typed"] + option, "amqp://bob:two@other") == ["bob", "two"])
    }

    @Test("what is wrong with an address is told by its place, with nothing of it")
    func badAddress() throws {
        let url = "amqp://alice:\(secret)@h:x"
        let why = "the broker's URL has a port that is not a number from 1 to 65535\n"
        let typed = try complaint(["--broker", url])
        #expect(typed.message.hasPrefix("phash: --broker: \(why)") && typed.status == .usage)
        let variable = try complaint(environment: ["PHASH_BROKER_URL": url])
        #expect(variable.message == "phash: PHASH_BROKER_URL: \(why)" && variable.status == .configuration)
        let login = try complaint(["--broker", "amqp://h"], environment: ["PHASH_BROKER_URL": url])
        #expect(login.message == variable.message && login.status == .configuration)
        let document = try complaint(file: "broker = '\(url)'")
        #expect(document.message == "phash: /etc/phash.toml: broker: \(why)" && document.status == .configuration)
        let other = try complaint(file: "broker = ['\(url)']")
        #expect(other.message == "phash: /etc/phash.toml: broker: is an array, not a string\n")
    }

    @Test("a bad queue or time is told, with or without a broker")
    func badValues() throws {
        for name in ["", "a b", "a:b", "é", String(repeating: "a", count: 65)] {
            let message = try complaint(["--queue", name]).message
            #expect(message.hasPrefix("phash: --queue: '\(name)' is not a name of 1 to 64 letters, digits and . _ -\n"))
        }
        let message = try complaint(environment: ["PHASH_BROKER_TIMEOUT": "-1"]).message
        #expect(
            message
                == "phash: PHASH_BROKER_TIMEOUT: '-1' is not a number of seconds from 0.001 to 1000000, such as 5 or 0.5, "
                + "nor 0 for ever\n")
    }

    @Test(
        "a file that holds no URL is told by its name",
        arguments: [
            ("", "its first line is empty, but has to be the broker's URL"),
            ("\namqp://u:\(secret)@h", "its first line is empty, but has to be the broker's URL"),
            (secret, "the broker's URL does not begin with amqp:// or amqps://"),
            (String(repeating: "a", count: 4097), "it holds more than 4096 bytes, which is no URL"),
        ])
    func badFile(text: String, why: String) throws {
        let file = try URLFile(text)
        let (message, status) = try complaint(["--broker-file", file.path])
        #expect(message == "phash: --broker-file: '\(file.path)': \(why)\n" && status == .configuration)
    }

    @Test("a file that cannot be read is told in the system's words")
    func missingFile() throws {
        let (message, status) = try complaint(environment: ["PHASH_BROKER_FILE": "/proc/nosuch\n"])
        #expect(message == "phash: PHASH_BROKER_FILE: '/proc/nosuch\\n': No such file or directory\n")
        #expect(status == .configuration)
        #expect(try complaint(["--broker-file", "/proc"]).message.hasSuffix("'/proc': Is a directory\n"))
    }

    @Test("a file with Windows's line ends is one too")
    func lineEnds() throws {
        let file = try URLFile("amqp://u:p@h\r\n")
        #expect(try broker(["--broker-file", file.path])?.address == BrokerAddress("amqp://u:p@h"))
    }

    @Test("a program that is missing is told with where it was looked for")
    func missingBridge() throws {
        let values = try settingValues(["--broker", "amqp://h"])
        func error(_ machine: Machine) throws -> SettingsError {
            let error = #expect(throws: SettingsError.self) { try Settings(resolving: values, on: machine) }
            return try #require(error)
        }
        var machine = Machine(processors: 1, readsFromTerminal: false, programPath: "/nosuch/bin/phash")
        let message = try CommandLineInterface.message(for: error(machine))
        #expect(
            message == "phash: --broker: the program phash-amqp is missing: it was looked for in "
                + "/nosuch/libexec/phash/phash-amqp and /nosuch/bin/phash-amqp\n")
        #expect(try error(machine).status.rawValue == 69)
        machine.environment[BridgeLocation.variable] = "/nosuch"
        #expect(try error(machine).why.hasSuffix("looked for in /nosuch"))
        #expect(try error(Machine(processors: 1, readsFromTerminal: false)).status == .unavailable)
        machine.programPath = "/phash"
        machine.environment = [:]
        #expect(BridgeLocation.places(on: machine) == ["/libexec/phash/phash-amqp", "/phash-amqp"])
    }

    @Test("phash config shows the URL without user and password")
    func config() throws {
        func line(_ values: SettingValues) -> String? {
            let lines = ConfigCommand.lines(values)
            #expect(!lines.joined().contains(secret) && !lines.joined().contains("alice"))
            return lines.first { $0.hasPrefix("broker =") }
        }
        let url = "amqps://alice:\(secret)@h:1/v%2F?heartbeat=5"
        #expect(
            line(try settingValues(["--broker", url])) == "broker = \"amqps://h:1/v%2F?heartbeat=5\"  # command line")
        #expect(
            line(try settingValues(environment: ["PHASH_BROKER_URL": url]))
                == "broker = \"amqps://h:1/v%2F?heartbeat=5\"  # environment PHASH_BROKER_URL")
        #expect(line(try settingValues(["--broker", "\(secret)alice"])) == "broker = \"amqp://...\"  # command line")
        #expect(line(try settingValues(["--broker", "amqps://h?verify=verify_none"]))?.contains("h?verify") == true)
    }

    @Test("what phash config prints means the same when it is saved, children included")
    func saved() throws {
        for arguments in [["--broker", "amqp://h/v"], ["--broker", "amqp://h", "-j", "2"]] {
            let document = ConfigCommand.lines(try settingValues(arguments)).joined(separator: "\n")
            let again = try settings(file: document).filter
            let first = try settings(arguments).filter
            #expect(again.jobs == first.jobs && again.broker?.address == first.broker?.address)
        }
    }

    @Test("no message of the parser shows user and password")
    func parser() throws {
        let url = "amqp://alice:\(secret)@h"
        for arguments in [
            [url], ["--brokr", url], ["--brokr=\(url)"], ["--broker", url, "AMQPS://alice:\(secret) @x@h"],
        ] {
            let error = #expect(throws: (any Error).self) { try CommandLineInterface.parse(arguments) }
            let message = CommandLineInterface.message(for: try #require(error))
            #expect(!message.contains(secret) && !message.contains("alice"), "\(message)")
        }
    }

    @Test("a password that is typed is taken, with a warning")
    func warning() throws {
        let expected =
            "--broker: a password in an argument is seen by everyone on this machine: use --broker-file or PHASH_BROKER_URL"
        let url = "amqp://alice:\(secret)@h"
        #expect(BrokerURL.warning(about: try settingValues(["--broker", url])) == expected)
        #expect(BrokerURL.warning(about: try settingValues(["--broker", "amqp://alice@h"])) == nil)
        #expect(BrokerURL.warning(about: try settingValues(environment: ["PHASH_BROKER_URL": url])) == nil)
        #expect(BrokerURL.warning(about: try settingValues()) == nil)
    }

    @Test(
        "a check has no broker: typed it is refused, and elsewhere it is no matter",
        arguments: [
            ["--broker", "amqp://alice:\(secret)@h"], ["--broker-file", "f"], ["--broker-timeout", "5"],
            ["--queue", "q"],
        ])
    func check(option: [String]) throws {
        let machine = machine(["PHASH_BROKER_URL": "nonsense", "PHASH_QUEUE": " ", "PHASH_BROKER_FILE": "/nosuch"])
        let command = try #require(try PhashCommand.parseAsRoot(["check"] + option) as? CheckCommand)
        let error = #expect(throws: SettingsError.self) {
            let values = try SettingValues(typed: command.root, environment: machine.environment)
            _ = try command.settings(resolving: values, on: machine)
        }
        #expect(error?.description.contains("does not go with check") == true && error?.status == .usage)
        #expect(error?.description.contains(secret) == false)
        let plain = try #require(try PhashCommand.parseAsRoot(["check"]) as? CheckCommand)
        let values = try SettingValues(typed: plain.root, environment: machine.environment)
        #expect(try plain.settings(resolving: values, on: machine).filter.broker == nil)
    }
}
