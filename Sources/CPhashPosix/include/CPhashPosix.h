// What Swift cannot import from the C library: functions hidden behind _GNU_SOURCE, macros, variadic functions, and a
// signal handler, which must not run Swift code.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "CPhashFaults.h"

// Functions return -1 and set errno on failure unless they say otherwise.

// socketpair(2): a connected pair of stream sockets, close-on-exec; the first end does not block.
int phash_doorbell_pair(int *_Nonnull ends);
// pipe2(2): close-on-exec, both ends non-blocking.
int phash_pipe(int *_Nonnull ends);
// fcntl(2) F_DUPFD_CLOEXEC: a copy with a number of at least `least`.
int phash_duplicate(int descriptor, int least);
// memfd_create(2), close-on-exec, sealable, not executable where the kernel knows that.
int phash_memory_create(const char *_Nonnull name);
// fcntl(2) F_ADD_SEALS: the size is final; with `future_write` no new writable mapping can be made.
int phash_memory_seal(int descriptor, int future_write);
// fallocate(2) FALLOC_FL_PUNCH_HOLE: gives pages back.
int phash_memory_discard(int descriptor, off_t offset, off_t length);

// ioctl(2) FIONREAD: bytes that wait in a pipe.
int phash_unread_bytes(int descriptor);
// fcntl(2) F_GETPIPE_SZ: bytes that a pipe holds.
int phash_pipe_capacity(int descriptor);
// fcntl(2) F_SETPIPE_SZ: makes a pipe hold at least so many bytes; how many it holds then, or -1.
int phash_pipe_enlarge(int descriptor, int bytes);
// open(2) of what `descriptor` refers to, as a description of our own: write-only, non-blocking, close-on-exec.
int phash_reopen_for_writing(int descriptor);
// sendmsg(2) with MSG_DONTWAIT | MSG_NOSIGNAL.
struct iovec;
ssize_t phash_send_vector(int descriptor, const struct iovec *_Nonnull parts, int count);

// posix_spawn(3) of the program at `path` with the arguments `phash` and `mode`, standard input and output on
// /dev/null, `doorbell`, `input` and `results` as descriptors 3, 4 and 5 and none beyond them, the signals of
// phash_signals_of_group blocked and every other disposition and the mask at their defaults. Returns 0 or an errno.
int phash_spawn_child(pid_t *_Nonnull pid, const char *_Nonnull path, const char *_Nonnull mode, int doorbell, int input,
                      int results);
// In the child, once: ignore the signals of the group and unblock them, end with the parent, dump no core, let nobody but
// root look into its memory, gain no privileges, be called phash. The parent may have gone already.
void phash_worker_settle(void);
// Dump no core from now on, let nobody but root look into the memory of this process, and let no crash tell of it.
int phash_close_to_others(void);
// In the child, when it has all that it needs: from now on any system call but those for reading and answering the
// doorbell, for messages on standard error, for memory and for its own end kills it with SIGSYS. seccomp(2)
int phash_worker_confine(void);

// Starts to catch a signal: phash_signal_next tells of it, and a byte in the pipe of phash_signal_pipe wakes a poll.
// Returns 0, 1 when the signal was ignored and stays so, -1.
int phash_signal_catch(int signal);
// As phash_signal_catch, but an ignored signal is caught too.
int phash_signal_take(int signal);
// Takes the next signal that has arrived; 0 when there is none. `time` is when it did, on CLOCK_MONOTONIC in nanoseconds,
// for those that ask to stop, else 0. SIGCONT comes first. CONT, CHLD and USR1 count once however often they arrived.
int phash_signal_next(int64_t *_Nonnull time);
// The reading end of the signal pipe, made by the first call.
int phash_signal_pipe(void);
// Ignores a signal; returns 1 when it was ignored before, 0 when it was not.
int phash_signal_ignore(int signal);
// Gives a signal its default action, unblocks it, and sends it to this process.
void phash_signal_die(int signal);

// Parts of a wait status: 1 and the signal, or 0 and the exit status.
int phash_status_is_signal(int status);
int phash_status_value(int status);

// getrlimit(2): the soft limit, -1 when there is none.
int64_t phash_limit_address_space(void);
int64_t phash_limit_file_size(void);
// setrlimit(2): raises the soft limit of descriptors to `count`, or as far as the hard one goes; never lowers it.
void phash_raise_descriptors(int64_t count);
// mallopt(3): memory of `bytes` or more is mapped on its own, so that it goes back to the system when it is freed.
void phash_map_large_memory(int bytes);
// sendto(2): one datagram to the Unix socket of that name, an abstract one where it begins with `@`; waits for a reader that
// has stalled, but not for ever.
int phash_send_datagram(const void *_Nonnull name, size_t name_bytes, const void *_Nullable text, size_t text_bytes);
// fstat(2): whether a descriptor is a socket.
int phash_is_socket(int descriptor);

// environ(7): `NAME=value` at that place; NULL behind the last. `index` must not go further than that.
const char *_Nullable phash_environment_entry(int index);

// ioctl(2) TIOCGWINSZ: how many characters fit a line of a terminal; 0 when it does not tell, or is none.
int phash_terminal_columns(int descriptor);
// tcgetpgrp(3): 0 when a terminal is another process group's now, so that we are in its background; else 1.
int phash_terminal_is_ours(int descriptor);

// openat(2): a new file for writing, close-on-exec; one that is there already is an error.
int phash_file_create(const char *_Nonnull path);
// lstat(2): 1 when there is nothing at a path or a regular file, 0 when there is something else, -1.
int phash_file_is_replaceable(const char *_Nonnull path);

// A thread that nobody joins and that no signal is delivered to. Its name is cut to what pthread_setname_np(3) takes.
// Returns 0 or an errno. pthread_create(3)
int phash_thread_start(
    const char *_Nonnull name, void *_Nullable (*_Nonnull body)(void *_Nullable), void *_Nullable context);
// eventfd(2): zero, close-on-exec, non-blocking.
int phash_wake_up_create(void);
// shutdown(2) of both directions.
int phash_socket_shut_down(int descriptor);

// sched_getaffinity(2): number of CPUs this process may run on; -1 when unknown.
int phash_affinity_count(void);

// The word in which a child says what it works on: other processes see the store before anything that follows it.
static inline void phash_store_release(uint64_t *_Nonnull word, uint64_t value) {
    __atomic_store_n(word, value, __ATOMIC_RELEASE);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static inline uint64_t phash_load_acquire(const uint64_t *_Nonnull word) {
    return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}
