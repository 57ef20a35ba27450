#ifdef PHASH_TEST_HOOKS
#define _GNU_SOURCE  // Here and not in the header: Swift must see the system's types as everywhere else.
#include "CPhashFaults.h"
#include "fault_layer.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// The floor never gives more.
enum { maximum_parts = 1024 };

static long children_started;

// The first `length` bytes of some parts: how many parts they are, the last one cut.
static int cut(const struct iovec *parts, int count, size_t length, struct iovec *cut_parts) {
    int used = 0;
    for (; used < count && length > 0; used++) {
        cut_parts[used] = parts[used];
        if (cut_parts[used].iov_len > length)
            cut_parts[used].iov_len = length;
        length -= cut_parts[used].iov_len;
    }
    return used;
}

static size_t length_of(const struct iovec *parts, int count) {
    size_t length = 0;
    for (int i = 0; i < count; i++)
        length += parts[i].iov_len;
    return length;
}

ssize_t phash_faulty_read(int descriptor, void *bytes, size_t count) {
    if (phash_fault_of(CALL_read, descriptor, &count))
        return -1;
    return phash_fault_transferred(CALL_read, descriptor, read(descriptor, bytes, count));
}

ssize_t phash_faulty_write(int descriptor, const void *bytes, size_t count) {
    if (phash_fault_of(CALL_write, descriptor, &count))
        return -1;
    return phash_fault_transferred(CALL_write, descriptor, write(descriptor, bytes, count));
}

ssize_t phash_faulty_writev(int descriptor, const struct iovec *parts, int count) {
    struct iovec fewer[maximum_parts];
    size_t length = length_of(parts, count);
    if (phash_fault_of(CALL_writev, descriptor, &length))
        return -1;
    return phash_fault_transferred(CALL_writev, descriptor, writev(descriptor, fewer, cut(parts, count, length, fewer)));
}

ssize_t phash_faulty_sendmsg(int descriptor, const struct msghdr *message, int flags) {
    struct iovec fewer[maximum_parts];
    struct msghdr shorter = *message;
    size_t length = length_of(message->msg_iov, (int)message->msg_iovlen);
    if (phash_fault_of(CALL_sendmsg, descriptor, &length))
        return -1;
    shorter.msg_iovlen = (size_t)cut(message->msg_iov, (int)message->msg_iovlen, length, fewer);
    shorter.msg_iov = fewer;
    return phash_fault_transferred(CALL_sendmsg, descriptor, sendmsg(descriptor, &shorter, flags));
}

int phash_faulty_close(int descriptor) {
    int failure = phash_fault_of(CALL_close, descriptor, NULL) ? errno : 0;
    int code = close(descriptor);
    if (failure == 0)
        return code;
    errno = failure;
    return -1;
}

int phash_faulty_poll(struct pollfd *entries, unsigned long count, int milliseconds) {
    return phash_fault_of(CALL_poll, -1, NULL) ? -1 : poll(entries, count, milliseconds);
}

int phash_faulty_fstat(int descriptor, struct stat *status) {
    return phash_fault_of(CALL_fstat, descriptor, NULL) ? -1 : fstat(descriptor, status);
}

int phash_faulty_open(const char *path, int flags) {
    return phash_fault_of(CALL_open, -1, NULL) ? -1 : open(path, flags);
}

int phash_faulty_ftruncate(int descriptor, off_t length) {
    return phash_fault_of(CALL_ftruncate, descriptor, NULL) ? -1 : ftruncate(descriptor, length);
}

off_t phash_faulty_lseek(int descriptor, off_t offset, int whence) {
    return phash_fault_of(CALL_lseek, descriptor, NULL) ? -1 : lseek(descriptor, offset, whence);
}

void *phash_faulty_mmap(void *address, size_t length, int protection, int flags, int descriptor, off_t offset) {
    if (phash_fault_of(CALL_mmap, descriptor, NULL))
        return MAP_FAILED;
    return mmap(address, length, protection, flags, descriptor, offset);
}

pid_t phash_faulty_waitpid(pid_t pid, int *status, int options) {
    return phash_fault_of(CALL_waitpid, -1, NULL) ? -1 : waitpid(pid, status, options);
}

int phash_faulty_clock_gettime(int clock, struct timespec *time) {
    int code = clock_gettime(clock, time);
    time->tv_sec += phash_fault_seconds_ahead();
    return code;
}

int phash_faulty_socketpair(int domain, int type, int protocol, int *ends) {
    return phash_fault_of(CALL_socketpair, -1, NULL) ? -1 : socketpair(domain, type, protocol, ends);
}

int phash_faulty_pipe2(int *ends, int flags) { return phash_fault_of(CALL_pipe2, -1, NULL) ? -1 : pipe2(ends, flags); }

int phash_faulty_memfd_create(const char *name, unsigned flags) {
    return phash_fault_of(CALL_memfd_create, -1, NULL) ? -1 : memfd_create(name, flags);
}

int phash_faulty_fallocate(int descriptor, int mode, off_t offset, off_t length) {
    return phash_fault_of(CALL_fallocate, descriptor, NULL) ? -1 : fallocate(descriptor, mode, offset, length);
}

static enum phash_fault_call call_of_fcntl(int command) {
    switch (command) {
    case F_DUPFD_CLOEXEC:
        return CALL_F_DUPFD_CLOEXEC;
    case F_ADD_SEALS:
        return CALL_F_ADD_SEALS;
    case F_SETFL:
        return CALL_F_SETFL;
    case F_SETPIPE_SZ:
        return CALL_F_SETPIPE_SZ;
    case F_GETPIPE_SZ:
        return CALL_F_GETPIPE_SZ;
    default:
        return CALL_count;
    }
}

int phash_faulty_fcntl(int descriptor, int command, ...) {
    if (phash_fault_of(call_of_fcntl(command), descriptor, NULL))
        return -1;
    if (command == F_GETPIPE_SZ)
        return fcntl(descriptor, command);
    va_list rest;
    va_start(rest, command);
    int argument = va_arg(rest, int);
    va_end(rest);
    return fcntl(descriptor, command, argument);
}

int phash_faulty_ioctl(int descriptor, unsigned long request, void *argument) {
    if (request == FIONREAD && phash_fault_of(CALL_FIONREAD, descriptor, NULL))
        return -1;
    return ioctl(descriptor, request, argument);
}

int phash_faulty_sigaction(int number, const struct sigaction *action, struct sigaction *before) {
    return phash_fault_of(CALL_sigaction, -1, NULL) ? -1 : sigaction(number, action, before);
}

int phash_faulty_posix_spawn(
    pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attributes,
    char *const *arguments, char *const *environment) {
    if (phash_fault_of(CALL_posix_spawn, -1, NULL))
        return errno;
    // Tells the child which one it is.
    size_t count = 0;
    while (environment[count] != NULL)
        count++;
    char **longer = malloc((count + 2) * sizeof *longer);
    if (longer == NULL)
        return ENOMEM;
    memcpy(longer, environment, count * sizeof *longer);
    char number[sizeof phash_fault_child_variable + 24];
    snprintf(number, sizeof number, "%s=%ld", phash_fault_child_variable, children_started + 1);
    longer[count] = number;
    longer[count + 1] = NULL;
    int code = posix_spawn(pid, path, actions, attributes, arguments, longer);
    free(longer);
    if (code == 0)
        children_started++;
    return code;
}
#endif
