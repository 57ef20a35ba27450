import Glibc
import PhashPosix
import Testing

struct FileDescriptorTests {
    @Test func ownDescriptorsAreOutOfTheWay() throws {
        let pipe = try TestPipe()
        let moved = try pipe.reading.duplicate()
        let number = moved.number
        #expect(number >= 10)
        #expect(descriptorFlags(number) & FD_CLOEXEC != 0)
    }

    @Test func aDescriptorClosesWithItsValue() throws {
        let reading: FileDescriptor
        let number: Int32
        do {
            let pipe = try TestPipe()
            reading = try pipe.reading.duplicate()
            number = pipe.writing.number
            #expect(DescriptorIO.isOpen(number))
        }
        // The number itself may have been given away again by another test; that the pipe has no writer cannot be undone.
        #expect(try readOutcome(reading.number) == .endOfFile)
    }

    @Test func movingClosesTheOriginal() throws {
        var ends: [Int32] = [-1, -1]
        #expect(unsafe pipe(&ends) == 0)
        let reading = FileDescriptor(owning: ends[0])
        do { _ = try FileDescriptor(movingUp: ends[1]) }
        #expect(try readOutcome(reading.number) == .endOfFile)
    }

    @Test func aFailedOpenIsThrown() {
        #expect(throws: Errno(code: ENOENT)) {
            let number = unsafe open("/there is no such file", O_RDONLY)
            _ = try FileDescriptor(movingUp: number)
        }
    }

    @Test func anOwnedNumberIsOne() async {
        await #expect(processExitsWith: .failure) { _ = FileDescriptor(owning: -1) }
    }

    private func readOutcome(_ number: Int32) throws -> ReadOutcome {
        var byte: [UInt8] = [0]
        return unsafe try byte.withUnsafeMutableBytes { unsafe try DescriptorIO.read(number, into: $0) }
    }
}

struct DescriptorIOTests {
    @Test func anEmptyPipeThatDoesNotBlockWouldBlock() throws {
        let pair = try DoorbellPair()
        var buffer = [UInt8](repeating: 0, count: 8)
        let outcome = unsafe try buffer.withUnsafeMutableBytes {
            unsafe try DescriptorIO.read(pair.parentEnd.number, into: $0)
        }
        #expect(outcome == .wouldBlock)
    }

    @Test func aFullSocketWouldBlock() throws {
        let pair = try DoorbellPair()
        let number = pair.parentEnd.number
        let bytes = [UInt8](repeating: 1, count: 1 << 16)
        var total = 0
        while let count = try write(number, bytes) { total += count }
        #expect(total > 0)
    }

    @Test func failuresAreThrown() throws {
        let pipe = try TestPipe()
        let (reading, writing) = (pipe.reading.number, pipe.writing.number)
        #expect(throws: Errno.badDescriptor) { _ = try readSome(writing) }
        #expect(throws: Errno.badDescriptor) { _ = try write(reading, [1]) }
        #expect(throws: Errno.badDescriptor) { try DescriptorIO.writeAll(reading, [1]) }
        #expect(throws: Errno.badDescriptor) { try DescriptorIO.closeStandard(-1) }
    }

    /// Whoever shares a description may have made it non-blocking: all bytes arrive all the same.
    @Test func writingAllWaitsForRoom() throws {
        let pair = try DoorbellPair()
        let writing = try pair.parentEnd.duplicate()
        let reading = try pair.childEnd.duplicate()
        let bytes = pattern(3 << 20)
        let reader = ReaderThread(reading.number)
        try DescriptorIO.writeAll(writing.number, bytes)
        _ = Glibc.shutdown(writing.number, Int32(SHUT_WR))
        #expect(reader.join() == bytes)
    }

    @Test func writingNothingIsDone() throws {
        let pipe = try TestPipe()
        try DescriptorIO.writeAll(pipe.writing.number, [])
        let number = pipe.writing.number
        #expect(DescriptorIO.isOpen(number) && !DescriptorIO.isOpen(-1))
    }
}

struct DoorbellPairTests {
    @Test func onlyTheParentsEndDoesNotBlock() throws {
        let pair = try DoorbellPair()
        let (parent, child) = (pair.parentEnd.number, pair.childEnd.number)
        #expect(statusFlags(parent) & O_NONBLOCK != 0)
        #expect(statusFlags(child) & O_NONBLOCK == 0)
        for number in [parent, child] {
            #expect(number >= 10)
            #expect(descriptorFlags(number) & FD_CLOEXEC != 0)
        }
    }

    @Test func bytesGoBothWays() throws {
        let pair = try DoorbellPair()
        #expect(try write(pair.parentEnd.number, [1, 2, 3]) == 3)
        #expect(try readSome(pair.childEnd.number) == [1, 2, 3])
        #expect(try write(pair.childEnd.number, [4]) == 1)
        #expect(try readSome(pair.parentEnd.number) == [4])
    }

    @Test func keepingOneEndClosesTheOther() throws {
        let kept = try DoorbellPair().keepParentEnd()
        var set = PollSet()
        let place = set.add(kept.number, .trouble)
        try set.wait(milliseconds: 0)
        #expect(set[place].isHungUp)
    }
}

struct PollSetTests {
    @Test func readinessIsTold() throws {
        let pipe = try TestPipe()
        var set = PollSet()
        let reading = set.add(pipe.reading.number, .input)
        let writing = set.add(pipe.writing.number, .output)
        try set.wait(milliseconds: 0)
        #expect(set[reading].isQuiet && set[writing].isWritable && !set[writing].isBroken)
        _ = try write(pipe.writing.number, [1])
        try set.wait(milliseconds: nil)
        #expect(set[reading].isReadable && !set[reading].isBroken)
    }

    @Test func aReaderThatWentAwayIsTrouble() throws {
        let writing = try TestPipe().writing.duplicate()
        var set = PollSet()
        let place = set.add(writing.number, .trouble)
        try set.wait(milliseconds: nil)
        #expect(set[place].hasError && set[place].isBroken && !set[place].isReadable)
    }

    @Test func aWriterThatWentAwayIsAHangUp() throws {
        let reading = try TestPipe().reading.duplicate()
        var set = PollSet()
        let place = set.add(reading.number, .input)
        try set.wait(milliseconds: nil)
        #expect(set[place].isHungUp && set[place].isBroken)
    }

    @Test func negativeNumbersArePassedOver() throws {
        let pipe = try TestPipe()
        var set = PollSet()
        let nothing = set.add(-1, .input)
        let writing = set.add(pipe.writing.number, .output)
        try set.wait(milliseconds: nil)
        #expect(set[nothing].isQuiet && set[writing].isWritable)
        set.removeAll()
        #expect(set.add(-1, .input) == 0)
        try set.wait(milliseconds: 0)
    }

    @Test func aNumberThatIsNotOpenIsTold() throws {
        var set = PollSet()
        // Beyond what any process may open.
        let place = set.add(.max, .input)
        try set.wait(milliseconds: 0)
        #expect(set[place].isInvalid && set[place].isBroken)
    }
}
