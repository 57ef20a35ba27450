/// Short options that are written together.
///
/// The parser knows `-uv` and `-j4`, but not `-uj4`, which getopt(3) has taught people to type.
enum ShortOptions {
    /// `arguments` with each `-uj4` as `-u -j4`.
    static func separated(_ arguments: [String]) -> [String] {
        // The shell's request for completions has a form of its own.
        guard arguments.first?.hasPrefix("---") != true else { return arguments }
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        return arguments[..<end].flatMap(separated) + arguments[end...]
    }

    private static func separated(_ argument: String) -> [String] {
        let letters = argument.utf8.dropFirst()
        guard argument.utf8.first == UInt8(ascii: "-") else { return [argument] }
        let flags = letters.prefix(while: isFlag)
        guard !flags.isEmpty, flags.endIndex < letters.endIndex, takesValue(letters[flags.endIndex]) else {
            return [argument]
        }
        return ["-" + argument[flags.startIndex..<flags.endIndex], "-" + argument[flags.endIndex...]]
    }

    private static func isFlag(_ letter: UInt8) -> Bool {
        switch letter {
        case UInt8(ascii: "0"), UInt8(ascii: "k"), UInt8(ascii: "u"), UInt8(ascii: "v"),
            UInt8(ascii: "w"):
            true
        default: false
        }
    }

    private static func takesValue(_ letter: UInt8) -> Bool {
        switch letter {
        case UInt8(ascii: "a"), UInt8(ascii: "r"), UInt8(ascii: "j"): true
        default: false
        }
    }
}
