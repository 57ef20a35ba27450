import Glibc
import PhashPosix
import Testing

@Suite("Threads")
struct ThreadTests {
    private static func isReadable(_ descriptor: Int32, within milliseconds: Int32) throws -> Bool {
        var set = PollSet()
        let index = set.add(descriptor, .input)
        try set.wait(milliseconds: milliseconds)
        return set[index].isReadable
    }

    @Test func aWakeUpIsReadableUntilItIsCleared() throws {
        let wakeUp = try WakeUp()
        #expect(try !Self.isReadable(wakeUp.descriptor, within: 0))
        wakeUp.clear()
        wakeUp.signal()
        wakeUp.signal()
        #expect(try Self.isReadable(wakeUp.descriptor, within: 0))
        wakeUp.clear()
        #expect(try !Self.isReadable(wakeUp.descriptor, within: 0))
        #expect(descriptorFlags(wakeUp.descriptor) & FD_CLOEXEC != 0)
    }

    @Test func aThreadGetsNoSignals() throws {
        let pipe = try TestPipe()
        let writing = pipe.writing.number
        var own = sigset_t()
        unsafe pthread_sigmask(SIG_BLOCK, nil, &own)
        let before = unsafe sigismember(&own, SIGTERM)
        try DetachedThread.start(name: "a name that is too long") {
            var blocked = sigset_t()
            unsafe pthread_sigmask(SIG_BLOCK, nil, &blocked)
            let all = [SIGTERM, SIGINT, SIGCHLD, SIGUSR1, SIGCONT].allSatisfy { unsafe sigismember(&blocked, $0) == 1 }
            _ = try? write(writing, [all ? 1 : 0])
        }
        #expect(try Self.isReadable(pipe.reading.number, within: 60_000))
        #expect(try readSome(pipe.reading.number, count: 1) == [1])
        unsafe pthread_sigmask(SIG_BLOCK, nil, &own)
        #expect(unsafe sigismember(&own, SIGTERM) == before)
    }

    @Test func aSocketThatIsShutDownByItsCopyWakesItsReader() throws {
        var ends: [Int32] = [-1, -1]
        try #require(unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        let reading = FileDescriptor(owning: ends[0])
        let other = FileDescriptor(owning: ends[1])
        let copy = try SocketControl.duplicate(reading.number)
        let reader = ReaderThread(reading.number)
        SocketControl.shutDown(copy.number)
        #expect(reader.join() == [])
        // No harm is done where there is nothing to shut down.
        SocketControl.shutDown(copy.number)
        #expect(descriptorFlags(other.number) >= 0)
    }
}
