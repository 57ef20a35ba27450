import Foundation
import Testing

@testable import PhashPosix

/// A file that is replaced as a whole.
struct ReplacedFileTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("phash-files-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted() }

    private func remove() { try? FileManager.default.removeItem(at: folder) }

    @Test func itIsMadeAndThenReplaced() throws {
        defer { remove() }
        let path = folder.appendingPathComponent("metrics.prom").path
        let file = ReplacedFile(path: path)
        #expect(try file.canBeReplaced())
        try file.replace(with: "first\n")
        let before = try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int
        // Whoever has the old one open goes on reading the old one.
        let open = try #require(FileHandle(forReadingAtPath: path))
        try file.replace(with: "second\n")
        #expect(try open.readToEnd() == Data("first\n".utf8))
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "second\n")
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int != before)
        #expect(names == ["metrics.prom"])
    }

    @Test func aTemporaryFileThatWasLeftIsNoObstacle() throws {
        defer { remove() }
        let path = folder.appendingPathComponent("m").path
        try Data("left".utf8).write(to: URL(fileURLWithPath: "\(path).\(getpid())"))
        try ReplacedFile(path: path).replace(with: "new")
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "new")
        #expect(names == ["m"])
    }

    @Test func whatIsNoRegularFileStays() throws {
        defer { remove() }
        #expect(try !ReplacedFile(path: "/dev/null").canBeReplaced())
        #expect(try !ReplacedFile(path: folder.path).canBeReplaced())
        let link = folder.appendingPathComponent("link").path
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "elsewhere")
        #expect(try !ReplacedFile(path: link).canBeReplaced())
        #expect(throws: Errno(code: 20)) { try ReplacedFile(path: "/dev/null/x").canBeReplaced() }
    }

    @Test func aFailureLeavesNothingBehind() throws {
        defer { remove() }
        #expect(throws: Errno(code: 2)) { try ReplacedFile(path: folder.path + "/none/x").replace(with: "") }
        // A folder in its place cannot be replaced by a file.
        try FileManager.default.createDirectory(atPath: folder.path + "/x", withIntermediateDirectories: false)
        #expect(throws: Errno(code: 21)) { try ReplacedFile(path: folder.path + "/x").replace(with: "") }
        #expect(names == ["x"])
    }
}

/// What the system tells of open files, processes and terminals.
struct SystemFiguresTests {
    @Test func theSizeAndThePlaceInAFile() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("phash-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(repeating: 1, count: 1000).write(to: URL(fileURLWithPath: path))
        let file = try #require(FileHandle(forUpdatingAtPath: path))
        try file.seek(toOffset: 100)
        #expect(RegularFile.offset(file.fileDescriptor) == 100 && RegularFile.size(file.fileDescriptor) == 1000)
        let pipe = Pipe()
        let descriptor = pipe.fileHandleForReading.fileDescriptor
        #expect(RegularFile.offset(descriptor) == nil && RegularFile.size(descriptor) == nil)
        #expect(Terminal.columns(descriptor) == nil && Terminal.isOurs(descriptor))
    }

    @Test func theMemoryOfAProcess() throws {
        let bytes = try #require(ProcessMemory.residentBytes(of: getpid()))
        #expect(bytes > 1 << 20 && bytes < 1 << 36)
        #expect(ProcessMemory.residentBytes(of: .max) == nil)
    }

    @Test func theTimeOfDay() {
        let seconds = Double(WallClock.now) / 1e9
        #expect(abs(seconds - Date().timeIntervalSince1970) < 60)
    }
}
