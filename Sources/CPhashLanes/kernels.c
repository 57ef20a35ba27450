// Which kernels there are, and which of them a CPU can run.
#include "kernel.h"

#include <string.h>

/// All kernels, the fastest first where two are for the same words.
static const struct phash_kernel *const all_kernels[] = {
#if defined(__x86_64__)
    &phash_sha512_avx512, &phash_sha512_avx2, &phash_sha256_shani, &phash_sha256_avx512, &phash_sha256_avx2,
#elif defined(__aarch64__)
    &phash_sha512_neon, &phash_sha256_neon,
#endif
    &phash_sha512_portable, &phash_sha256_portable,
};

enum { KERNEL_COUNT = sizeof all_kernels / sizeof *all_kernels };

static size_t word_bytes_of(enum phash_sha2 digest) {
    return digest == PHASH_SHA256 || digest == PHASH_SHA224 ? 4 : 8;
}

const struct phash_kernel *phash_kernel_find(enum phash_sha2 digest, const char *name) {
    for (size_t i = 0; i < KERNEL_COUNT; i++) {
        const struct phash_kernel *kernel = all_kernels[i];
        if (kernel->word_bytes == word_bytes_of(digest) && strcmp(kernel->name, name) == 0) {
            return kernel->is_supported() ? kernel : NULL;
        }
    }
    return NULL;
}

const struct phash_kernel *phash_kernel_best(enum phash_sha2 digest) {
    for (size_t i = 0; i < KERNEL_COUNT; i++) {
        const struct phash_kernel *kernel = all_kernels[i];
        if (kernel->word_bytes == word_bytes_of(digest) && kernel->is_preferred && kernel->is_supported()) {
            return kernel;
        }
    }
    return NULL;
}

bool phash_kernel_is_supported(const char *name) {
    for (size_t i = 0; i < KERNEL_COUNT; i++) {
        if (strcmp(all_kernels[i]->name, name) == 0 && all_kernels[i]->is_supported()) return true;
    }
    return false;
}

const char *phash_kernel_name(const struct phash_kernel *kernel) { return kernel->name; }

size_t phash_kernel_lanes(const struct phash_kernel *kernel) { return kernel->lanes; }

bool phash_kernel_is_fast_alone(const struct phash_kernel *kernel) { return kernel->is_fast_alone; }
