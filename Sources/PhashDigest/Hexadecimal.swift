internal import CPhashBytes

/// Writes bytes in lower-case hexadecimal, with the fastest instructions that this processor has.
@safe
struct HexadecimalWriter {
    private let implementation: phash_bytes

    init() {
        guard let fastest = unsafe phash_bytes_implementation(0) else { preconditionFailure("there is always one") }
        unsafe implementation = fastest.pointee
    }

    /// Writes `bytes` into `text`, which is exactly twice as long. It stands between all rounds of a chain.
    func write(_ bytes: UnsafeRawBufferPointer, into text: UnsafeMutableRawBufferPointer) {
        precondition(text.count == 2 * bytes.count, "the room for the text has another size")
        guard let source = bytes.baseAddress, let target = text.baseAddress else { return }
        unsafe implementation.hexadecimal(target, source, bytes.count)
    }
}
