/// Which publications a broker has not answered for yet. It numbers them by itself, from 1 on each connection.
struct Confirms {
    private var next: UInt64 = 1
    private var oldest: UInt64 = 1
    /// By number.
    private var tokens: [UInt64: UInt64] = [:]
    /// Tokens of those that came back.
    private var homeless: Set<UInt64> = []

    var isEmpty: Bool { tokens.isEmpty }

    mutating func published(_ token: UInt64) {
        tokens[next] = token
        next += 1
    }

    /// A publication came back, because there is no queue for it. A broker confirms it too, at once.
    mutating func returned(_ token: UInt64) { homeless.insert(token) }

    /// A broker has answered for one publication, or for all up to one that it had not answered for before.
    ///
    /// - Returns: One event for each, in the order of publishing.
    mutating func answered(number: UInt64, isMultiple: Bool, isTaken: Bool) -> [LinkEvent] {
        guard isMultiple else { return event(of: number, isTaken: isTaken).map { [$0] } ?? [] }
        // Zero stands for all.
        let last = number == 0 ? next - 1 : min(number, next - 1)
        guard oldest <= last else { return [] }
        let events = (oldest...last).compactMap { event(of: $0, isTaken: isTaken) }
        oldest = last + 1
        return events
    }

    private mutating func event(of number: UInt64, isTaken: Bool) -> LinkEvent? {
        guard let token = tokens.removeValue(forKey: number) else { return nil }
        if homeless.remove(token) != nil { return .returned(token: token) }
        return isTaken ? .confirmed(token: token) : .refused(token: token)
    }
}
