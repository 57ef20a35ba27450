import Glibc
import PhashPosix
import Testing

/// Writing to whatever stdout is, without waiting and without touching what others share.
struct OutputChannelTests {
    private static func write(_ channel: borrowing OutputChannel, _ parts: [[UInt8]]) throws -> Int? {
        let bytes = parts.flatMap { $0 }
        return unsafe try bytes.withUnsafeBytes { memory in
            var views: [UnsafeRawBufferPointer] = unsafe []
            var start = 0
            for part in parts {
                unsafe views.append(UnsafeRawBufferPointer(rebasing: memory[start..<start + part.count]))
                start += part.count
            }
            return unsafe try channel.write(views)
        }
    }

    private static func capacity(_ channel: borrowing OutputChannel) throws -> Int {
        guard case .pipe(let capacity) = channel.kind else { throw Errno.badDescriptor }
        return capacity
    }

    @Test func aPipeGetsADescriptionOfItsOwn() throws {
        let pipe = try TestPipe()
        let inherited = pipe.writing.number
        let before = statusFlags(inherited)
        let channel = try OutputChannel(inherited)
        let own = channel.descriptor
        #expect(own != inherited && own >= 10)
        #expect(statusFlags(own) & O_NONBLOCK != 0 && descriptorFlags(own) & FD_CLOEXEC != 0)
        // The inherited one is others' too: it keeps its flags.
        #expect(statusFlags(inherited) == before && before & O_NONBLOCK == 0)
        let hasReader = channel.hasReader
        #expect(hasReader)
        #expect(try Self.capacity(channel) >= 4096)
    }

    @Test func aPipeOfTheUsualSizeIsEnlargedOnRequest() throws {
        let usual = 64 << 10
        let pipe = try TestPipe()
        #expect(fcntl(pipe.writing.number, getPipeSize) == usual)
        #expect(try Self.capacity(OutputChannel(pipe.writing.number)) == usual)
        let channel = try OutputChannel(pipe.writing.number, enlargesPipe: true)
        let capacity = try Self.capacity(channel)
        // An unprivileged user may have used up what all pipes may hold together.
        #expect(capacity >= usual && fcntl(pipe.writing.number, getPipeSize) == capacity)
        #expect(getuid() != 0 || capacity == 256 << 10)
        #expect(try Self.write(channel, [pattern(capacity)]) == capacity)
    }

    @Test(arguments: [4 << 10, 32 << 10, 128 << 10])
    func aPipeThatSomebodyHasSizedIsLeftAlone(size: Int32) throws {
        let pipe = try TestPipe()
        #expect(fcntl(pipe.writing.number, setPipeSize, size) == size)
        let channel = try OutputChannel(pipe.writing.number, enlargesPipe: true)
        #expect(try Self.capacity(channel) == Int(size) && fcntl(pipe.reading.number, getPipeSize) == size)
    }

    @Test func aPipeTakesItsBudgetWhole() throws {
        let pipe = try TestPipe()
        let channel = try OutputChannel(pipe.writing.number)
        let capacity = try Self.capacity(channel)
        let offered = channel.writableBytes()
        #expect(offered == capacity, "all of an empty pipe")
        let bytes = pattern(capacity / 2 - 8192)
        #expect(try Self.write(channel, [bytes]) == bytes.count)
        let half = channel.writableBytes()
        #expect(half == capacity - 2 * bytes.count - 8192 && half >= 4096)
        #expect(try Self.write(channel, [pattern(half)]) == half, "what is offered goes out whole")
        #expect(try readSome(pipe.reading.number) == bytes + pattern(half))
        #expect(channel.writableBytes() == capacity, "empty again")
    }

    /// Whatever sizes have been written before, the budget of a pipe that is writable is taken whole.
    @Test func theBudgetHoldsForHalfFullPages() throws {
        for size in [1, 100, 2_000, 4_000, 4_095, 4_096, 4_097, 5_000, 9_000] {
            let pipe = try TestPipe()
            let channel = try OutputChannel(pipe.writing.number)
            var set = PollSet()
            let place = set.add(channel.descriptor, .output)
            var written = 0
            for _ in 0..<200 {
                try set.wait(milliseconds: 0)
                guard set[place].isWritable else { break }
                let count = min(size, channel.writableBytes())
                #expect(try Self.write(channel, [pattern(count)]) == count, "\(size) after \(written)")
                written += count
            }
            try set.wait(milliseconds: 0)
            guard set[place].isWritable else { continue }
            let budget = channel.writableBytes()
            #expect(try Self.write(channel, [pattern(budget)]) == budget, "\(budget) after \(written) by \(size)")
        }
    }

