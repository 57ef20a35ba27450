import Glibc
import PhashPosix
import Testing

@Suite("Small files and the environment")
struct SmallFileTests {
    @Test("a file is read whole, up to a limit")
    func bytes() throws {
        for count in [0, 1, 16_383, 16_384, 16_385, 50_000] {
            let file = try temporaryFile()
            let content = pattern(count)
            if count > 0 { #expect(try write(file.number, content) == count) }
            let path = "/proc/self/fd/\(file.number)"
            #expect(try SmallFile.bytes(of: path, atMost: 50_000) == content)
            #expect(try SmallFile.bytes(of: path, atMost: count) == content)
            if count > 0 { #expect(try SmallFile.bytes(of: path, atMost: count - 1) == nil) }
        }
        #expect(try SmallFile.bytes(of: "/dev/zero", atMost: 100_000) == nil)
    }

    @Test(
        "what cannot be read is told in the system's words",
        arguments: [
            ("/proc/nosuch", "No such file or directory"), ("/proc", "Is a directory"),
            ("", "No such file or directory"),
        ]
    )
    func failures(path: String, words: String) throws {
        let error = #expect(throws: Errno.self) { try SmallFile.bytes(of: path, atMost: 10) }
        #expect(error?.description == words)
    }

    @Test("what is there is there")
    func mayBeThere() throws {
        #expect(SmallFile.mayBeThere("/proc"))
        #expect(SmallFile.mayBeThere("/dev/null"))
        #expect(!SmallFile.mayBeThere("/proc/nosuch"))
        #expect(!SmallFile.mayBeThere("/dev/null/nosuch"))
    }

    /// In a process of its own: other tests look at the environment meanwhile.
    @Test("variables are found by how their names begin, and can be taken out")
    func variables() async {
        await #expect(processExitsWith: .success) {
            #expect(unsafe setenv("PHASH_UNIT_TEST", "a=b", 1) == 0)
            #expect(unsafe setenv("PHASH_UNIT_TEST_EMPTY", "", 1) == 0)
            let expected = ["PHASH_UNIT_TEST": "a=b", "PHASH_UNIT_TEST_EMPTY": ""]
            #expect(Environment.variables(withPrefix: "PHASH_UNIT_TEST") == expected)
            #expect(Environment.variables(withPrefix: "PHASH_UNIT_TEST_EMPTY").count == 1)
            #expect(Environment.value(of: "PHASH_UNIT_TEST") == "a=b")
            Environment.remove("PHASH_UNIT_TEST")
            #expect(Environment.value(of: "PHASH_UNIT_TEST") == nil)
            #expect(Environment.variables(withPrefix: "PHASH_UNIT_TEST").count == 1)
        }
    }
}
