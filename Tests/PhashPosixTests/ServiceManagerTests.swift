import Foundation
import Glibc
import PhashPosix
import Testing

@Suite("The service manager and programs")
struct ServiceManagerTests {
    /// A socket that hears datagrams, bound to a name.
    private static func listen(at name: [UInt8]) throws -> FileDescriptor {
        let number = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        try #require(number >= 0)
        let descriptor = FileDescriptor(owning: number)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { path in unsafe path.copyBytes(from: name) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        let answer = unsafe withUnsafePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe bind(number, $0, length) }
        }
        try #require(answer == 0)
        return descriptor
    }

    private static func hear(_ descriptor: borrowing FileDescriptor) -> String? {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = unsafe recv(descriptor.number, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        return count < 0 ? nil : String(decoding: bytes[..<count], as: UTF8.self)
    }

    @Test("what is told arrives as one datagram at a socket in a folder")
    func path() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "phash-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let listener = try Self.listen(at: Array(path.utf8))
        ServiceManager.notify("READY=1\nSTATUS=ok", at: path)
        #expect(Self.hear(listener) == "READY=1\nSTATUS=ok")
        ServiceManager.notify("STOPPING=1", at: path)
        #expect(Self.hear(listener) == "STOPPING=1")
        #expect(Self.hear(listener) == nil)
    }

    @Test("and at an abstract one")
    func abstract() throws {
        let name = "phash-\(UUID().uuidString)"
        let listener = try Self.listen(at: [0] + Array(name.utf8))
        ServiceManager.notify("READY=1", at: "@" + name)
        #expect(Self.hear(listener) == "READY=1")
    }

    @Test(
        "a socket that is none, or that nobody hears, is passed over",
        arguments: [nil, "", "relative", "/proc/nosuch", "@phash-nobody", "/" + String(repeating: "a", count: 200)])
    func failures(socket: String?) {
        ServiceManager.notify("READY=1", at: socket)
    }

    @Test("this process knows its file, and which files can be started")
    func programs() throws {
        let path = try #require(ProgramFile.ownPath)
        #expect(path.hasPrefix("/") && ProgramFile.canBeStarted(path))
        #expect(ProgramFile.canBeStarted("/bin/sh"))
        for path in ["/bin", "/proc/nosuch", "/proc/self/status", ""] { #expect(!ProgramFile.canBeStarted(path)) }
    }
}
