#define _GNU_SOURCE  // Here and not in the header: Swift must see the system's types as everywhere else.
#include "CPhashPosix.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "faulty_calls.h"

int phash_doorbell_pair(int *ends) {
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        return -1;
    if (fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0)
        return 0;
    int saved = errno;
    close(ends[0]);
    close(ends[1]);
    errno = saved;
    return -1;
}

int phash_pipe(int *ends) { return pipe2(ends, O_CLOEXEC | O_NONBLOCK); }

int phash_duplicate(int descriptor, int least) { return fcntl(descriptor, F_DUPFD_CLOEXEC, least); }

int phash_memory_create(const char *name) {
    unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
#ifdef MFD_NOEXEC_SEAL
    const unsigned noexec = MFD_NOEXEC_SEAL;
#else
    const unsigned noexec = 0x0008U;
#endif
    int descriptor = memfd_create(name, flags | noexec);
    // Kernels before 6.3 do not know the flag.
    if (descriptor < 0 && errno == EINVAL)
        descriptor = memfd_create(name, flags);
    return descriptor;
}

int phash_memory_seal(int descriptor, int future_write) {
#ifdef F_SEAL_FUTURE_WRITE
    const int no_writers = F_SEAL_FUTURE_WRITE;
#else
    const int no_writers = 0x0010;
#endif
    int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
    if (future_write && fcntl(descriptor, F_ADD_SEALS, no_writers) < 0 && errno != EINVAL)
        return -1;
    return fcntl(descriptor, F_ADD_SEALS, seals);
}

int phash_memory_discard(int descriptor, off_t offset, off_t length) {
    return fallocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, length);
}

int phash_unread_bytes(int descriptor) {
    int count = 0;
    return ioctl(descriptor, FIONREAD, &count) < 0 ? -1 : count;
}

int phash_pipe_capacity(int descriptor) { return fcntl(descriptor, F_GETPIPE_SZ); }

int phash_pipe_enlarge(int descriptor, int bytes) { return fcntl(descriptor, F_SETPIPE_SZ, bytes); }

int phash_reopen_for_writing(int descriptor) {
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    return open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
}

ssize_t phash_send_vector(int descriptor, const struct iovec *parts, int count) {
    struct msghdr message;
    memset(&message, 0, sizeof message);
    message.msg_iov = (struct iovec *)parts;
    message.msg_iovlen = (size_t)count;
    return sendmsg(descriptor, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

int phash_is_socket(int descriptor) {
    struct stat status;
    return fstat(descriptor, &status) == 0 && S_ISSOCK(status.st_mode);
}

int phash_send_datagram(const void *name, size_t name_bytes, const void *text, size_t text_bytes) {
    struct sockaddr_un address;
    memset(&address, 0, sizeof address);
    address.sun_family = AF_UNIX;
    if (name_bytes >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(address.sun_path, name, name_bytes);
    if (address.sun_path[0] == '@')
        address.sun_path[0] = 0;
    int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0)
        return -1;
    struct timeval patience = {1, 0};
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + name_bytes);
    ssize_t sent = sendto(descriptor, text, text_bytes, MSG_NOSIGNAL, (struct sockaddr *)&address, length);
    int failure = errno;
    close(descriptor);
    errno = failure;
    return sent < 0 ? -1 : 0;
}
