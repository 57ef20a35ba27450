import PhashWire

/// What `--json-field` and `--missing` mean.
struct MemberSettings: Equatable {
    var pointer: JSONPointer
    var missing: MemberReader.MissingMember

    init(pointer: JSONPointer, missing: MemberReader.MissingMember) {
        self.pointer = pointer
        self.missing = missing
    }

    /// nil without `--json-field`.
    init?(resolving values: SettingValues) throws(SettingsError) {
        missing = try values.read("missing") { (text) throws(InvalidValue) in
            try choice(text, among: ["error": .fails, "skip": .isSkipped, "pass": .isPassed])
        }
        guard let pointer = try values.readIfGiven("json-field", jsonPointer) else {
            // In the environment or a file it may wait for a command line that needs it.
            guard let given = values["missing"], given.origin == .commandLine else { return nil }
            let why = "'\(printable(given.text))' is for records with --json-field, which is not given"
            throw SettingsError(what: "--missing", why: why)
        }
        self.pointer = pointer
    }

    /// Makes a format that of records with a member replaced.
    static func shape(_ format: inout RecordFormat, mayHoldNewlines: Bool) {
        format.shape = .member
        format.joinsLines = mayHoldNewlines
        format.includesInput = false
        format.maximumResultBytes = MemberResult.maximumBytes(digestBytes: format.maximumResultBytes)
    }
}

/// A pointer to a member of a JSON object.
private func jsonPointer(_ text: String) throws(InvalidValue) -> JSONPointer {
    do throws(JSONPointer.Fault) {
        return try JSONPointer(text)
    } catch {
        throw InvalidValue(text, error.reason)
    }
}
