// The fault layer: what only tests may use. Compiled in by the package trait `TestHooks`; the shipped build has none of
// it, and calls the C library directly.
//
// In a test build the names of the C library's calls mean the functions below, in the C files of this folder (faulty_calls.h)
// and in those of PhashPosix (Faults.swift). Each of them asks for a fault first, and if there is none, calls the C
// library. Not asked for are what a signal handler calls (write), what C functions close on their way out, and what this
// program has no answer to (malloc, kill).
//
// The environment variable PHASH_TEST_FAULTS says what goes wrong, as words between blanks:
//
//     seed=NUMBER                  for chances and for the lengths of short transfers; 1
//     [WHO:]CALL[#FD]=WHAT[WHEN]
//
//     WHO   parent: | child: (each of them) | childN: (the N-th that was started) | nothing: everybody
//     CALL  read write writev sendmsg poll posix_spawn memfd_create ftruncate mmap lseek fallocate socketpair pipe2
//           fstat open waitpid clock_gettime close sigaction, of fcntl(2) F_DUPFD_CLOEXEC F_ADD_SEALS F_SETFL
//           F_SETPIPE_SZ F_GETPIPE_SZ, and of ioctl(2) FIONREAD
//     #FD   only calls on this descriptor
//     WHAT  an errno by its name: the call fails with it and does nothing (close closes all the same)
//           short: read, write, writev and sendmsg transfer a part, at least one byte
//           +SECONDS: clock_gettime has jumped ahead from then on
//     WHEN  nothing: each call | @N: the N-th | @N+: the N-th and all after it | /N: each N-th | ~P%: by chance
//           >BYTES: when so many bytes have gone through; the call that would cross that bound is cut there
//
// Calls are counted in each process for itself, and for each word the calls that it is about. The first word that has a
// fault for a call decides. A word that cannot be understood ends the program with status 64.
#pragma once
#include <stddef.h>
#include <sys/types.h>

struct iovec;
struct pollfd;
struct stat;
struct timespec;

ssize_t phash_faulty_read(int descriptor, void *_Nullable bytes, size_t count);
ssize_t phash_faulty_write(int descriptor, const void *_Nullable bytes, size_t count);
ssize_t phash_faulty_writev(int descriptor, const struct iovec *_Nullable parts, int count);
int phash_faulty_close(int descriptor);
int phash_faulty_poll(struct pollfd *_Nullable entries, unsigned long count, int milliseconds);
int phash_faulty_fstat(int descriptor, struct stat *_Nonnull status);
int phash_faulty_open(const char *_Nonnull path, int flags);
int phash_faulty_ftruncate(int descriptor, off_t length);
off_t phash_faulty_lseek(int descriptor, off_t offset, int whence);
void *_Nullable phash_faulty_mmap(
    void *_Nullable address, size_t length, int protection, int flags, int descriptor, off_t offset);
pid_t phash_faulty_waitpid(pid_t pid, int *_Nullable status, int options);
int phash_faulty_clock_gettime(int clock, struct timespec *_Nonnull time);
