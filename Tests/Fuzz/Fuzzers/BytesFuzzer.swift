import PhashTestKit

/// Every implementation of what runs over each byte gives what its reference gives, and stays within its memory.
enum BytesFuzzer {
    @Sendable
    static func run(_ bytes: [UInt8]) {
        var input = FuzzInput(bytes)
        let alignment = input.number(in: 0...63)
        let wanted = input.byte()
        let text = input.rest()
        let places = ByteReference.find(wanted, in: text)
        let plain = ByteReference.copyPlain(text)
        let digits = ByteReference.hexadecimal(text)
        for implementation in ByteImplementation.all {
            expect(implementation.find(wanted, in: text, alignment: alignment) == places, "\(implementation): find")
            expect(implementation.copyPlain(text, alignment: alignment) == plain, "\(implementation): copy_plain")
            expect(
                implementation.hexadecimal(text, alignment: alignment) == digits, "\(implementation): hexadecimal")
        }
    }
}
