/// Which of a worker's shared-memory slots are free. The lowest free one is used first, so that a short queue stays
/// within few pages.
package struct WorkerSlots: Equatable, Sendable {
    /// A set bit is a free slot.
    private var words: [UInt64]
    package let count: Int
    package private(set) var freeCount: Int

    package init(count: Int) {
        precondition(count >= 1)
        self.count = count
        freeCount = count
        words = Array(repeating: .max, count: (count + 63) / 64)
        if count % 64 != 0 { words[words.count - 1] = (1 << UInt64(count % 64)) - 1 }
    }

    package var isAllFree: Bool { freeCount == count }

    /// Takes the lowest free slot; nil when there is none.
    package mutating func take() -> Int? {
        guard freeCount > 0, let word = words.firstIndex(where: { $0 != 0 }) else { return nil }
        let bit = words[word].trailingZeroBitCount
        words[word] &= words[word] - 1
        freeCount -= 1
        return word * 64 + bit
    }

    package mutating func release(_ slot: Int) {
        precondition(slot >= 0 && slot < count)
        let bit: UInt64 = 1 << UInt64(slot % 64)
        precondition(words[slot / 64] & bit == 0, "a slot is released once")
        words[slot / 64] |= bit
        freeCount += 1
    }
}
