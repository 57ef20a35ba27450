// Words of messages and digests, one at a time.
#pragma once
#include <stdint.h>
#include <string.h>

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define PHASH_BIG_ENDIAN64(x) __builtin_bswap64(x)
#define PHASH_BIG_ENDIAN32(x) __builtin_bswap32(x)
#else
#define PHASH_BIG_ENDIAN64(x) (x)
#define PHASH_BIG_ENDIAN32(x) (x)
#endif

/// The word whose bytes are there, the highest first.
static inline uint64_t phash_load64(const uint8_t *bytes) {
    uint64_t value;
    memcpy(&value, bytes, sizeof value);
    return PHASH_BIG_ENDIAN64(value);
}

static inline uint32_t phash_load32(const uint8_t *bytes) {
    uint32_t value;
    memcpy(&value, bytes, sizeof value);
    return PHASH_BIG_ENDIAN32(value);
}

/// Stores the bytes of a word, the highest first.
static inline void phash_store64(uint8_t *bytes, uint64_t value) {
    value = PHASH_BIG_ENDIAN64(value);
    memcpy(bytes, &value, sizeof value);
}

static inline void phash_store32(uint8_t *bytes, uint32_t value) {
    value = PHASH_BIG_ENDIAN32(value);
    memcpy(bytes, &value, sizeof value);
}

/// The eight lower-case hexadecimal digits of a word as the bytes of another, the first digit highest.
///
/// A nibble of 10 or more is told by the carry of adding 6; its letter comes 39 places after what follows "9".
static inline uint64_t phash_hexadecimal64(uint32_t bytes) {
    uint64_t spread = bytes;
    spread = (spread | spread << 16) & 0x0000FFFF0000FFFF;
    spread = (spread | spread << 8) & 0x00FF00FF00FF00FF;
    uint64_t nibbles = (spread << 4 | spread) & 0x0F0F0F0F0F0F0F0F;
    uint64_t letters = (nibbles + 0x0606060606060606) >> 4 & 0x0101010101010101;
    return nibbles + 0x3030303030303030 + letters * 39;
}
