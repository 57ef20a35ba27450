import Testing

/// The program, seen from outside.
///
/// One test at a time: the tests start up to 16 busy processes each and watch processor time and memory.
@Suite(.serialized)
enum TheProgram {}
