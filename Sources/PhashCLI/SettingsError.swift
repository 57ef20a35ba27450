import PhashEngine

/// A setting that cannot be carried out: where it was written, and what is wrong with it.
struct SettingsError: Error, Equatable, CustomStringConvertible {
    /// The option, the variable, or the file and the key.
    var what: String
    var why: String
    /// `usage` for the command line, `configuration` for the environment and the file.
    var status: ExitCode = .usage

    var description: String { "\(what): \(why)" }
}

/// A value that is not among the allowed ones.
///
/// It knows nothing of where the value was written, so that every source of settings can put its own name before it.
struct InvalidValue: Error, Equatable {
    /// The value and what is allowed, for people.
    var reason: String

    /// What is wrong with a value that must not be shown.
    init(reason: String) { self.reason = reason }

    init(_ value: String, _ complaint: String) {
        reason = "'\(printable(value))' \(complaint)"
    }
}

/// `text` with its control characters spelled out, so that a message stays one line and a terminal stays as it is.
func printable(_ text: some StringProtocol) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        if isInvisible(scalar) {
            result += scalar.escaped(asASCII: true)
        } else {
            result.unicodeScalars.append(scalar)
        }
    }
    return result
}

/// Whether a terminal would do something else than show it.
func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator, .format: true
    default: false
    }
}
