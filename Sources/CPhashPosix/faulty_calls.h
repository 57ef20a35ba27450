// Puts the fault layer before the C library's calls, in a test build; see CPhashFaults.h. To be included last.
#pragma once
#ifdef PHASH_TEST_HOOKS
#include "CPhashFaults.h"
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>

ssize_t phash_faulty_sendmsg(int descriptor, const struct msghdr *message, int flags);
int phash_faulty_socketpair(int domain, int type, int protocol, int *ends);
int phash_faulty_pipe2(int *ends, int flags);
int phash_faulty_memfd_create(const char *name, unsigned flags);
int phash_faulty_fallocate(int descriptor, int mode, off_t offset, off_t length);
int phash_faulty_fcntl(int descriptor, int command, ...);
int phash_faulty_ioctl(int descriptor, unsigned long request, void *argument);
int phash_faulty_sigaction(int number, const struct sigaction *action, struct sigaction *before);
int phash_faulty_posix_spawn(
    pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attributes,
    char *const *arguments, char *const *environment);

#define sendmsg phash_faulty_sendmsg
#define socketpair phash_faulty_socketpair
#define pipe2 phash_faulty_pipe2
#define memfd_create phash_faulty_memfd_create
#define fallocate phash_faulty_fallocate
#define fcntl phash_faulty_fcntl
#define ioctl phash_faulty_ioctl
#define posix_spawn phash_faulty_posix_spawn
#define clock_gettime phash_faulty_clock_gettime
// With arguments only: the structure of that name stays what it is.
#define open(path, flags) phash_faulty_open(path, flags)
#define fstat(descriptor, status) phash_faulty_fstat(descriptor, status)
#define sigaction(number, action, before) phash_faulty_sigaction(number, action, before)
#endif
