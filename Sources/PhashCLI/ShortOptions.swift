/// Short options that are written together.
///
/// The parser knows `-uv` and `-j4`, but not `-uj4`, which getopt(3) has taught people to type.
enum ShortOptions {
    private static let flags: Set<Character> = ["0", "k", "u", "v"]
    private static let withValue: Set<Character> = ["a", "r", "j"]

    /// `arguments` with each `-uj4` as `-u -j4`.
    static func separated(_ arguments: [String]) -> [String] {
        // The shell's request for completions has a form of its own.
        guard arguments.first?.hasPrefix("---") != true else { return arguments }
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        return arguments[..<end].flatMap(separated) + arguments[end...]
    }

    private static func separated(_ argument: String) -> [String] {
        guard argument.first == "-" else { return [argument] }
        let leading = argument.dropFirst().prefix { flags.contains($0) }
        guard !leading.isEmpty, leading.endIndex < argument.endIndex, withValue.contains(argument[leading.endIndex])
        else { return [argument] }
        return ["-" + leading, "-" + argument[leading.endIndex...]]
    }
}
