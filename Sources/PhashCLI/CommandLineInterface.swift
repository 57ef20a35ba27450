/// The command `phash` as people type it.
package enum CommandLineInterface {
    package static func main() {}
}
