/// Writes digests as the member `hash` holds them, so that they can be compared with one.
@safe
package struct HashText {
    private let memory: OwnedMemory
    private var output: OutputMemory

    /// - Parameter maximumDigestBytes: Longest digest that it writes.
    package init(maximumDigestBytes: Int) {
        memory = OwnedMemory(byteCount: 2 * max(maximumDigestBytes, 2))
        output = unsafe OutputMemory(memory.bytes)
    }

    /// How a hash is written that takes so many bytes as text; nil when no digest of that length is written so.
    package static func encoding(textBytes: Int, digestBytes: Int) -> RecordFormat.Encoding? {
        // The two are never of the same length: digests have more than two bytes.
        switch textBytes {
        case 2 * digestBytes: .hexadecimal
        case base64ByteCount(of: digestBytes): .base64
        default: nil
        }
    }

    /// The text of a digest; valid until the next one is written.
    package mutating func text(of digest: UnsafeRawBufferPointer, in encoding: RecordFormat.Encoding)
        -> UnsafeRawBufferPointer
    {
        output.truncate(to: 0)
        switch encoding {
        case .hexadecimal: unsafe output.appendHexadecimal(digest)
        case .base64: unsafe output.appendBase64(digest)
        case .text: preconditionFailure("a digest is no text")
        }
        return unsafe UnsafeRawBufferPointer(rebasing: memory.bytes[..<output.count])
    }
}

/// Memory that goes with its last owner.
@safe
final class OwnedMemory {
    let bytes: UnsafeMutableRawBufferPointer

    init(byteCount: Int) {
        unsafe bytes = .allocate(byteCount: byteCount, alignment: 1)
    }

    deinit { unsafe bytes.deallocate() }
}
