/// Where a simulated world gets its decisions from.
package protocol Chooser {
    /// A number in `0..<count`; `count` is at least 1.
    mutating func choose(_ count: Int) -> Int
}

/// Decides by a seed.
package struct RandomChooser: Chooser {
    private var generator: SeededGenerator

    package init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    package mutating func choose(_ count: Int) -> Int { Int.random(in: 0..<count, using: &generator) }
}

/// Goes through every sequence of decisions, one per run: the first run always takes 0, each later one differs from the
/// run before it in its last decision that has an alternative left.
package struct ExhaustiveChooser: Chooser {
    private var decisions: [(value: Int, count: Int)] = []
    private var position = 0

    package init() {}

    package mutating func choose(_ count: Int) -> Int {
        defer { position += 1 }
        if position == decisions.count { decisions.append((0, count)) }
        precondition(decisions[position].count == count, "the same decisions lead to the same choices")
        return decisions[position].value
    }

    /// Prepares the next run; false when there is none.
    package mutating func advance() -> Bool {
        position = 0
        while let last = decisions.last {
            if last.value + 1 < last.count {
                decisions[decisions.count - 1].value += 1
                return true
            }
            decisions.removeLast()
        }
        return false
    }
}
