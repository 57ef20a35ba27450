import PhashPosix

/// Whether there is something to read at once.
func isReadable(_ descriptor: Int32) -> Bool {
    var set = PollSet()
    let index = set.add(descriptor, .input)
    _ = try? set.wait(milliseconds: 0)
    return set[index].isReadable
}
