import ArgumentParser
import PhashEngine
import PhashPosix

/// The command `phash` as people type it.
package enum CommandLineInterface {
    /// Does what the command line says and ends the process.
    package static func main() -> Never {
        do {
            let arguments = Array(CommandLine.arguments.dropFirst())
            var command = try PhashCommand.parseAsRoot(ShortOptions.separated(arguments))
            try command.run()
            end(withStatus: 0)
        } catch {
            if PhashCommand.exitCode(for: error) == .success {
                print(helpText(PhashCommand.fullMessage(for: error)))
            }
            StandardError.write(usageMessage(for: error))
            end(withStatus: 64)
        }
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

    /// The two lines on standard error that a usage error gets.
    static func usageMessage(for error: any Error) -> String {
        let message = (error as? UsageError)?.description ?? parserMessage(PhashCommand.message(for: error))
        return """
            phash: \(message)
            Try 'phash --help' for more information.

            """
    }

    /// The parser's words as one line that may follow `phash: `.
    private static func parserMessage(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        let sentence = line.hasSuffix(".") ? String(line.dropLast()) : line
        let message = printable(sentence.prefix(1).lowercased() + sentence.dropFirst())
        // Later words than the library's own first ones would be better, but it keeps its error types to itself.
        guard line.contains("nexpected argument") else { return message }
        return "\(message): phash reads standard input only, so write 'phash < file'"
    }

    /// The parser's help, with a name for the options that stand in no group.
    static func helpText(_ text: String) -> String {
        guard let header = text.firstRange(of: "\nOPTIONS:\n") else { return text }
        return text.replacingCharacters(in: header, with: "\nOTHER:\n")
    }

    // The parser's way to exit without a word.
    private static func end(withStatus status: Int32) -> Never {
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
