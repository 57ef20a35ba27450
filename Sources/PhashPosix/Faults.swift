// In a test build these stand before the C library's functions of the same names, for all files of this room: the fault
// layer, which CPhashFaults.h describes. The shipped build has nothing of it.

#if TestHooks
internal import CPhashPosix

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

func writev(_ number: Int32, _ parts: UnsafePointer<iovec>?, _ count: Int32) -> Int {
    unsafe phash_faulty_writev(number, parts, count)
}

func poll(_ entries: UnsafeMutablePointer<pollfd>?, _ count: nfds_t, _ milliseconds: Int32) -> Int32 {
    unsafe phash_faulty_poll(entries, UInt(count), milliseconds)
}

func fstat(_ number: Int32, _ status: UnsafeMutablePointer<stat>) -> Int32 {
    unsafe phash_faulty_fstat(number, status)
}

func open(_ path: UnsafePointer<CChar>, _ flags: Int32) -> Int32 {
    unsafe phash_faulty_open(path, flags)
}

func ftruncate(_ number: Int32, _ length: off_t) -> Int32 { phash_faulty_ftruncate(number, length) }

func lseek(_ number: Int32, _ offset: off_t, _ whence: Int32) -> off_t { phash_faulty_lseek(number, offset, whence) }

func mmap(
    _ address: UnsafeMutableRawPointer?, _ length: Int, _ protection: Int32, _ flags: Int32, _ number: Int32,
    _ offset: off_t
) -> UnsafeMutableRawPointer? {
    unsafe phash_faulty_mmap(address, length, protection, flags, number, offset)
}

func waitpid(_ pid: pid_t, _ status: UnsafeMutablePointer<Int32>?, _ options: Int32) -> pid_t {
    unsafe phash_faulty_waitpid(pid, status, options)
}

func clock_gettime(_ clock: clockid_t, _ time: UnsafeMutablePointer<timespec>) -> Int32 {
    unsafe phash_faulty_clock_gettime(clock, time)
}
#endif
