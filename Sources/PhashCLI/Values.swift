/// A whole number written in decimal digits, with nothing else around them.
///
/// Returns nil for anything else and for a number that does not fit.
func wholeNumber(_ text: some StringProtocol) -> Int? {
    guard text.utf8.allSatisfy(isDigit) else { return nil }
    return Int(text)
}

func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

/// On or off, in the words that people write into variables, in either case.
func boolean(_ text: String) throws(InvalidValue) -> Bool {
    switch text.lowercased() {
    case "1", "true", "yes", "on": return true
    case "0", "false", "no", "off": return false
    default: throw InvalidValue(text, "is none of 1, true, yes, on and 0, false, no, off")
    }
}

/// A whole number that has to lie in `allowed`.
func wholeNumber(_ text: String, in allowed: ClosedRange<Int>) throws(InvalidValue) -> Int {
    guard let number = wholeNumber(text), allowed.contains(number) else {
        throw InvalidValue(text, "is not a whole number from \(allowed.lowerBound) to \(allowed.upperBound)")
    }
    return number
}

/// Whether `text` is a name that needs no escape anywhere: 1 to 64 letters, digits and what is in `others`, all ASCII.
func isName(_ text: String, with others: String) -> Bool {
    let areAllowed = text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: others.utf8.contains(byte)
        }
    }
    return areAllowed && (1...64).contains(text.utf8.count)
}

/// One of a few words, each with its meaning.
func choice<Meaning>(
    _ text: String,
    among meanings: KeyValuePairs<String, Meaning>
) throws(InvalidValue) -> Meaning {
    for (word, meaning) in meanings where word == text { return meaning }
    throw InvalidValue(text, "is not \(meanings.map(\.key).joined(separator: " or "))")
}

/// A size in bytes: `4096`, `64K`, `64M`, `1G`, `64MiB`; the units are powers of 1024, in either case.
func byteCount(_ text: String, in allowed: ClosedRange<Int>) throws(InvalidValue) -> Int {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let unitBytes: Int? =
        switch text.dropFirst(digits.count).lowercased() {
        case "": 1
        case "k", "kib": 1 << 10
        case "m", "mib": 1 << 20
        case "g", "gib": 1 << 30
        default: nil
        }
    if let unitBytes, let units = wholeNumber(digits) {
        let (bytes, overflow) = units.multipliedReportingOverflow(by: unitBytes)
        if !overflow && allowed.contains(bytes) { return bytes }
    }
    let lowest = sizeText(allowed.lowerBound)
    let highest = sizeText(allowed.upperBound)
    throw InvalidValue(
        text, "is not a size from \(lowest) to \(highest) in bytes, or with K, M or G for powers of 1024")
}

/// `bytes` in the largest unit of which it is a whole number.
private func sizeText(_ bytes: Int) -> String {
    for (shift, unit) in [(30, "G"), (20, "M"), (10, "K")] where bytes > 0 && bytes % (1 << shift) == 0 {
        return "\(bytes >> shift)\(unit)"
    }
    return "\(bytes)"
}

/// Longest time limit, seconds: some 11 days, so that sums of many stay far from overflow.
let maximumTimeoutSeconds = 1_000_000

/// Least time for one record, nanoseconds: less would blame the machine's own delays on the record.
let minimumTimeoutNanoseconds: Int64 = 1_000_000

/// A time above zero in seconds, decimal fractions allowed, as nanoseconds. Digits after the ninth are dropped.
func nanoseconds(fromSeconds text: String) throws(InvalidValue) -> Int64 {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let whole = parts[0]
    let fraction = parts.count > 1 ? parts[1] : "0"
    // `.5` is a number, `5.` and `.` are not.
    let fractionDigits = fraction.prefix(9) + String(repeating: "0", count: max(0, 9 - fraction.utf8.count))
    if let seconds = whole.isEmpty ? 0 : wholeNumber(whole),
        !fraction.isEmpty, fraction.utf8.allSatisfy(isDigit),
        let nanoseconds = wholeNumber(fractionDigits),
        seconds <= maximumTimeoutSeconds
    {
        let total = Int64(seconds) * 1_000_000_000 + Int64(nanoseconds)
        if total >= minimumTimeoutNanoseconds && total <= Int64(maximumTimeoutSeconds) * 1_000_000_000 { return total }
    }
    throw InvalidValue(text, "is not a number of seconds from 0.001 to \(maximumTimeoutSeconds), such as 5 or 0.5")
}

/// The path of a file for figures.
func metricsPath(_ text: String) throws(InvalidValue) -> String {
    guard !text.isEmpty else { throw InvalidValue(text, "is not the path of a file") }
    return text
}
