// What runs over every byte of input and output: finding delimiters, copying text that needs no escape, hexadecimal.
//
// In C because Swift has no per-function choice of the instruction set, and no way to ask a vector where its first match
// is: Swift's own loops over words of eight bytes took two to five times as long. Pure functions over memory: nothing
// is allocated and nothing is kept.

#ifndef CPHASHBYTES_H
#define CPHASHBYTES_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// Places that `find` may write beyond those it reports.
#define PHASH_BYTES_SPARE_PLACES 4

/// One implementation of each function, for one instruction set. All implementations give the same results.
struct phash_bytes {
    /// The instruction set: `avx2`, `ssse3`, `neon` or `portable`.
    const char *name;

    /// Writes the place of each byte that equals `wanted` into `places`, ascending, and returns how many there are.
    ///
    /// `count` is at most 2^31. `places` has room for `count` places and `PHASH_BYTES_SPARE_PLACES` more.
    size_t (*find)(const void *bytes, size_t count, uint8_t wanted, uint32_t *places);

    /// Copies text from its start as long as it is plain: ASCII that stands for itself in a JSON string, which is
    /// neither a control below 0x20 nor `"` nor `\`. Returns the bytes that are plain, 0...`count`.
    ///
    /// What lies in `target` behind them, up to `count`, is undefined. The two do not overlap.
    size_t (*copy_plain)(void *target, const void *text, size_t count);

    /// Writes `count` bytes in lower-case hexadecimal: `2 * count` bytes. The two do not overlap.
    void (*hexadecimal)(void *text, const void *bytes, size_t count);
};

/// The implementations that this processor can run, the fastest first; NULL behind the last, which is `portable`.
const struct phash_bytes *_Nullable phash_bytes_implementation(size_t index);

/// Overwrites memory with zeros, which no compiler leaves out: for what must not be found there later.
void phash_bytes_wipe(void *bytes, size_t count);

#pragma clang assume_nonnull end

#endif
