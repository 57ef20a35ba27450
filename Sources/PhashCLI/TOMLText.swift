/// Settings as the configuration file writes them.
enum TOMLText {
    /// The value `text` of a setting of that kind: `true`, `1000`, `0.5`, `"50%"`.
    static func value(_ text: String, of kind: Setting.Kind) -> String {
        switch kind {
        case .flag: text
        case .number: number(text) ?? string(text)
        case .text, .address: string(text)
        }
    }

    /// A number in TOML's form, which has no leading zeros; nil for one with a sign, a unit or anything else around it.
    private static func number(_ text: String) -> String? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = wholeNumber(parts[0]), !parts[0].isEmpty else { return nil }
        guard parts.count == 2 else { return "\(whole)" }
        guard !parts[1].isEmpty, parts[1].utf8.allSatisfy(isDigit) else { return nil }
        return "\(whole).\(parts[1])"
    }

    /// A basic string; what a terminal would not show as it is gets its number.
    private static func string(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\":
                result += "\\"
                result.unicodeScalars.append(scalar)
            case _ where isInvisible(scalar):
                let digits = String(scalar.value, radix: 16, uppercase: true)
                result += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
