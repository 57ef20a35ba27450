internal import PhashCore

/// Numbers as people and programs read them, in ASCII and without a locale.
enum Figures {
    /// `0.250`: three digits behind the point are enough for people and for graphs.
    static func thousandths(_ value: Double) -> String { fixed(value, digits: 3) }

    /// Seconds to the microsecond: `0.000102`.
    static func seconds(_ nanoseconds: Double) -> String { fixed(nanoseconds / 1e9, digits: 6) }

    /// - Parameter value: 0 or more; what exceeds the range of whole numbers is cut off.
    private static func fixed(_ value: Double, digits: Int) -> String {
        let scale = (0..<digits).reduce(1.0) { power, _ in power * 10 }
        let scaled = UInt64(min(max((value * scale).rounded(), 0), 1e18))
        let unit = UInt64(scale)
        let fraction = String(scaled % unit)
        return "\(scaled / unit)." + String(repeating: "0", count: digits - fraction.count) + fraction
    }

    /// `1,234,567`
    static func grouped(_ number: UInt64) -> String {
        let digits = String(number)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0 && (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return text
    }

    /// At most five characters: `999`, `1.23k`, `45.6M`, `789G`, and `0.52` for what is less than a hundred and no whole
    /// number.
    static func short(_ value: Double) -> String {
        scaled(value, separator: "", units: ["", "k", "M", "G", "T", "P", "E"])
    }

    /// `36 B`, `4.50 MB`: units of 1000, as network and disk speeds have them.
    static func bytes(_ value: Double) -> String {
        scaled(value, separator: " ", units: ["B", "kB", "MB", "GB", "TB", "PB", "EB"])
    }

    private static func scaled(_ value: Double, separator: String, units: [String]) -> String {
        var rest = value.isFinite ? max(value, 0) : 0
        var unit = 0
        // What would be rounded to 1000 is the next unit's.
        while rest >= 999.5 && unit < units.count - 1 {
            rest /= 1000
            unit += 1
        }
        let text: String
        if rest >= 99.95 || (unit == 0 && rest == rest.rounded()) {
            text = String(UInt64(min(rest.rounded(), 999)))
        } else if rest >= 9.995 {
            text = fixed(rest, digits: 1)
        } else {
            text = fixed(rest, digits: 2)
        }
        return text + separator + units[unit]
    }

    /// `0:07`, `12:34`, `1:02:03`, `3d 04h`; more than a thousand days are as good as never: `--:--`.
    static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 86_400_000 else { return "--:--" }
        let whole = UInt64(max(seconds, 0).rounded(.up))
        let (minutes, second) = whole.quotientAndRemainder(dividingBy: 60)
        let (hours, minute) = minutes.quotientAndRemainder(dividingBy: 60)
        let (days, hour) = hours.quotientAndRemainder(dividingBy: 24)
        if days > 0 { return "\(days)d \(twoDigits(hour))h" }
        if hours > 0 { return "\(hours):\(twoDigits(minute)):\(twoDigits(second))" }
        return "\(minute):\(twoDigits(second))"
    }

    /// `2.6 s`, and from a minute on as `duration`.
    static func timeTaken(_ seconds: Double) -> String {
        seconds < 59.95 ? "\(fixed(seconds, digits: 1)) s" : duration(seconds)
    }

    /// A moment as RFC 3339 has it, in UTC and to the millisecond: `2026-11-25T20:44:52.125Z`.
    ///
    /// - Parameter nanoseconds: Since 1970, 0 or more.
    static func timestamp(_ nanoseconds: Int64) -> String {
        let milliseconds = nanoseconds / .millisecond
        let (days, ofDay) = (milliseconds / 1000).quotientAndRemainder(dividingBy: 86_400)
        // Days are counted from a first of March, so that the leap day is the last of its year. Howard Hinnant's
        // "chrono-Compatible Low-Level Date Algorithms" has the reasons for the numbers.
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let time = [ofDay / 3600, ofDay / 60 % 60, ofDay % 60].map { twoDigits(UInt64($0)) }.joined(separator: ":")
        let fraction = String(1000 + milliseconds % 1000).dropFirst()
        let padded = String(repeating: "0", count: max(0, 4 - String(year).count)) + String(year)
        return "\(padded)-\(twoDigits(UInt64(month)))-\(twoDigits(UInt64(day)))T\(time).\(fraction)Z"
    }

    private static func twoDigits(_ number: UInt64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
