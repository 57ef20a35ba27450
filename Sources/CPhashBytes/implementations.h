// The implementations, one file for each, and the bytes that a vector leaves over, which all of them do alike.

#ifndef CPHASHBYTES_IMPLEMENTATIONS_H
#define CPHASHBYTES_IMPLEMENTATIONS_H

#include "CPhashBytes.h"

#include <string.h>

extern const struct phash_bytes phash_bytes_portable;
#if defined(__x86_64__)
extern const struct phash_bytes phash_bytes_ssse3;
extern const struct phash_bytes phash_bytes_avx2;
#elif defined(__aarch64__)
extern const struct phash_bytes phash_bytes_neon;
#endif

static inline uint64_t phash_bytes_load(const uint8_t *bytes) {
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

/// The matches of a block of 64 bytes as bits of `mask`, the first byte lowest: appends their places, `first` being that
/// of the block, and returns the new end of the places.
///
/// Lines mostly have a length that leaves one to four ends in a block. Writing four without a look is cheaper than a
/// branch for each that is guessed wrongly half of the time.
static inline __attribute__((always_inline)) uint32_t *phash_bytes_append_places(
    uint32_t *places, uint64_t mask, uint32_t first) {
    if (mask == 0) return places;
    uint32_t *end = places + __builtin_popcountll(mask);
    do {
        for (int index = 0; index < 4; index++) {
            // The mask of none left is 0, whose lowest bit is not defined: the topmost is as good as any.
            places[index] = first + (uint32_t)__builtin_ctzll(mask | UINT64_C(1) << 63);
            mask &= mask - 1;
        }
        places += 4;
    } while (places < end);
    return end;
}

#endif
