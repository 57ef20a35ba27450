import PhashEngine
import PhashPosix
import Testing

/// How the program ends: contract section 6.
struct ExitReasonTests {
    @Test func statusesAreThoseOfTheContract() {
        #expect(ExitReason.completed(hasErrors: false).status == .success)
        #expect(ExitReason.completed(hasErrors: true).status == .errorRecords)
        #expect(ExitReason.workersUnavailable("why").status == .software)
        #expect(ExitReason.inputFailed(.inputOutput).status == .inputOutput)
        #expect(ExitReason.outputFailed(.inputOutput).status == .inputOutput)
        #expect(ExitReason.stopped(bySignal: 15).status == nil && ExitReason.readerGone.status == nil)
        let codes: [ExitCode] = [.success, .errorRecords, .usage, .malformedInput, .software, .inputOutput]
        #expect(codes.map(\.rawValue) == [0, 1, 64, 65, 70, 74])
    }

    @Test func onlyFailuresAreToldInWords() {
        let quiet: [ExitReason] = [
            .completed(hasErrors: false), .completed(hasErrors: true), .stopped(bySignal: 2), .readerGone,
        ]
        #expect(quiet.allSatisfy { $0.message == nil })
        #expect(ExitReason.inputFailed(Errno(code: 21)).message == "phash: standard input: Is a directory")
        #expect(ExitReason.outputFailed(Errno(code: 28)).message == "phash: standard output: No space left on device")
        #expect(ExitReason.workersUnavailable("no memory").message == "phash: no memory")
    }

    @Test func theProcessEndsAccordingly() async {
        await #expect(processExitsWith: .exitCode(0)) { ExitReason.completed(hasErrors: false).terminate() }
        await #expect(processExitsWith: .exitCode(1)) { ExitReason.completed(hasErrors: true).terminate() }
        await #expect(processExitsWith: .exitCode(70)) { ExitReason.workersUnavailable("why").terminate() }
        await #expect(processExitsWith: .signal(Signals.brokenPipe)) { ExitReason.readerGone.terminate() }
        await #expect(processExitsWith: .signal(Signals.terminate)) {
            ExitReason.stopped(bySignal: Signals.terminate).terminate()
        }
    }

    @Test func theReasonStandsOnStandardError() async throws {
        let result = try #require(
            await #expect(processExitsWith: .exitCode(74), observing: [\.standardErrorContent]) {
                ExitReason.outputFailed(Errno(code: 28)).terminate()
            })
        let text = String(decoding: result.standardErrorContent, as: UTF8.self)
        #expect(text.contains("phash: standard output: No space left on device\n"))
    }
}
