import Configuration

/// The file as a source of settings for swift-configuration. It does not change any more.
extension ConfigurationFile: ConfigProvider, ConfigSnapshot {
    var providerName: String { "ConfigurationFile[\(path)]" }

    func value(forKey key: AbsoluteConfigKey, type: ConfigType) -> LookupResult {
        // Everything is a text here, as on a command line; `type` is always that.
        let name = key.components.last ?? ""
        return LookupResult(
            encodedKey: name, value: texts[name].map { ConfigValue(.string($0), isSecret: false) })
    }

    func fetchValue(forKey key: AbsoluteConfigKey, type: ConfigType) async -> LookupResult {
        value(forKey: key, type: type)
    }

    nonisolated(nonsending) func watchValue<Return: ~Copyable>(
        forKey key: AbsoluteConfigKey, type: ConfigType,
        updatesHandler:
            nonisolated(nonsending) (
                ConfigUpdatesAsyncSequence<Result<LookupResult, any Error>, Never>
            ) async throws -> Return
    ) async throws -> Return {
        try await watchValueFromValue(forKey: key, type: type, updatesHandler: updatesHandler)
    }

    func snapshot() -> any ConfigSnapshot { self }

    nonisolated(nonsending) func watchSnapshot<Return: ~Copyable>(
        updatesHandler:
            nonisolated(nonsending) (
                ConfigUpdatesAsyncSequence<any ConfigSnapshot, Never>
            ) async throws -> Return
    ) async throws -> Return {
        try await watchSnapshotFromSnapshot(updatesHandler: updatesHandler)
    }
}
