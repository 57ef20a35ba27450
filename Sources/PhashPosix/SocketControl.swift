internal import CPhashPosix

/// What is done from outside to a socket that a library owns.
package enum SocketControl {
    /// Another descriptor for the same socket, which stays ours when the library closes its own. fcntl(2) F_DUPFD_CLOEXEC
    package static func duplicate(_ number: Int32) throws(Errno) -> FileDescriptor {
        try FileDescriptor(duplicating: number)
    }

    /// Ends both directions of a connection: whoever waits on it wakes up and finds it closed. shutdown(2)
    package static func shutDown(_ number: Int32) {
        // It fails where there is no connection any more, which is what was wanted.
        _ = phash_socket_shut_down(number)
    }
}
