import Glibc
import PhashPosix
import Testing

/// Design decision 1: a broken child can spoil its own results and nothing else.
struct SharedMemoryTests {
    private static let page = SharedMemory.pageBytes

    private static func mapping(_ number: Int32, _ protection: Int32) -> UnsafeMutableRawPointer? {
        let mapped = unsafe mmap(nil, page, protection, MAP_SHARED, number, 0)
        return unsafe mapped == MAP_FAILED ? nil : mapped
    }

    @Test func freshMemoryIsZero() throws {
        let shared = try SharedMemory(name: "phash-test", byteCount: 4 * Self.page, childAccess: .readOnly)
        let isZero = unsafe shared.memory.allSatisfy { $0 == 0 }
        #expect(isZero)
        let number = shared.descriptor.number
        #expect(number >= 10 && descriptorFlags(number) & FD_CLOEXEC != 0)
    }

    @Test func aReaderSeesWhatTheParentWrites() throws {
        let shared = try SharedMemory(name: "phash-test", byteCount: 2 * Self.page, childAccess: .readOnly)
        let mapped = unsafe Self.mapping(shared.descriptor.number, PROT_READ)
        let reader = unsafe try #require(mapped)
        unsafe shared.memory.storeBytes(of: 77, toByteOffset: 100, as: UInt8.self)
        let seen = unsafe reader.load(fromByteOffset: 100, as: UInt8.self)
        #expect(seen == 77)
        unsafe munmap(reader, Self.page)
    }

    @Test func nobodyElseCanWriteToTheInput() throws {
        let shared = try SharedMemory(name: "phash-test", byteCount: Self.page, childAccess: .readOnly)
        let number = shared.descriptor.number
        let isMapped = unsafe Self.mapping(number, PROT_READ | PROT_WRITE) != nil
        #expect(!isMapped)
        // Nor make a mapping for reading writable, nor write past it.
        let mapped = unsafe Self.mapping(number, PROT_READ)
        let reader = unsafe try #require(mapped)
        let code = unsafe mprotect(reader, Self.page, PROT_READ | PROT_WRITE)
        #expect(code == -1)
        unsafe munmap(reader, Self.page)
        #expect(throws: Errno(code: EPERM)) { _ = try write(number, [1]) }
        // The parent still can.
        unsafe shared.memory.storeBytes(of: 1, as: UInt8.self)
    }

    @Test func theResultsAreTheChildsToWrite() throws {
        let shared = try SharedMemory(name: "phash-test", byteCount: Self.page, childAccess: .readWrite)
        let mapped = unsafe Self.mapping(shared.descriptor.number, PROT_READ | PROT_WRITE)
        let writer = unsafe try #require(mapped)
        unsafe writer.storeBytes(of: 9, toByteOffset: 8, as: UInt8.self)
        let seen = unsafe shared.memory[8]
        #expect(seen == 9)
        unsafe munmap(writer, Self.page)
    }

    @Test(arguments: [true, false])
    func theSizeIsFinal(isReadOnly: Bool) throws {
        let shared = try SharedMemory(
            name: "phash-test", byteCount: 4 * Self.page, childAccess: isReadOnly ? .readOnly : .readWrite)
        let number = shared.descriptor.number
        for size in [0, Self.page, 5 * Self.page] {
            #expect(ftruncate(number, off_t(size)) == -1)
            #expect(Errno.current == Errno(code: EPERM))
        }
        // The seals are sealed: none can be added.
        #expect(fcntl(number, addSeals, sealWrite) == -1)
        #expect(ftruncate(number, off_t(4 * Self.page)) == 0)
    }

    @Test func discardedPagesAreZeroAndOthersStay() throws {
        let page = Self.page
        let shared = try SharedMemory(name: "phash-test", byteCount: 4 * page, childAccess: .readWrite)
        for byte in 0..<4 * page { unsafe shared.memory[byte] = 0xAB }
        try shared.discard(page..<3 * page)
        let isZero = unsafe shared.memory[page..<3 * page].allSatisfy { $0 == 0 }
        let isKept = unsafe shared.memory[..<page].allSatisfy { $0 == 0xAB }
        let isKeptBehind = unsafe shared.memory[(3 * page)...].allSatisfy { $0 == 0xAB }
        #expect(isZero && isKept && isKeptBehind)
        // They can be used again.
        unsafe shared.memory[page] = 1
        try shared.discard(0..<0)
        let first = unsafe shared.memory[0]
        #expect(first == 0xAB)
    }

    /// Why input that has grown too large is replaced instead.
    @Test func pagesOfTheInputCannotBeGivenBack() throws {
        let page = Self.page
        let shared = try SharedMemory(name: "phash-test", byteCount: page, childAccess: .readOnly)
        var failure: Errno?
        do throws(Errno) { try shared.discard(0..<page) } catch { failure = error }
        #expect(failure == Errno(code: EPERM))
    }

    @Test func aChildAdoptsWhatItIsGiven() throws {
        let shared = try SharedMemory(name: "phash-test", byteCount: 3 * Self.page, childAccess: .readWrite)
        unsafe shared.memory.storeBytes(of: 5, as: UInt8.self)
        let given = dup(shared.descriptor.number)
        let adopted = unsafe try SharedMemory.adopt(given, access: .readWrite)
        let count = adopted.count
        let seen = unsafe adopted[0]
        #expect(count == 3 * Self.page && seen == 5)
        unsafe SharedWord.storeRelease(adopted.baseAddress!, 123)
        let word = unsafe SharedWord.loadAcquire(UnsafeRawPointer(shared.memory.baseAddress!))
        #expect(word == 123)
        unsafe munmap(adopted.baseAddress, count)
    }

    @Test func memoryThatCannotBeHadIsThrown() {
        var failure: Errno?
        do throws(Errno) {
            _ = try SharedMemory(name: "phash-test", byteCount: .max, childAccess: .readOnly)
        } catch {
            failure = error
        }
        #expect(failure != nil)
    }

    @Test func adoptingTheInputForWritingFails() throws {
        let shared = try SharedMemory(name: "phash-test", byteCount: Self.page, childAccess: .readOnly)
        let given = try shared.descriptor.duplicate()
        let number = given.number
        #expect(throws: Errno(code: EPERM)) { _ = unsafe try SharedMemory.adopt(number, access: .readWrite) }
    }

    @Test func adoptingNothingFails() throws {
        let file = try temporaryFile()
        let number = file.number
        #expect(throws: Errno.badDescriptor) { _ = unsafe try SharedMemory.adopt(number, access: .readOnly) }
        let pipe = try TestPipe()
        let reading = pipe.reading.number
        #expect(throws: Errno(code: ESPIPE)) { _ = unsafe try SharedMemory.adopt(reading, access: .readOnly) }
    }

    @Test func aPageIsAPowerOfTwo() {
        #expect(Self.page >= 4096 && Self.page.nonzeroBitCount == 1)
    }
}
