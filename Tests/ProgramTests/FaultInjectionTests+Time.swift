import Testing

extension TheProgram.InjectedFaults {
    /// Jumps of the clock at so many of its readings, as after a frozen container goes on.
    private func jumps(_ who: String, at readings: StrideTo<Int>) -> String {
        readings.map { "\(who)clock_gettime=+3600@\($0)" }.joined(separator: " ")
    }

    /// Nobody is blamed for time in which nobody ran: one try for each record, and each of them succeeds.
    @Test(arguments: [1, 6])
    func theClockJumps(first: Int) throws {
        var launch = Self.launch(jumps("parent:", at: stride(from: first, to: 310 + first, by: 10)))
        launch.arguments = ["-r", "20000", "-j", "2", "--timeout", "20", "--retries", "0"]
        let input = Inputs.lines(60, distinct: 20)
        let outcome = try Self.outcome(launch, input: input)
        outcome.expect(0)
        try Oracle.expectRight([Oracle.Run(arguments: launch.arguments, input: input, output: outcome.output)])
    }

    /// What a child says of the time that it took is not to be relied on.
    @Test func theClockOfChildrenJumps() throws {
        try Self.expectRecovery(jumps("child:", at: stride(from: 2, to: 12, by: 2)))
    }

    /// Jumps do not save a record that hangs.
    @Test func aRecordThatHangsWhileTheClockJumps() throws {
        var launch = Self.launch(jumps("parent:", at: stride(from: 5, to: 155, by: 5)))
        launch.arguments = ["-r", "2", "-j", "1", "--timeout", "0.3"]
        let input = Array("before\nphash-test-hook hang\nafter\n".utf8)
        let outcome = try Self.outcome(launch, input: input)
        outcome.expect(1)
        let run = Oracle.Run(
            arguments: launch.arguments, input: input, output: outcome.output,
            errors: ["phash-test-hook hang": "timeout"])
        try Oracle.expectRight([run])
    }
}
