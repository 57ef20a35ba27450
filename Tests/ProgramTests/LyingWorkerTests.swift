import Testing

extension TheProgram {
    /// A child that says what cannot be: it is killed, its record is tried elsewhere, and nobody else is harmed.
    @Suite struct LyingWorkers {
        /// What the child says of the part with that record in it, instead of the truth.
        private static let lies = [
            "nothing-written", "beyond-the-part", "beyond-everything", "negative-size", "cut-record", "first-byte",
            "another-ticket", "last-ticket", "more-errors-than-records", "more-skipped-than-records", "all-errors",
            "ready-again", "start-failed",
            "ready-and-telling", "garbage",
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

        /// What a child that knows records says as its reason for not starting is for nobody's eyes.
        @Test func aReadyChildHasNoSayInMessages() throws {
            for lie in ["start-failed", "ready-and-telling"] {
                let hook = "\(Hooks.marker)lie-\(lie)"
                let outcome = try Hooks.expectErrors(["-j", "1", "-v"], lines: [hook], codes: [hook: "worker_crashed"])
                #expect(
                    !outcome.errorText.contains("secret") && !outcome.errorText.contains("no reason"), outcome.story)
            }
        }

        /// How long it took is not checked, and must not matter.
        @Test(arguments: [["-j", "1"], ["-j", "2", "-u"]])
        func anAbsurdTimeHarmsNothing(_ arguments: [String]) throws {
            let lines = Hooks.neighbours(30) + ["\(Hooks.marker)lie-endless-time"] + Hooks.neighbours(30)
            try Hooks.expectErrors(arguments, lines: lines + lines, codes: [:])
        }

        /// A child that takes back that it has begun puts the blame on nobody. It must not go on like that for ever.
        @Test(arguments: [["-j", "1"], ["-j", "2", "-u"]])
        func aDeathWithoutBlameComesToAnEnd(_ arguments: [String]) throws {
            let hook = "\(Hooks.marker)crash-unbegun"
            let lines = Hooks.neighbours(3) + [hook] + Hooks.neighbours(3)
            try Hooks.expectErrors(arguments, lines: lines, codes: [hook: "worker_crashed"])
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
