import Foundation
import Testing

/// The built programs, which `make test` names.
private func program(_ variable: String) -> String? {
    ProcessInfo.processInfo.environment[variable]
}

/// What `command` writes to standard output and standard error together.
private func output(of command: String, _ arguments: String...) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["LC_ALL=C", command] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return text
}

@Suite("Built programs", .enabled(if: program("PHASH") != nil, "make test says where they are"))
struct BinaryTests {
    /// What is compiled in for tests carries these marks: records that do harm, and the fault layer.
    private let hookMarkers = ["phash-test-hook", "PHASH_TEST_HOOK", "PHASH_TEST_FAULTS"].map { Data($0.utf8) }

    @Test("what is shipped has no test hooks", arguments: ["PHASH", "PHASH_DYNAMIC", "PHASH_AMQP"])
    func shippedWithoutHooks(variable: String) throws {
        let path = try #require(program(variable))
        let content = try Data(contentsOf: URL(filePath: path), options: .alwaysMapped)
        for marker in hookMarkers {
            #expect(content.range(of: marker) == nil, "\(String(decoding: marker, as: UTF8.self))")
        }
    }

    @Test("the test build has them, so that the marks are the right ones")
    func hooksAreMarked() throws {
        let path = try #require(program("PHASH_HOOKS"))
        let content = try Data(contentsOf: URL(filePath: path), options: .alwaysMapped)
        for marker in hookMarkers {
            #expect(content.range(of: marker) != nil, "\(String(decoding: marker, as: UTF8.self))")
        }
    }

    @Test("the shipped program is one fully static file")
    func isStatic() throws {
        let text = try output(of: "ldd", try #require(program("PHASH")))
        #expect(text.contains("not a dynamic executable") || text.contains("statically linked"), "\(text)")
    }

    @Test("the dynamic program shares libc and libcrypto, and nothing else")
    func dynamicLibraries() throws {
        let names = try libraries("PHASH_DYNAMIC")
        let allowed = /(linux-vdso|ld-linux[-a-z0-9_]*|ld64|libc|libm|libpthread|libdl|librt|libutil|libcrypto)\.so.*/
        for name in names {
            #expect(name.wholeMatch(of: allowed) != nil, "\(name)")
        }
        #expect(names.contains { $0.hasPrefix("libcrypto.so") })
    }

    @Test("the program for brokers shares librabbitmq and OpenSSL besides, and nothing of the compilers")
    func bridgeLibraries() throws {
        let names = try libraries("PHASH_AMQP")
        let allowed = #/(linux-vdso|ld-linux[-a-z0-9_]*|ld64|lib(c|m|pthread|dl|rt|util|crypto|ssl|rabbitmq))\.so.*/#
        for name in names {
            #expect(name.wholeMatch(of: allowed) != nil, "\(name)")
        }
        #expect(names.contains { $0.hasPrefix("librabbitmq.so") })
    }

    @Test("nowhere but in the system are libraries looked for", arguments: ["PHASH_DYNAMIC", "PHASH_AMQP"])
    func searchPath(variable: String) throws {
        let text = try output(of: "readelf", "-d", try #require(program(variable)))
        #expect(text.contains("(NEEDED)") && !text.contains("PATH)"), "\(text)")
    }

    /// The libraries that a program shares, by `ldd`.
    private func libraries(_ variable: String) throws -> [Substring] {
        let text = try output(of: "ldd", try #require(program(variable)))
        return text.split(separator: "\n").compactMap { line in
            line.split(separator: "/").last?.split(whereSeparator: \.isWhitespace).first
        }
    }
}
