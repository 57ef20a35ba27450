internal import PhashCore
internal import PhashPosix

/// Messages on their way to stderr. Nobody waits for its reader: what it does not take now is kept, and what exceeds
/// a limit is dropped, whole messages at a time.
struct MessageQueue {
    /// Bytes that are kept for a reader that has stalled.
    private static let limit = 256 << 10

    /// nil when there is no stderr.
    private let channel: Channel?
    private var pending: [UInt8] = []
    /// The progress line as it was drawn last; nil when there is none on the screen.
    private var line: ProgressLine?

    /// Columns of what does not tell how many it has.
    private static let usualColumns = 80
    /// Takes away what is at the cursor and below it: of a window that has become narrower, several lines.
    private static let erasure = "\r\u{1B}[J"
    /// How long the last message waits for a reader that has stalled.
    private static let patience: Nanoseconds = .second

    init() { channel = Channel() }

    /// What to poll for output; negative when nothing is pending.
    var descriptor: Int32 { pending.isEmpty ? -1 : channel?.descriptor ?? -1 }

    /// Writes a message, or as much of it as there is room for, and keeps the rest.
    mutating func add(_ text: String) {
        let line = shownLine
        put((line == nil ? "" : Self.erasure) + text + (line.map(Self.drawing) ?? ""))
    }

    private mutating func put(_ text: String) {
        guard channel != nil, pending.count + text.utf8.count <= Self.limit else { return }
        pending.append(contentsOf: text.utf8)
        flush()
    }

    // MARK: The progress line

    /// The line that stands on the screen; none when somebody else has taken the terminal over.
    private var shownLine: ProgressLine? { Terminal.isOurs(StandardStream.error) ? line : nil }

    /// Draws the progress line over the one before it; not in the background of a terminal, nor for a reader that has
    /// stalled, who would get many of them at once.
    mutating func draw(_ newLine: ProgressLine) {
        guard pending.isEmpty else { return }
        guard Terminal.isOurs(StandardStream.error) else {
            line = nil
            return
        }
        line = newLine
        put(Self.drawing(newLine))
    }

    /// Takes the progress line off the screen, so that something else can be written there.
    mutating func erase() {
        if shownLine != nil { put(Self.erasure) }
        line = nil
    }

    /// Leaves the progress line as it is and goes on below it.
    mutating func endLine() {
        if shownLine != nil { put("\n") }
        line = nil
    }

    /// The width is asked for each time, so that the line is right as soon as a window has another. The cursor goes back to
    /// the start: what a terminal echoes there, such as `^C`, breaks no line, and when a window becomes narrower it stays
    /// where the line begins, which then takes more than one.
    private static func drawing(_ line: ProgressLine) -> String {
        let columns = Terminal.columns(StandardStream.error) ?? usualColumns
        return "\r\(line.text(columns: columns))\u{1B}[J\r"
    }

    /// Writes what is left at the end, as far as it is taken within a second.
    mutating func finish() {
        let deadline = MonotonicClock.now + Self.patience
        flush()
        while descriptor >= 0 {
            let now = MonotonicClock.now
            guard now < deadline else { return }
            var set = PollSet()
            _ = set.add(descriptor, .output)
            guard (try? set.wait(milliseconds: Int32((deadline - now) / .millisecond) + 1)) != nil else { return }
            flush()
        }
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
