#define _GNU_SOURCE  // Here and not in the header: Swift must see the system's types as everywhere else.
#include "CPhashPosix.h"

#include <errno.h>
#include <stddef.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// The table below is made by hand and not by libseccomp: it is the same for every child but for one number, so there is
// nothing to compute at each start, and it is short enough to be read and checked. A library would be one more thing to
// install and to link, and would build and sort the same list anew in every child.

#if defined(__x86_64__)
enum { expected_architecture = AUDIT_ARCH_X86_64 };
#elif defined(__aarch64__)
enum { expected_architecture = AUDIT_ARCH_AARCH64 };
#else
enum { expected_architecture = 0 };
#endif

#ifndef SECCOMP_FILTER_FLAG_SPEC_ALLOW
#define SECCOMP_FILTER_FLAG_SPEC_ALLOW (1UL << 2)
#endif

// Numbers of calls of the x32 ABI have this bit; they would lead around a list of those without it.
enum { foreign_call_bit = 0x40000000 };

// seccomp(2): the lower half of an argument; both architectures are little-endian. Descriptors, protections, flags and
// process ids are ints, so the kernel looks at nothing but the lower half either.
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define LOAD_ARGUMENT(index) LOAD(args[index])
#define ALLOW BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define KILL BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)
// The next `count` statements are for this value of what was loaded, or for those with none of these bits.
#define WHEN_EQUAL(value, count) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, (count))
#define WHEN_NOT_EQUAL(value, count) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), (count), 0)
#define WHEN_NO_BIT_OF(bits, count) BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (bits), (count), 0)
#define WHEN_A_BIT_OF(bits, count) BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (bits), 0, (count))

#define ALLOW_CALL(name) WHEN_EQUAL(__NR_##name, 1), ALLOW

// Where a child finds its doorbell, as phash_spawn_child puts it, and where its last words go.
enum { doorbell = 3, messages = STDERR_FILENO };

int phash_worker_confine(void) {
    struct sock_filter filter[] = {
        LOAD(arch),
        WHEN_NOT_EQUAL(expected_architecture, 1),
        KILL,
        LOAD(nr),
        WHEN_A_BIT_OF(foreign_call_bit, 1),
        KILL,

        // Its work: hear of a part, answer, and say why it dies.
        WHEN_EQUAL(__NR_read, 4),
        LOAD_ARGUMENT(0),
        WHEN_EQUAL(doorbell, 1),
        ALLOW,
        KILL,
        WHEN_EQUAL(__NR_write, 5),
        LOAD_ARGUMENT(0),
        WHEN_EQUAL(doorbell, 1),
        ALLOW,
        WHEN_EQUAL(messages, 1),
        ALLOW,
        // A write to anything else matches nothing below either.
        LOAD(nr),
        WHEN_EQUAL(__NR_writev, 4),  // glibc's last words about a broken heap or stack
        LOAD_ARGUMENT(0),
        WHEN_EQUAL(messages, 1),
        ALLOW,
        KILL,

        // Memory: anonymous, and never for code.
        ALLOW_CALL(brk),
        ALLOW_CALL(munmap),
        ALLOW_CALL(mremap),
        ALLOW_CALL(madvise),
        WHEN_EQUAL(__NR_mprotect, 4),
        LOAD_ARGUMENT(2),
        WHEN_NO_BIT_OF(PROT_EXEC, 1),
        ALLOW,
        KILL,
        WHEN_EQUAL(__NR_mmap, 6),
        LOAD_ARGUMENT(2),
        WHEN_NO_BIT_OF(PROT_EXEC, 3),
        LOAD_ARGUMENT(3),
        WHEN_A_BIT_OF(MAP_ANONYMOUS, 1),
        ALLOW,
        KILL,

        // What the C library and Swift's runtime do by themselves: locks, which wake whoever waits, the seed of hash
        // tables, and clocks where the kernel's page of them is not to be had.
        ALLOW_CALL(futex),
        ALLOW_CALL(getrandom),
        ALLOW_CALL(clock_gettime),

        // Going on after SIGSTOP and SIGCONT, and ending: exit(2) and abort(3), whose signal may only be for itself.
        ALLOW_CALL(restart_syscall),
        ALLOW_CALL(rt_sigreturn),
        ALLOW_CALL(rt_sigprocmask),
        ALLOW_CALL(exit),
        ALLOW_CALL(exit_group),
        ALLOW_CALL(getpid),
        ALLOW_CALL(gettid),
        WHEN_EQUAL(__NR_tgkill, 4),
        LOAD_ARGUMENT(0),
        WHEN_EQUAL((unsigned)getpid(), 1),
        ALLOW,
        KILL,
        WHEN_EQUAL(__NR_tkill, 3),  // musl's; the only thread has the number of the process
        LOAD_ARGUMENT(0),
        WHEN_EQUAL((unsigned)getpid(), 1),
        ALLOW,
        KILL,
    };
    if (expected_architecture == 0) {
        errno = ENOSYS;
        return -1;
    }
    struct sock_fprog program = {.len = sizeof filter / sizeof filter[0], .filter = filter};
    // Old kernels slow the CPU's speculation down in processes that have a filter, unless they are told not to: that is for
    // programs that run code of others beside secrets of theirs.
    if (syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &program) == 0)
        return 0;
    return syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0 ? 0 : -1;
}
