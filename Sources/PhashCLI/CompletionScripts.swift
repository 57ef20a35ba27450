/// The parser's completion scripts for bash and zsh, with what they lack put right. That for fish lacks nothing.
///
/// What is replaced are the words of the one version of the parser that Package.swift allows; a test says so when they
/// have changed, and `make check-packages` types into the shells.
enum CompletionScripts {
    /// `text` with its shortcomings mended where it is a completion script, otherwise as it is.
    static func mended(_ text: String) -> String {
        if text.hasPrefix("#!/bin/bash\n") { return mendedForBash(text) }
        if text.hasPrefix("#compdef phash") { return mendedForZsh(text) }
        return text
    }

    /// What is between the words of a command line for bash is a word of its own: the script has to be told that
    /// `--format=hex` is an option with its value, that a URL is one word, and that what stands behind `<` is a file and no
    /// operand.
    private static func mendedForBash(_ text: String) -> String {
        text.replacing("#!/bin/bash\n\n", with: "", maxReplacements: 1)
            .replacing(
                """
                    local -r prev="${3}"

                """,
                with: """
                        # Behind a redirection stands a file.
                        if [[ "${COMP_WORDS[COMP_CWORD - 1]}" = *[\\<\\>]* ]]; then
                            compopt -o default
                            return
                        fi
                        local prev="${3}"
                        [[ "${prev}" = '=' ]] && prev="${COMP_WORDS[COMP_CWORD - 2]}"
                        local -r prev

                    """
            )
            .replacing(
                """
                    local -a unparsed_words=("${COMP_WORDS[@]:1:${COMP_CWORD}}")

                """,
                with: """
                        local -a unparsed_words=()
                        local -i place
                        for ((place = 1; place <= COMP_CWORD; place++)); do
                            case "${COMP_WORDS[place]}" in
                            '=') ;;
                            [:@]) place+=1 ;;
                            *[\\<\\>]*) place+=1 ;;
                            *) unparsed_words+=("${COMP_WORDS[place]}") ;;
                            esac
                        done

                    """
            )
    }

    /// For zsh an option takes its value behind `=`, or in the same word, only if its description says so.
    private static func mendedForZsh(_ text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.map { line in
            // An option with a value: `'--name[help]:value:…'` or `'(-n --name)'{-n,--name}'[help]:value:…'`.
            guard line.contains("]:") else { return line }
            return line.replacing(/^( *'\*?--[a-z-]+)\[/) { "\($0.1)=[" }
                .replacing(/{(-[A-Za-z0-9]),(--[a-z-]+)}'\[/) { "{\($0.1)+,\($0.2)=}'[" }
        }
        .joined(separator: "\n")
    }
}
