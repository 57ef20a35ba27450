/// Standard output for text that is not records: help, version, lists.
package enum StandardOutput {
    /// Writes all of `text`, waiting for a slow reader; throws what the system says when that is not possible. write(2)
    package static func write(_ text: String) throws(Errno) {
        try DescriptorIO.writeAll(StandardStream.output, Array(text.utf8))
    }
}
