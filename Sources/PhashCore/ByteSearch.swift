internal import CPhashBytes

/// Looks for a byte with the fastest instructions that this processor has.
@safe
struct ByteSearch {
    private let implementation: phash_bytes

    /// Places beyond those that are found which may be written to.
    static let sparePlaces = Int(PHASH_BYTES_SPARE_PLACES)

    init() {
        guard let fastest = unsafe phash_bytes_implementation(0) else { preconditionFailure("there is always one") }
        unsafe implementation = fastest.pointee
    }

    /// Writes the place of each byte that equals `wanted` into `places`, ascending, and returns how many there are.
    ///
    /// `places` has at least as many elements as `bytes` has bytes, and `sparePlaces` more.
    func find(_ wanted: UInt8, in bytes: RawSpan, places: inout [UInt32]) -> Int {
        precondition(places.count >= bytes.byteCount + Self.sparePlaces, "not enough room for the places")
        return unsafe bytes.withUnsafeBytes { memory in
            guard let start = memory.baseAddress else { return 0 }
            return unsafe places.withUnsafeMutableBufferPointer { buffer in
                guard let first = buffer.baseAddress else { return 0 }
                return unsafe implementation.find(start, memory.count, wanted, first)
            }
        }
    }
}
