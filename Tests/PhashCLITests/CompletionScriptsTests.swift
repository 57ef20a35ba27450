import ArgumentParser
import Testing

@testable import PhashCLI

/// That the parser's words are still those that are replaced. `make check-packages` tries the scripts in the shells.
@Suite("Completion scripts")
struct CompletionScriptsTests {
    @Test("bash is told of redirections and of --name=value, and has no line for an interpreter")
    func bash() {
        let script = CompletionScripts.mended(PhashCommand.completionScript(for: .bash))
        #expect(script.hasPrefix("__phash_"))
        #expect(script.contains("        compopt -o default\n"))
        #expect(script.contains("prev=\"${COMP_WORDS[COMP_CWORD - 2]}\"\n    local -r prev\n"))
        #expect(script.contains("unparsed_words+=(\"${COMP_WORDS[place]}\") ;;\n"))
        #expect(script.contains("[:@]) place+=1 ;;\n"))
        #expect(!script.contains("local -r prev=\"${3}\""))
        #expect(!script.contains("local -a unparsed_words=(\"${COMP_WORDS"))
    }

    @Test("the scripts of phash-amqp are mended as those of phash")
    func phashAMQP() {
        let bash = CompletionScripts.mended(BridgeCommand.completionScript(for: .bash))
        #expect(bash.hasPrefix("__phash-amqp_") && bash.contains("        compopt -o default\n"))
        let zsh = CompletionScripts.mended(BridgeCommand.completionScript(for: .zsh))
        #expect(zsh.contains("'(-j --jobs)'{-j+,--jobs=}'[") && zsh.contains("'--broker-file=["))
    }

    @Test("zsh takes every value behind = too")
    func zsh() {
        let script = CompletionScripts.mended(PhashCommand.completionScript(for: .zsh))
        let options = script.split(separator: "\n").filter { $0.hasPrefix("        '") && $0.contains("]:") }
        #expect(options.count >= 9)
        for option in options { #expect(option.contains("=[") || option.contains("=}'["), "\(option)") }
        #expect(script.contains("'(-a --algorithm)'{-a+,--algorithm=}'[Digest"))
        #expect(script.contains("'--format=[json"))
    }

    @Test("other texts stay as they are", arguments: ["phash 0.1.0", "", "#!/bin/sh\n"])
    func others(text: String) {
        #expect(CompletionScripts.mended(text) == text)
    }
}
