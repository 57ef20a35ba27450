import CPhashPosix
import Glibc
import PhashPosix

/// The ends of a pipe, blocking as a shell makes them.
struct TestPipe: ~Copyable {
    let reading: FileDescriptor
    let writing: FileDescriptor

    init() throws {
        var ends: [Int32] = [-1, -1]
        // Not for a moment inherited by the processes of exit tests.
        guard unsafe phash_pipe(&ends) == 0 else { throw Errno.current }
        for end in ends { _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) & ~O_NONBLOCK) }
        let first = FileDescriptor(owning: ends[0])
        let second = FileDescriptor(owning: ends[1])
        // Above the numbers of other tests' closed descriptors.
        let movedFirst = try first.duplicate()
        let movedSecond = try second.duplicate()
        reading = movedFirst
        writing = movedSecond
    }
}

/// F_SETPIPE_SZ and F_GETPIPE_SZ, which Swift does not see. fcntl(2)
let setPipeSize: Int32 = 1031
let getPipeSize: Int32 = 1032

/// A file without a name.
func temporaryFile() throws -> FileDescriptor {
    var path = Array("/tmp/phash-tests-XXXXXX".utf8CString)
    let descriptor = try FileDescriptor(movingUp: unsafe mkstemp(&path))
    _ = unsafe unlink(path)
    return descriptor
}

func descriptorFlags(_ number: Int32) -> Int32 { fcntl(number, F_GETFD) }
func statusFlags(_ number: Int32) -> Int32 { fcntl(number, F_GETFL) }

/// Reads until there is nothing more at once; `count` bytes at most.
func readSome(_ number: Int32, count: Int = 1 << 20) throws -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: count)
    let outcome = unsafe try buffer.withUnsafeMutableBytes { unsafe try DescriptorIO.read(number, into: $0) }
    guard case .bytes(let found) = outcome else { return [] }
    return Array(buffer[..<found])
}

func write(_ number: Int32, _ bytes: [UInt8]) throws -> Int? {
    unsafe try bytes.withUnsafeBytes { unsafe try DescriptorIO.write(number, $0) }
}

/// Bytes whose order shows.
func pattern(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) } }

/// Reads everything from a descriptor beside the test.
final class ReaderThread {
    private final class Box {
        let number: Int32
        var bytes: [UInt8] = []
        init(_ number: Int32) { self.number = number }
    }

    private let box: Box
    private var thread = pthread_t()

    /// The descriptor must stay open until `join`.
    init(_ number: Int32) {
        box = Box(number)
        let argument = unsafe Unmanaged.passRetained(box).toOpaque()
        let code = unsafe pthread_create(
            &thread, nil,
            { argument in
                let box = unsafe Unmanaged<Box>.fromOpaque(argument!).takeRetainedValue()
                while let more = try? readSome(box.number), !more.isEmpty { box.bytes += more }
                return nil
            }, argument)
        precondition(code == 0)
    }

    /// What came until the end.
    func join() -> [UInt8] {
        pthread_join(thread, nil)
        return box.bytes
    }
}

// Numbers of the kernel that Swift does not import.

/// TIOCSPTLCK
let unlockTerminal: UInt = 0x4004_5431
/// TIOCGPTPEER
let openTerminalPeer: UInt = 0x5441
/// F_ADD_SEALS
let addSeals: Int32 = 1033
/// F_SEAL_WRITE
let sealWrite: Int32 = 0x0008
