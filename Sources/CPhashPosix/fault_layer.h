// Between faults.c, which reads what is to go wrong and decides, and faulty_calls.c, which does it. See CPhashFaults.h.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Names and places of calls, in one order.
#define PHASH_FAULT_CALLS(X)                                                                                           \
    X(read) X(write) X(writev) X(sendmsg) X(poll) X(posix_spawn) X(memfd_create) X(ftruncate) X(mmap) X(lseek)         \
    X(fallocate) X(socketpair) X(pipe2) X(fstat) X(open) X(waitpid) X(clock_gettime) X(close) X(sigaction)             \
    X(F_DUPFD_CLOEXEC) X(F_ADD_SEALS) X(F_SETFL) X(F_SETPIPE_SZ) X(F_GETPIPE_SZ) X(FIONREAD)
#define PHASH_FAULT_PLACE(name) CALL_##name,
enum phash_fault_call { PHASH_FAULT_CALLS(PHASH_FAULT_PLACE) CALL_count };

// The variable in which the parent tells a child which one it is, from 1.
extern const char phash_fault_child_variable[24];

// Whether a call is to fail, with errno set; asked once for each call. Its length, if it has one, may be made shorter.
int phash_fault_of(enum phash_fault_call call, int descriptor, size_t *length);
// Counts what went through, and returns it.
ssize_t phash_fault_transferred(enum phash_fault_call call, int descriptor, ssize_t count);
// How far the clock has jumped; asked once for each reading of it.
long phash_fault_seconds_ahead(void);
