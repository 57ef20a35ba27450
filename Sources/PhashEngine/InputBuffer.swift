/// Bytes read from the input that are not in a slot yet, addressed by their offset in the stream.
@safe
struct InputBuffer: ~Copyable {
    /// What is kept when little is needed, bytes.
    private static let usualBytes = 512 << 10

    private var memory: UnsafeMutableRawBufferPointer
    /// Stream offset of the first byte that is kept.
    private var streamOffset: UInt64 = 0
    /// Where that byte lies in the memory, and where the first free one does.
    private var start = 0
    private var end = 0

    init() {
        unsafe memory = .allocate(byteCount: Self.usualBytes, alignment: 64)
    }

    deinit { unsafe memory.deallocate() }

    /// Bytes that are kept.
    var count: Int { end - start }

    /// Lets go of all bytes before a stream offset.
    mutating func discard(before offset: UInt64) {
        precondition(offset >= streamOffset && offset - streamOffset <= UInt64(count))
        start += Int(offset - streamOffset)
        streamOffset = offset
        guard start == end else { return }
        start = 0
        end = 0
        // A line of unusual length is over: its memory goes back.
        if unsafe memory.count > Self.usualBytes { reallocate(byteCount: Self.usualBytes) }
    }

    /// Has `body` write at most `byteCount` bytes behind those that are kept; it returns how many it wrote.
    mutating func append<Failure: Error>(
        atMost byteCount: Int, _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
    ) throws(Failure) {
        makeRoom(for: byteCount)
        let room = unsafe UnsafeMutableRawBufferPointer(rebasing: memory[end..<end + byteCount])
        end += unsafe try body(room)
    }

    /// The last bytes that are kept.
    func last(_ byteCount: Int) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(rebasing: memory[(end - byteCount)..<end])
    }

    /// Bytes by their stream offset; traps when they are not all kept.
    func bytes(at offset: UInt64, count byteCount: Int) -> UnsafeRawBufferPointer {
        precondition(offset >= streamOffset && offset - streamOffset + UInt64(byteCount) <= UInt64(count))
        let first = start + Int(offset - streamOffset)
        return unsafe UnsafeRawBufferPointer(rebasing: memory[first..<first + byteCount])
    }

    private mutating func makeRoom(for byteCount: Int) {
        if unsafe end + byteCount <= memory.count { return }
        if unsafe count + byteCount <= memory.count && start >= count {
            // Moving costs no more than the bytes that went since the last time.
            unsafe memory.copyMemory(from: .init(rebasing: memory[start..<end]))
            end -= start
            start = 0
        } else {
            unsafe reallocate(byteCount: max(memory.count * 2, count + byteCount))
        }
    }

    private mutating func reallocate(byteCount: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 64)
        unsafe larger.copyMemory(from: .init(rebasing: memory[start..<end]))
        unsafe memory.deallocate()
        unsafe memory = larger
        end -= start
        start = 0
    }
}
