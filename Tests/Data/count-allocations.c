// Counts the allocations of a process: to be loaded before its C library (LD_PRELOAD), which has to be glibc. The count is
// in the file $ALLOCATIONS/PID, as 8 bytes.

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static long early;
static long *count = &early;

__attribute__((constructor)) static void start(void) {
    const char *folder = getenv("ALLOCATIONS");
    char path[4096];
    if (folder == NULL)
        return;
    snprintf(path, sizeof path, "%s/%ld", folder, (long)getpid());
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0 || ftruncate(file, sizeof early) != 0)
        return;
    // Shared memory, since a child ends without any function of ours being called.
    long *shared = mmap(NULL, sizeof early, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (shared == MAP_FAILED)
        return;
    *shared = early;
    count = shared;
}

static void note(void) { __atomic_fetch_add(count, 1, __ATOMIC_RELAXED); }

void *malloc(size_t size) {
    note();
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    note();
    return __libc_calloc(number, size);
}

void *realloc(void *memory, size_t size) {
    note();
    return __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    note();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
    note();
    *memory = __libc_memalign(alignment, size);
    return *memory == NULL ? 12 : 0;
}
