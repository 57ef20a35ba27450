internal import CPhashPosix

extension Terminal {
    /// Characters that fit a line now; nil when the terminal does not tell, or when it is none. ioctl(2) TIOCGWINSZ
    package static func columns(_ descriptor: Int32) -> Int? {
        let columns = Int(phash_terminal_columns(descriptor))
        return columns > 0 ? columns : nil
    }

    /// Whether nobody else is at work in the foreground of a terminal, such as the shell that started us with `&`; true
    /// also for what is no terminal. tcgetpgrp(3)
    package static func isOurs(_ descriptor: Int32) -> Bool { phash_terminal_is_ours(descriptor) != 0 }
}
