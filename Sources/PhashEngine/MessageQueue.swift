internal import PhashPosix

/// Messages on their way to stderr. Nobody waits for its reader: what it does not take now is kept, and what exceeds
/// a limit is dropped, whole messages at a time.
struct MessageQueue {
    /// Bytes that are kept for a reader that has stalled.
    private static let limit = 256 << 10

    /// nil when there is no stderr.
    private let channel: Channel?
    private var pending: [UInt8] = []

    init() { channel = Channel() }

    /// What to poll for output; negative when nothing is pending.
    var descriptor: Int32 { pending.isEmpty ? -1 : channel?.descriptor ?? -1 }

    /// Writes a message, or as much of it as there is room for, and keeps the rest.
    mutating func add(_ text: String) {
        guard channel != nil, pending.count + text.utf8.count <= Self.limit else { return }
        pending.append(contentsOf: text.utf8)
        flush()
    }

    /// Writes what is pending as far as stderr takes it without waiting.
    mutating func flush() {
        guard let channel else { return }
        while !pending.isEmpty {
            var set = PollSet()
            let place = set.add(channel.descriptor, .output)
            guard (try? set.wait(milliseconds: 0)) != nil, set[place].isWritable, !set[place].isBroken else {
                if set[place].isBroken { pending = [] }
                return
            }
            let count = min(channel.writableBytes, pending.count)
            let written = unsafe pending.withUnsafeBytes { bytes in
                unsafe channel.write(.init(rebasing: bytes[..<count]))
            }
            guard let written else { return }
            pending.removeFirst(written)
        }
    }

    /// A place for the channel, which cannot be copied, in the queue, which can.
    private final class Channel {
        private let output: OutputChannel

        /// nil when there is no stderr.
        init?() {
            guard let output = try? OutputChannel(StandardStream.error) else { return nil }
            self.output = output
        }

        var descriptor: Int32 { output.descriptor }
        var writableBytes: Int { output.writableBytes() }

        /// Bytes that were taken; all of them when they cannot be written at all, nil when not now.
        func write(_ bytes: UnsafeRawBufferPointer) -> Int? {
            do throws(Errno) {
                return unsafe try output.write([bytes])
            } catch {
                return bytes.count
            }
        }
    }
}
