/// How many child processes are wanted, as people say it.
enum JobCount: Equatable {
    /// `16`
    case exactly(Int)
    /// `50%` of the CPUs.
    case percentage(Int)
    /// `+2`: so many more than CPUs.
    case above(Int)
    /// `-1`: so many fewer than CPUs.
    case below(Int)

    /// Children at most; a limit of the filter.
    static let limit = 1024

    /// Reads `16`, `50%`, `+2` or `-1`; `0` is one per CPU.
    init(_ text: String) throws(InvalidValue) {
        let value: JobCount? =
            if text.hasPrefix("+") {
                wholeNumber(text.dropFirst()).map { .above($0) }
            } else if text.hasPrefix("-") {
                wholeNumber(text.dropFirst()).map { .below($0) }
            } else if text.hasSuffix("%") {
                wholeNumber(text.dropLast()).flatMap { $0 > 0 ? .percentage($0) : nil }
            } else {
                wholeNumber(text).flatMap { $0 == 0 ? .above(0) : $0 <= Self.limit ? .exactly($0) : nil }
            }
        guard let value else {
            throw InvalidValue(
                text,
                "is none of N (1 to \(Self.limit)), P% of the CPUs, +N or -N CPUs, and 0 for one per CPU"
            )
        }
        self = value
    }

    /// Child processes at most on a machine with `processors` CPUs: at least 1 and at most `limit`.
    ///
    /// A percentage is rounded to the nearest whole number, a half upwards: 50% of 3 CPUs are 2.
    func resolved(processors: Int) -> Int {
        precondition(processors >= 1)
        let wanted: Int
        switch self {
        case .exactly(let count): wanted = count
        case .percentage(let percentage):
            let (hundredfold, overflow) = processors.multipliedReportingOverflow(by: percentage)
            wanted = overflow ? Self.limit : hundredfold / 100 + (hundredfold % 100 >= 50 ? 1 : 0)
        case .above(let count):
            let (sum, overflow) = processors.addingReportingOverflow(count)
            wanted = overflow ? Self.limit : sum
        case .below(let count): wanted = processors - count
        }
        return min(max(wanted, 1), Self.limit)
    }
}