    @Test func aFullPipeTakesNothingAndDoesNotBlock() throws {
        let pipe = try TestPipe()
        let channel = try OutputChannel(pipe.writing.number)
        let capacity = try Self.capacity(channel)
        #expect(try Self.write(channel, [pattern(capacity)]) == capacity)
        #expect(try Self.write(channel, [[1]]) == nil)
        #expect(channel.writableBytes() == 4096, "what poll(2) would promise")
        #expect(statusFlags(pipe.writing.number) & O_NONBLOCK == 0)
        #expect(try readSome(pipe.reading.number, count: 8192).count == 8192)
        #expect(try Self.write(channel, [[1, 2]]) == 2)
    }

    @Test func moreThanThereIsRoomForIsWrittenInPart() throws {
        let pipe = try TestPipe()
        let channel = try OutputChannel(pipe.writing.number)
        let capacity = try Self.capacity(channel)
        let bytes = pattern(capacity + 10_000)
        let first = try Self.write(channel, [Array(bytes[..<5_000]), Array(bytes[5_000...])])
        #expect(first == capacity)
        var received = try readSome(pipe.reading.number)
        #expect(try Self.write(channel, [Array(bytes[capacity...])]) == 10_000)
        received += try readSome(pipe.reading.number)
        #expect(received == bytes)
    }

    @Test func aPipeWithoutAReaderIsBroken() throws {
        signal(SIGPIPE, SIG_IGN)
        let writing = try TestPipe().writing.duplicate()
        // The reading end is gone: the description of our own can still be opened.
        let channel = try OutputChannel(writing.number)
        #expect(throws: Errno.brokenPipe) { _ = try Self.write(channel, [[1]]) }
    }

    @Test func aSocketIsWrittenToWithoutWaiting() throws {
        let pair = try DoorbellPair()
        // The child's end is the one that blocks.
        let number = pair.childEnd.number
        let channel = try OutputChannel(number)
        #expect(channel.kind == .socket && channel.hasReader && channel.descriptor == number)
        #expect(channel.writableBytes() > 4096)
        let bytes = pattern(1 << 16)
        var sent = 0
        while let count = try Self.write(channel, [bytes]) { sent += count }
        #expect(sent > 0)
        #expect(statusFlags(number) & O_NONBLOCK == 0)
        var received = 0
        while case let more = try readSome(pair.parentEnd.number), !more.isEmpty { received += more.count }
        #expect(received == sent)
    }

    @Test func aSocketWithoutAReaderIsBrokenAndNoSignal() throws {
        let number: Int32
        let kept: FileDescriptor
        do {
            let pair = try DoorbellPair()
            kept = try pair.childEnd.duplicate()
            number = kept.number
        }
        let channel = try OutputChannel(number)
        #expect(throws: Errno.brokenPipe) { _ = try Self.write(channel, [[1]]) }
    }

    @Test func aFileTakesManyPartsInOrder() throws {
        let file = try temporaryFile()
        let channel = try OutputChannel(file.number)
        #expect(channel.kind == .file && !channel.hasReader && channel.descriptor == file.number)
        #expect(channel.writableBytes() == 1 << 20)
        let parts = (0..<OutputChannel.maximumParts + 10).map { pattern(100 + $0) }
        let expected = parts.prefix(OutputChannel.maximumParts).flatMap { $0 }
        #expect(try Self.write(channel, parts) == expected.count)
        lseek(file.number, 0, SEEK_SET)
        #expect(try readSome(file.number) == expected)
    }

    @Test func aFullDeviceIsAnError() throws {
        let full = try FileDescriptor(movingUp: unsafe open("/dev/full", O_WRONLY | O_CLOEXEC))
        let channel = try OutputChannel(full.number)
        #expect(channel.kind == .file)
        #expect(throws: Errno(code: ENOSPC)) { _ = try Self.write(channel, [[1]]) }
    }

    @Test func aTerminalIsOne() throws {
        let leader = try FileDescriptor(movingUp: unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC))
        var isLocked: Int32 = 0
        #expect(unsafe ioctl(leader.number, unlockTerminal, &isLocked) == 0)
        let opened = ioctl(leader.number, openTerminalPeer, O_RDWR | O_NOCTTY)
        let follower = try FileDescriptor(movingUp: opened)
        #expect(Terminal.isTerminal(follower.number))
        let channel = try OutputChannel(follower.number)
        #expect(channel.kind == .terminal && channel.hasReader)
        #expect(channel.writableBytes() == 4096)
        #expect(try Self.write(channel, [[0x61]]) == 1)
        #expect(statusFlags(follower.number) & O_NONBLOCK == 0)
    }

    @Test func noDescriptorIsNoChannel() {
        #expect(throws: Errno.badDescriptor) { _ = try OutputChannel(-1) }
    }
}
