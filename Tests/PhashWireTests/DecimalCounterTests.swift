import Testing

@testable import PhashWire

/// Line numbers, against the standard library's digits.
struct DecimalCounterTests {
    /// The digits that are written.
    private static func text(_ counter: DecimalCounter) -> String {
        var memory = [UInt8](repeating: 0xEE, count: 20)
        let count = unsafe memory.withUnsafeMutableBytes { memory in
            var output = unsafe OutputMemory(memory)
            output.append(counter)
            return output.count
        }
        return String(decoding: memory[..<count], as: UTF8.self)
    }

    private static let starts: [UInt64] =
        [0]
        + (0..<20).flatMap { power in
            let ten = (0..<power).reduce(UInt64(1)) { value, _ in value * 10 }
            return [ten - 1, ten, ten + 1, ten &* 9, ten / 2 * 3]
        } + [.max - 15]

    @Test(arguments: starts)
    func itCountsUp(start: UInt64) {
        var counter = DecimalCounter(start)
        for step in 0..<15 as Range<UInt64> {
            #expect(counter == DecimalCounter(start + step) && counter.number == start + step)
            #expect(Self.text(counter) == String(start + step))
            counter.countUp()
        }
    }

    /// All of the last eight digits' parts: the divisions are multiplications that must be exact.
    @Test func everyGroupOfFourDigitsIsRight() {
        var wrong: [UInt64] = []
        for group in 0..<10_000 as Range<UInt64> {
            for number in [group, group * 10_000, group * 10_000 + group, 9_999 * 10_000 + group] {
                if Self.text(DecimalCounter(number)) != String(number) { wrong.append(number) }
            }
        }
        #expect(wrong.isEmpty)
    }

    /// What follows a number overwrites nothing of it, and nothing is written behind the end of the memory.
    @Test func itFitsExactly() {
        for number in [1, 12, 1_234_567, 12_345_678, 123_456_789, UInt64.max] {
            let digits = Array(String(number).utf8)
            for room in digits.count..<digits.count + 9 {
                var memory = [UInt8](repeating: 0xEE, count: room + 16)
                unsafe memory.withUnsafeMutableBytes { memory in
                    var output = unsafe OutputMemory(.init(rebasing: memory[..<room]))
                    output.append(DecimalCounter(number))
                    while output.count < room { output.append(0x2E) }
                }
                let expected = digits + [UInt8](repeating: 0x2E, count: room - digits.count)
                #expect(Array(memory[..<room]) == expected && memory[room...].allSatisfy { $0 == 0xEE })
            }
        }
    }
}
