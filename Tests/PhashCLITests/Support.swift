import ArgumentParser

@testable import PhashCLI

/// The values of the settings for what is typed, set in the environment and written into a configuration file.
func settingValues(
    _ arguments: [String] = [], environment: [String: String] = [:], file: String? = nil
) throws -> SettingValues {
    let command = try PhashCommand.parse(ShortOptions.separated(arguments))
    return try SettingValues(
        typed: command, environment: environment, file: file.map(configurationFile))
}

/// A configuration file `/etc/phash.toml` with that text.
func configurationFile(_ text: String) throws -> ConfigurationFile {
    try ConfigurationFile(path: "/etc/phash.toml", bytes: Array(text.utf8))
}
