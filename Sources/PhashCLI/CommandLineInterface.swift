import ArgumentParser
import PhashEngine
import PhashPosix
import Synchronization

/// The command `phash` as people type it.
package enum CommandLineInterface {
    /// Does what the command line says and ends the process.
    package static func main() -> Never {
        do {
            // Repaired, such an argument would name another file.
            if let place = ProcessArguments.firstThatIsNoText {
                throw SettingsError(what: "argument \(place)", why: "is not UTF-8")
            }
            var command = try parse(Array(CommandLine.arguments.dropFirst()))
            try command.run()
            end(withStatus: 0)
        } catch {
            if PhashCommand.exitCode(for: error) == .success {
                print(CompletionScripts.mended(helpText(PhashCommand.fullMessage(for: error))))
            }
            end(with: error, of: PhashCommand.self)
        }
    }

    /// Says what is wrong and ends the process with the status that goes with it.
    static func end(with error: any Error, of command: any ParsableCommand.Type) -> Never {
        StandardError.write(message(for: error, of: command))
        end(withStatus: ((error as? SettingsError)?.status ?? .usage).rawValue)
    }

    /// The command that `arguments` ask for, with what was typed to it.
    static func parse(_ arguments: [String]) throws -> any ParsableCommand {
        let asksForScript = arguments.contains { $0.hasPrefix("--generate-completion-script") }
        PhashCommand.isCertainlyNoRequestForScript.store(!asksForScript, ordering: .relaxed)
        // Help and errors look at the configuration again.
        defer { PhashCommand.isCertainlyNoRequestForScript.store(false, ordering: .relaxed) }
        return try PhashCommand.parseAsRoot(OptionalValues.filledIn(ShortOptions.separated(arguments)))
    }

    /// Writes `text` and a newline to standard output and ends the process: with 74 when it cannot be written.
    static func print(_ text: String) -> Never {
        do {
            try StandardOutput.write(text + "\n")
        } catch {
            let reason: ExitReason = error == .brokenPipe ? .readerGone : .outputFailed(error)
            reason.terminate()
        }
        end(withStatus: 0)
    }

    /// What standard error says about `error`: one line, and a second one with advice where the command line is wrong.
    static func message(
        for error: any Error, of command: any ParsableCommand.Type = PhashCommand.self
    ) -> String {
        let program = command._commandName
        let settingsError = error as? SettingsError
        let message = settingsError?.description ?? parserMessage(command.message(for: error), of: program)
        if let settingsError, settingsError.status != .usage { return "\(program): \(message)\n" }
        return """
            \(program): \(message)
            Try '\(program) --help' for more information.

            """
    }

    /// The parser's words as one line that may follow the name of the program.
    private static func parserMessage(_ text: String, of program: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        let sentence = line.hasSuffix(".") ? String(line.dropLast()) : line
        let message = BrokerURL.withoutLogins(in: printable(sentence.prefix(1).lowercased() + sentence.dropFirst()))
        // Later words than the library's own first ones would be better, but it keeps its error types to itself.
        guard line.contains("nexpected argument"), program == "phash" else { return message }
        return "\(message): phash reads standard input only, so write 'phash < file'; its commands are check and config"
    }

    /// The parser's help, with a name for the options that stand in no group.
    static func helpText(_ text: String) -> String {
        let text = OptionalValues.help(text)
        guard let header = text.firstRange(of: "\nOPTIONS:\n") else { return text }
        return text.replacingCharacters(in: header, with: "\nOTHER:\n")
    }

    // The parser's way to exit without a word.
    static func end(withStatus status: Int32) -> Never {
        PhashCommand.exit(withError: ExitCode(status))
    }
}

extension String {
    /// A copy with `replacement` in the place of `range`.
    fileprivate func replacingCharacters(in range: Range<String.Index>, with replacement: String) -> String {
        var copy = self
        copy.replaceSubrange(range, with: replacement)
        return copy
    }
}
