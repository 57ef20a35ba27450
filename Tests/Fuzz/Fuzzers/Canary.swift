/// Mistakes that are made on purpose: a harness that does not find them is dead.
enum Canary {
    /// A mistake behind a word that is only found letter by letter, by seeing that each leads further.
    @Sendable
    static func answerWrongly(_ bytes: [UInt8]) {
        let word = Array("owl".utf8)
        var known = 0
        while known < word.count && known < bytes.count && bytes[known] == word[known] { known += 1 }
        expect(known < word.count, "the planted mistake")
    }

    /// Reads one byte behind its memory when an input begins with a certain letter.
    @Sendable
    static func readBehindMemory(_ bytes: [UInt8]) {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 8, alignment: 8)
        defer { unsafe memory.deallocate() }
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0)
        let count = bytes.first == UInt8(ascii: "c") ? 9 : 8
        let behind = unsafe UnsafeRawBufferPointer(start: memory.baseAddress, count: count)
        expect(unsafe behind[count - 1] < 2 || count == 9, "what was written is gone")
    }
}
