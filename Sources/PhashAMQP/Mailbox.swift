package import PhashPosix
internal import Synchronization

/// Messages from one thread to another, in their order; the receiver may wait for them in poll(2).
package final class Mailbox<Message: Sendable>: Sendable {
    private struct Contents {
        var messages: [Message] = []
        /// Whether the receiver is woken, or is about to be.
        var isSignalled = false
    }

    private let contents = Mutex(Contents())
    private let wakeUp: WakeUp

    package init() throws(Errno) { wakeUp = try WakeUp() }

    /// Readable while there is something to take that is worth waking for.
    package var descriptor: Int32 { wakeUp.descriptor }

    /// - Parameter wakes: Whether the receiver is woken for it; else it gets it with the next message that wakes.
    package func post(_ message: Message, wakes: Bool = true) {
        let isFirst = contents.withLock { contents in
            contents.messages.append(message)
            guard wakes && !contents.isSignalled else { return false }
            contents.isSignalled = true
            return true
        }
        // Not under the lock, which the receiver would run into as soon as it is woken.
        if isFirst { wakeUp.signal() }
    }

    /// Everything that has been posted and not taken.
    package func takeAll() -> [Message] { take { _ in false } }

    /// As `takeAll`, but what `opens` is true for is only taken as the first.
    package func take(upTo opens: (Message) -> Bool) -> [Message] {
        contents.withLock { contents in
            let messages = contents.messages
            // A signal may come after what it was for has been taken.
            if messages.isEmpty { wakeUp.clear() }
            let end = messages.indices.dropFirst().first { opens(messages[$0]) } ?? messages.endIndex
            guard end > 0 else { return [] }
            guard end < messages.endIndex else {
                if contents.isSignalled { wakeUp.clear() }
                contents = Contents()
                return messages
            }
            contents.messages.removeFirst(end)
            return Array(messages[..<end])
        }
    }
}
