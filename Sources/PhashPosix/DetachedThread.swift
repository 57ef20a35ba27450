internal import CPhashPosix

/// A thread that works beside the main loop and is not waited for.
package enum DetachedThread {
    private final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Runs `body` in a thread of its own, in which every signal is blocked: they are the main loop's.
    ///
    /// - Parameter name: For `top` and debuggers; the first 15 bytes of it. pthread_create(3)
    package static func start(name: String, body: @escaping @Sendable () -> Void) throws(Errno) {
        let box = unsafe Unmanaged.passRetained(Box(body))
        let code = unsafe phash_thread_start(
            name,
            { context in
                guard let context = unsafe context else { return nil }
                // Lets go of what the body holds when it ends.
                let box = unsafe Unmanaged<Box>.fromOpaque(context).takeRetainedValue()
                box.body()
                return nil
            }, box.toOpaque())
        guard code == 0 else {
            unsafe box.release()
            throw Errno(code: code)
        }
    }
}
