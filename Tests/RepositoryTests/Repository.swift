import Foundation

/// The checkout that these tests look at.
enum Repository {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The text of a file, by its path from the root.
    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// The paths, from the root, of the Swift files below `folder`, in order.
    static func swiftFiles(below folder: String) throws -> [String] {
        try files(below: folder).filter { $0.hasSuffix(".swift") }
    }

    /// The paths, from the root, of all files and folders below `folder`, in order.
    static func files(below folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path).sorted()
            .map { "\(folder)/\($0)" }
    }
}
