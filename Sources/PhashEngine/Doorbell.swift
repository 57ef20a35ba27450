internal import PhashPosix
package import PhashWire

/// The doorbell as a child has it: it blocks.
package enum Doorbell {
    /// What the parent says first; nil when it says something else, or is gone.
    package static func greeting() -> WorkerGreeting? {
        guard let length = receive(WorkerGreeting.lengthBytes) else { return nil }
        var reader = ByteReader(length)
        guard let byteCount = reader.read(UInt32.self), byteCount <= WorkerGreeting.maximumBytes,
            var bytes = receive(Int(byteCount))
        else { return nil }
        // The parameters that the greeting holds are a copy.
        defer { bytes.wipe() }
        return WorkerGreeting(decoding: bytes)
    }

    /// Says something to the parent; false when it is gone.
    package static func send(_ message: [UInt8]) -> Bool {
        (try? DescriptorIO.writeAll(ChildProcess.doorbellDescriptor, message)) != nil
    }

    /// The next bytes from the parent; nil when it has hung up.
    package static func receive(_ byteCount: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: byteCount)
        var count = 0
        while count < byteCount {
            guard
                let more = unsafe bytes.withUnsafeMutableBytes({ memory in
                    unsafe receive(into: .init(rebasing: memory[count...]))
                })
            else { return nil }
            count += more
        }
        return bytes
    }

    /// Bytes from the parent, at least one, as many as are there; nil when it has hung up.
    package static func receive(into memory: UnsafeMutableRawBufferPointer) -> Int? {
        let outcome = try? unsafe DescriptorIO.read(ChildProcess.doorbellDescriptor, into: memory)
        guard case .bytes(let count) = outcome else { return nil }
        return count
    }
}
