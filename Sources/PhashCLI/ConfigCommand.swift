import ArgumentParser
import PhashEngine
import PhashPosix

/// `phash config`: the settings as they would be now, in the form of the file that they can be saved in.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Print every setting as it is now, and where it comes from, in the form of the configuration file.",
        usage: "phash config [options]",
        discussion: """
            Takes the options of phash, before or after the word config, and hashes nothing. What it prints can be saved \
            as ~/.config/phash/config.toml. Variables that begin with PHASH_ and mean nothing are named on standard error.
            """
    )

    @ParentCommand var root: PhashCommand

    func run() throws {
        root.listAlgorithmsIfAsked()
        let machine = Machine.current
        let values = try SettingValues.resolved(for: root, on: machine)
        do throws(SettingsError) {
            _ = try Settings(resolving: values, on: machine)
        } catch {
            // What is not installed here is no matter of the settings.
            if error.status != .unavailable { throw error }
        }
        for name in SettingValues.unknownVariables(in: machine.environment) {
            StandardError.write("phash: \(printable(name)): no setting has this name\n")
        }
        CommandLineInterface.print(Self.lines(values).joined(separator: "\n"))
    }

    /// One line for each setting, in the order of the table.
    static func lines(_ values: SettingValues) -> [String] {
        SettingsTable.all.map { setting in
            guard let entry = values[setting.name], let text = entry.value else { return "# \(setting.name): not set" }
            // Its default would be something else where it is written down.
            if setting.name == "jobs", BrokerURL.leavesNoJobs(values) { return "# jobs: not set, so none here" }
            let value = TOMLText.value(setting.shown(text), of: setting.kind)
            let comment = entry.origin.comment(on: setting)
            return "\(setting.name) = \(value)  # \(comment)"
                + (entry.defeat.map { ", which does not go with \($0)" } ?? "")
        }
    }
}
