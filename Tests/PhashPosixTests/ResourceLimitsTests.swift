import Glibc
import PhashPosix
import Testing

/// Limits belong to the whole process, so each of these runs in one of its own.
struct ResourceLimitsTests {
    private typealias Resource = __rlimit_resource

    private static func limit(_ resource: Resource) -> rlimit {
        var limit = rlimit()
        precondition(unsafe getrlimit(Int32(resource.rawValue), &limit) == 0)
        return limit
    }

    private static func setSoftLimit(_ resource: Resource, to value: rlim_t) {
        var limit = limit(resource)
        limit.rlim_cur = value
        precondition(unsafe setrlimit(Int32(resource.rawValue), &limit) == 0)
    }

    @Test func aLimitIsToldInBytes() async {
        await #expect(processExitsWith: .success) {
            Self.setSoftLimit(RLIMIT_FSIZE, to: 1 << 30)
            precondition(ResourceLimits.fileBytes == 1 << 30)
            Self.setSoftLimit(RLIMIT_AS, to: 1 << 46)
            precondition(ResourceLimits.addressSpaceBytes == 1 << 46)
        }
    }

    @Test func moreThanCanBeCountedIsNoLimit() async {
        await #expect(processExitsWith: .success) {
            let hard = Self.limit(RLIMIT_FSIZE).rlim_max
            Self.setSoftLimit(RLIMIT_FSIZE, to: hard)
            precondition(ResourceLimits.fileBytes == Int(exactly: hard))
        }
    }

    @Test func descriptorsAreRaisedAndNeverLowered() async {
        await #expect(processExitsWith: .success) {
            let hard = Self.limit(RLIMIT_NOFILE).rlim_max
            Self.setSoftLimit(RLIMIT_NOFILE, to: 64)
            ResourceLimits.raiseDescriptors(to: 100)
            precondition(Self.limit(RLIMIT_NOFILE).rlim_cur == 100)
            ResourceLimits.raiseDescriptors(to: 80)
            precondition(Self.limit(RLIMIT_NOFILE).rlim_cur == 100)
            // Only as far as the system lets anybody go.
            ResourceLimits.raiseDescriptors(to: .max)
            precondition(Self.limit(RLIMIT_NOFILE).rlim_cur == hard)
        }
    }
}

/// Text for people, and what this process was started with.
struct StandardStreamTests {
    @Test func textIsWrittenWhole() async throws {
        let result = try #require(
            await #expect(
                processExitsWith: .success, observing: [\.standardOutputContent, \.standardErrorContent]
            ) {
                let text = String(repeating: "0123456789", count: 500)
                try StandardOutput.write("out \(text)|")
                StandardError.write("error \(text)|")
            })
        let text = String(repeating: "0123456789", count: 500)
        #expect(String(decoding: result.standardOutputContent, as: UTF8.self).contains("out \(text)|"))
        #expect(String(decoding: result.standardErrorContent, as: UTF8.self).contains("error \(text)|"))
    }

    /// There is nobody left to tell.
    @Test func aMessageThatNobodyReadsIsLost() async {
        await #expect(processExitsWith: .success) {
            _ = Signals.ignoreBrokenPipe()
            let writing = try TestPipe().writing.duplicate()
            precondition(dup2(writing.number, StandardStream.error) == StandardStream.error)
            StandardError.write("phash: to whom?\n")
            let reading = try TestPipe().reading.duplicate()
            precondition(dup2(reading.number, StandardStream.error) == StandardStream.error)
            StandardError.write("phash: to whom?\n")
        }
    }

    /// Not closed: the number would be free, and whatever another thread of this process opens would get it.
    @Test func outputThatCannotBeWrittenIsThrown() async {
        await #expect(processExitsWith: .success) {
            let reading = try TestPipe().reading.duplicate()
            precondition(dup2(reading.number, StandardStream.output) == StandardStream.output)
            var failure: Errno?
            do throws(Errno) { try StandardOutput.write("x") } catch { failure = error }
            precondition(failure == .badDescriptor)
        }
    }

    @Test func aPipeIsNoTerminal() throws {
        let pipe = try TestPipe()
        let number = pipe.reading.number
        #expect(!Terminal.isTerminal(number) && !Terminal.isTerminal(-1))
    }

    @Test func argumentsAreComparedAsAWhole() {
        #expect(!ProcessArguments.areExactly("--worker"))
    }
}
