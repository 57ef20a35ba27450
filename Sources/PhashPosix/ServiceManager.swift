internal import CPhashPosix

/// The service manager that has started this process, such as systemd.
package enum ServiceManager {
    /// The variable that names the socket which it listens at.
    package static let variable = "NOTIFY_SOCKET"

    /// Tells it how things are, `READY=1` for one; nothing where there is none that wants to know. Failures are passed over:
    /// the service does its work all the same. sd_notify(3)
    ///
    /// - Parameter socket: The path of a socket, or the name of an abstract one with `@` before it.
    package static func notify(_ state: String, at socket: String? = Environment.value(of: variable)) {
        guard let socket, socket.hasPrefix("/") || socket.hasPrefix("@") else { return }
        let name = Array(socket.utf8)
        let text = Array(state.utf8)
        _ = unsafe name.withUnsafeBytes { name in
            unsafe text.withUnsafeBytes { text in
                unsafe phash_send_datagram(name.baseAddress!, name.count, text.baseAddress, text.count)
            }
        }
    }
}
