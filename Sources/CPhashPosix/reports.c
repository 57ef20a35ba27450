#define _GNU_SOURCE  // As in descriptors.c.
#include "CPhashPosix.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

int phash_terminal_columns(int descriptor) {
    struct winsize size;
    return ioctl(descriptor, TIOCGWINSZ, &size) < 0 ? 0 : size.ws_col;
}

int phash_terminal_is_ours(int descriptor) {
    pid_t group = tcgetpgrp(descriptor);
    // Where it is no terminal, or not the one that we were started from, nobody else's lines can be in the way.
    return group < 0 || group == getpgrp();
}

int phash_file_create(const char *path) {
    return openat(AT_FDCWD, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
}

int phash_file_is_replaceable(const char *path) {
    struct stat status;
    if (lstat(path, &status) == 0)
        return S_ISREG(status.st_mode) ? 1 : 0;
    return errno == ENOENT ? 1 : -1;
}
