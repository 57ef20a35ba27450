import PhashCore
import Testing

/// What the scheduler tells of records that leave.
struct OutputDepartureTests {
    private struct Departure: Equatable {
        var first: Int
        var count: Int
    }

    @Test func recordsAreToldWhenTheLastOfTheirBytesHasLeft() {
        let shell = Shell()
        shell.work(records: 4)
        var told: [Departure] = []
        func write(_ byteCount: Int) {
            shell.scheduler.outputWritten(byteCount) { _, first, count in
                told.append(Departure(first: first, count: count))
            }
        }
        while let index = shell.workers.indices.first(where: { !shell.workers[$0].running.isEmpty }) {
            shell.finish(index)
            shell.drain()
        }
        write(39)
        let before = told.reduce(0) { $0 + $1.count }
        #expect(before < 4)
        write(1)
        #expect(told.reduce(0) { $0 + $1.count } == 4)
        #expect(shell.statistics.recordsOut == 4)
    }
}
