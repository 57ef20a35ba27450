#include "implementations.h"

#include <string.h>

const struct phash_bytes *phash_bytes_implementation(size_t index) {
    const struct phash_bytes *known[4] = {NULL, NULL, NULL, NULL};
    size_t count = 0;
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt")) {
        known[count++] = &phash_bytes_avx2;
    }
    if (__builtin_cpu_supports("ssse3")) known[count++] = &phash_bytes_ssse3;
#elif defined(__aarch64__)
    known[count++] = &phash_bytes_neon;
#endif
    known[count++] = &phash_bytes_portable;
    return index < count ? known[index] : NULL;
}

void phash_bytes_wipe(void *bytes, size_t count) {
    memset(bytes, 0, count);
    // Somebody might read it, for all that the compiler knows.
    __asm__ volatile("" : : "r"(bytes) : "memory");
}
