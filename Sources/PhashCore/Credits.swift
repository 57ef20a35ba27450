/// What `--buffer` bounds: bytes of input kept plus results not yet written, room reserved for results included.
///
/// A batch is charged its worst case when it is cut, and its real size when it is finished; it gives everything back
/// when its results have left the process. That is the whole back-pressure (design decision 6).
package struct Credits: Equatable, Sendable {
    /// Bytes that may be in use.
    package let limit: Int
    /// Bytes in use; above the limit only when a single batch is.
    package private(set) var used = 0

    package init(limit: Int) {
        precondition(limit >= 1)
        self.limit = limit
    }

    /// Whether a charge may be taken. A single record always fits when nothing else is in use, even one larger than the
    /// limit.
    package func admits(_ charge: Int, records: Int) -> Bool {
        charge <= limit - used || (used == 0 && records == 1)
    }

    package mutating func take(_ charge: Int) {
        precondition(charge >= 0)
        used += charge
    }

    /// Replaces a worst case by the real size.
    package mutating func correct(_ charge: Int, to real: Int) {
        precondition(real >= 0 && real <= charge && charge <= used, "a batch takes no more than was reserved for it")
        used -= charge - real
    }

    package mutating func giveBack(_ charge: Int) {
        precondition(charge >= 0 && charge <= used, "credit is given back once")
        used -= charge
    }
}
