/// The batches whose results have not all gone to the output yet, in input order. Ordered output leaves through its
/// head; unordered output never asks it.
package struct ReorderWindow {
    private var line: [SlotAddress] = []
    /// Place of the head in `line`; places before it are used up.
    private var head = 0
    /// Place of the head's next part.
    private var nextPart = 0

    package init() {}

    package var isEmpty: Bool { head == line.count }

    /// Where the head of the line lives; nil when the line is empty.
    package var first: SlotAddress? { isEmpty ? nil : line[head] }

    package mutating func append(_ address: SlotAddress) {
        if head > 1024 && head * 2 > line.count {
            line.removeFirst(head)
            head = 0
        }
        line.append(address)
    }

    /// Moves every part that is next and finished into the output queue.
    package mutating func advance(_ batches: inout BatchTable, into output: inout OutputQueue) {
        while let address = first {
            let partCount = batches[address].parts.count
            while nextPart < partCount {
                guard output.enqueueIfFinished(part: nextPart, of: &batches[address]) else { return }
                nextPart += 1
            }
            head += 1
            nextPart = 0
        }
    }

    /// Tells that a part of the batch was split; parts before the head's next one never are.
    package func assertSplittable(_ address: SlotAddress, part: Int) {
        precondition(address != first || part >= nextPart, "a part that went out is not split")
    }
}
