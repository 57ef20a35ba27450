/// Options whose value may be left out.
///
/// The parser knows options with a value and options without one, but not `--progress`, which is both.
enum OptionalValues {
    /// `arguments` with each bare `--progress` as `--progress=auto`. A word behind it that is one of its values is its value:
    /// there is nothing else that it could be.
    static func filledIn(_ arguments: [String]) -> [String] {
        // The shell's request for completions has a form of its own.
        guard arguments.first?.hasPrefix("---") != true else { return arguments }
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        let filled = arguments[..<end].indices.map { index in
            guard arguments[index] == "--progress" else { return arguments[index] }
            let next = index + 1 < end ? arguments[index + 1] : ""
            return IntrospectionOptions.progressValues.contains(next) ? "--progress" : "--progress=auto"
        }
        return filled + arguments[end...]
    }

    /// The parser's help, in which the value of such an option is in brackets.
    static func help(_ text: String) -> String {
        let values = IntrospectionOptions.progressValues.joined(separator: "|")
        return text.replacing("--progress <\(values)>", with: "--progress[=\(values)]")
    }
}
