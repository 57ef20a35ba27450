import Testing

extension TheProgram {
    /// A child that says what cannot be: it is killed, its record is tried elsewhere, and nobody else is harmed.
    @Suite struct LyingWorkers {
        /// What the child says of the part with that record in it, instead of the truth.
        private static let lies = [
            "nothing-written", "beyond-the-part", "beyond-everything", "negative-size", "another-ticket", "last-ticket",
            "more-errors-than-records", "all-errors", "ready-again", "start-failed",
            "garbage",
        ]
        /// The truth, and then something else: the part is done, but the child is not to be believed any more.
        private static let truthsAndMore = ["twice", "flood", "cut-short"]

        @Test(arguments: [["-j", "1"], ["-j", "2"], ["-j", "2", "-u"]])
        func aLieIsNotBelieved(_ arguments: [String]) throws {
            let hooks = Self.lies.map { "\(Hooks.marker)lie-\($0)" }
            let codes = Dictionary(uniqueKeysWithValues: hooks.map { ($0, "worker_crashed") })
            try Hooks.expectErrors(
                arguments, lines: Hooks.neighbours(30) + hooks + Hooks.neighbours(30), codes: codes)
        }

        @Test(arguments: truthsAndMore)
        func whatWasTrueCounts(_ lie: String) throws {
            let launch = Launch(binary: .hooks, arguments: ["-j", "1", "-r", "2"])
            let program = try RunningProgram(launch)
            var output = ""
            var input = ""
            func exchange(_ line: String) throws {
                input += line + "\n"
                program.send(line + "\n")
                output += try program.nextLines(1).joined() + "\n"
            }
            try exchange("before")
            let liar = program.children
            try exchange("\(Hooks.marker)lie-\(lie)")
            try program.waitForDeath(of: liar)
            try exchange("after")
            let outcome = try program.finish()
            outcome.expect(0)
            let run = Oracle.Run(
                arguments: launch.arguments, input: Array(input.utf8), output: Array(output.utf8))
            try Oracle.expectRight([run])
        }
    }
}
