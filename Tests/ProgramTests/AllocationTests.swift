import Foundation
import Testing

extension TheProgram {
    /// Nothing is allocated for a record, by parent or child: only for a batch, a turn of the loop, and a process.
    ///
    /// Counted from outside, in the build that shares the C library with the system.
    @Suite struct Allocations {
        /// The library that counts, built in `directory`.
        private static func library(in directory: TemporaryDirectory) throws -> String {
            let path = "\(directory.path)/count-allocations.so"
            let source = "\(packageRoot)/Tests/Data/count-allocations.c"
            try run(Launch(binary: .tool("cc"), arguments: ["-O2", "-shared", "-fPIC", "-o", path, source])).expect(0)
            return path
        }

        /// Allocations of the parent and of its one child in a run over that input.
        private static func count(
            _ arguments: [String], input: [UInt8], _ directory: TemporaryDirectory
        ) throws -> (parent: Int, child: Int) {
            let library = try library(in: directory)
            let folder = "\(directory.path)/\(input.count)"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let path = try directory.file("\(input.count).txt", holding: input)
            let wrapper = Launch.shell("export LD_PRELOAD='\(library)' ALLOCATIONS='\(folder)'; exec < '\(path)'")
            let launch = Launch(
                binary: .dynamic, arguments: ["-r", "1", "-j", "1"] + arguments, wrapper: wrapper,
                output: .file("/dev/null"))
            try run(launch).expect(0)
            // The parent was there first.
            let identifiers = try FileManager.default.contentsOfDirectory(atPath: folder).compactMap(Int.init).sorted()
            let counts = try identifiers.map { identifier in
                let data = try Data(contentsOf: URL(filePath: "\(folder)/\(identifier)"))
                return data.reversed().reduce(0) { $0 << 8 | Int($1) }
            }
            #expect(counts.count == 2, "\(identifiers)")
            return (counts.first ?? 0, counts.last ?? 0)
        }

        @Test func noneForARecord() throws {
            try expectNone([]) { Inputs.lines($0, distinct: 1_000) }
        }

        /// With an escape in some of the strings, and a name that is there twice.
        @Test func noneForAMemberInsideJSON() throws {
            let objects = [
                #"{"n":1.5,"user":{"id":7,"email":"alice@example.com"},"tags":["a","b"]}"#,
                #"{"user":{"email":"bob\u0040example.com\n","email":"bob"}}"#,
                #"{"\u0075ser":{"email":"carol"}}"#, #"{"user":{"email":""}}"#,
            ]
            try expectNone(["--json-field", "/user/email"]) { count in
                (0..<count).flatMap { Array((objects[$0 % objects.count] + "\n").utf8) }
            }
        }

        private func expectNone(_ arguments: [String], _ input: (Int) -> [UInt8]) throws {
            let directory = try TemporaryDirectory()
            let more = 40_000
            let few = try Self.count(arguments, input: input(more), directory)
            let many = try Self.count(arguments, input: input(2 * more), directory)
            // A tenth leaves room for some dozen of a batch of any size.
            #expect(few.parent > 0 && many.parent - few.parent < more / 10, "\(few) and \(many)")
            // Where OpenSSL hashes, libcrypto itself makes a state for each digest.
            let isOpenSSL = try phash("-v", "-r", "1", input: "x\n").errorText.contains("lanes: 1\n")
            let oneEach = isOpenSSL ? more : 0
            #expect(few.child > 0 && many.child - few.child < oneEach + more / 10, "\(few) and \(many)")
        }
    }
}
