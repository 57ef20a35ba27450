/// Two settings that do not go together.
///
/// Where one of them comes from a higher origin than the other, it wins and the other counts as not given: what is typed
/// need not be taken back from a file first. Where both come from the same origin, somebody has made a mistake; so they have
/// where what would not count keeps plaintext out of the output.
struct Contradiction {
    /// One side of it.
    struct Side {
        enum Condition {
            case isOn
            case equals(String)
            case isGiven
        }

        let name: String
        let condition: Condition

        /// Whether `entry` is of this setting, and such a value.
        func isMet(by entry: SettingValues.Entry) -> Bool {
            guard entry.setting.name == name else { return false }
            return switch condition {
            case .isOn: entry.value == "true"
            case .equals(let value): entry.value == value
            case .isGiven: entry.value != nil && entry.origin != .builtIn
            }
        }
    }

    let first: Side
    let second: Side
    let why: String
    /// Whether the first is never left out: then it is an error that the second comes from a higher origin.
    let keepsFirst: Bool

    static let all: [Contradiction] = [
        Contradiction("key-file", .isGiven, "key-fd", .isGiven, why: "there is one key"),
        Contradiction("crlf", .isOn, "null", .isOn, why: "no record ends in a newline then"),
        Contradiction(
            "format", .equals("hex"), "unordered", .isOn,
            why: "nothing would tell which record a bare hash belongs to"),
        Contradiction("format", .equals("hex"), "tag", .isOn, why: "a bare hash has no members beside it"),
        Contradiction(
            "format", .equals("hex"), "encoding", .equals("base64"), why: "a bare hash is written in hexadecimal"),
        Contradiction(
            "json-field", .isGiven, "tag", .isOn, why: "a record has no members of phash's own then",
            keepsFirst: true),
        Contradiction(
            "json-field", .isGiven, "format", .equals("hex"), why: "a record is the object itself then",
            keepsFirst: true),
    ]

    private init(
        _ first: String, _ firstCondition: Side.Condition, _ second: String, _ secondCondition: Side.Condition,
        why: String, keepsFirst: Bool = false
    ) {
        self.first = Side(name: first, condition: firstCondition)
        self.second = Side(name: second, condition: secondCondition)
        self.why = why
        self.keepsFirst = keepsFirst
    }
}
