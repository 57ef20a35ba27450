/// A command line that cannot be carried out: the option, and what is wrong with it.
struct UsageError: Error, Equatable, CustomStringConvertible {
    var what: String
    var why: String

    var description: String { "\(what): \(why)" }
}

/// A value that is not among the allowed ones.
///
/// It knows nothing of where the value was written, so that every source of settings can put its own name before it.
struct InvalidValue: Error, Equatable {
    /// The value and what is allowed, for people.
    var reason: String

    init(_ value: String, _ complaint: String) {
        reason = "'\(printable(value))' \(complaint)"
    }
}

/// `text` with its control characters spelled out, so that a message stays one line and a terminal stays as it is.
func printable(_ text: some StringProtocol) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .format: result += scalar.escaped(asASCII: true)
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}
