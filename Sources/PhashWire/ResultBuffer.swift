/// What a job appends its results to: the raw bytes of each, one after another.
///
/// How they look in the output (hexadecimal, base64, text) is said by `RecordFormat`, not here. The memory is kept for the
/// next batch: nothing is allocated for a record.
package struct ResultBuffer {
    /// The bytes of all results.
    package private(set) var bytes: [UInt8] = []
    /// Where each result ends in `bytes`.
    package private(set) var ends: [Int] = []
    /// Longest result that fits the room reserved for it, bytes.
    package let maximumResultBytes: Int

    package init(maximumResultBytes: Int) {
        precondition(maximumResultBytes >= 0)
        self.maximumResultBytes = maximumResultBytes
    }

    /// Results appended so far.
    package var count: Int { ends.count }

    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }

    /// Appends one result; traps when it is longer than `maximumResultBytes`.
    package mutating func append(_ result: some Sequence<UInt8>) {
        let start = bytes.count
        bytes.append(contentsOf: result)
        precondition(bytes.count - start <= maximumResultBytes, "a result is longer than its job said")
        ends.append(bytes.count)
    }

    /// Appends `count` results of `size` bytes each, which `fill` writes one after another.
    package mutating func append(count: Int, size: Int, fill: (UnsafeMutableRawBufferPointer) -> Void) {
        precondition(count >= 0 && size >= 0 && size <= maximumResultBytes)
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: count * size))
        unsafe bytes.withUnsafeMutableBytes { unsafe fill(.init(rebasing: $0[start...])) }
        let before = ends.count
        ends.append(contentsOf: repeatElement(0, count: count))
        unsafe ends.withUnsafeMutableBufferPointer { places in
            for index in 0..<count { unsafe places[before &+ index] = start &+ (index &+ 1) &* size }
        }
    }

    /// Appends results of `sizes` bytes, which `fill` writes one after another.
    mutating func append(sizes: [Int], fill: (UnsafeMutableRawBufferPointer) -> Void) {
        let start = bytes.count
        var end = start
        for size in sizes {
            precondition(size >= 0 && size <= maximumResultBytes, "a result is longer than its job said")
            end += size
            ends.append(end)
        }
        bytes.append(contentsOf: repeatElement(0, count: end - start))
        unsafe bytes.withUnsafeMutableBytes { unsafe fill(.init(rebasing: $0[start...])) }
    }

    /// Lends the bytes of all results and where each ends in them.
    func withUnsafeResults(_ body: (_ bytes: UnsafeRawBufferPointer, _ ends: UnsafeBufferPointer<Int>) -> Void) {
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe ends.withUnsafeBufferPointer { ends in unsafe body(bytes, ends) }
        }
    }
}
