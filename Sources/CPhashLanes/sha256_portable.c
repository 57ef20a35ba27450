// SHA-256 over four lanes in the vectors of GCC and clang, whatever the CPU makes of them: vectors of 128 bits are what
// most have at least, and eight lanes are slower there.
#include "kernel.h"

#include "operator_words.h"
#include "single_words.h"

#define LANES 4
#define TARGET

// The vectors never leave this file, so it does not matter in which registers they would be passed.
#pragma clang diagnostic ignored "-Wpsabi"

typedef uint32_t word __attribute__((vector_size(16)));

#define BROADCAST(x) ((word){(x), (x), (x), (x)})
#define ROUND_CONSTANT(t) (*(const word *)phash_k256_x8[t])
#define SECOND_CONSTANT(t) (*(const word *)chain->second_x8[t])

#define ROTATE(x, n) ((x) >> (n) | (x) << (32 - (n)))

PHASH_INLINE void load_block(word w[16], const uint8_t *const *blocks, size_t offset) {
    for (int i = 0; i < 16; i++) {
        for (int lane = 0; lane < LANES; lane++) w[i][lane] = phash_load32(blocks[lane] + offset + 4 * i);
    }
}

// Of two bytes: as in sha512_portable.c.
PHASH_INLINE word hexadecimal_digits(word half) {
    word spread = (half | half << 8) & 0x00FF00FF;
    word nibbles = (spread << 4 | spread) & 0x0F0F0F0F;
    word letters = (nibbles + 0x06060606) >> 4 & 0x01010101;
    return nibbles + 0x30303030 + (letters << 5) + (letters << 3) - letters;
}

PHASH_INLINE void hexadecimal(word state, word *high, word *low) {
    *high = hexadecimal_digits(state >> 16);
    *low = hexadecimal_digits(state & 0xFFFF);
}

#include "sha256_rounds.h"

static bool is_supported(void) { return true; }

#define ONE {1, phash_sha256_single_compress, phash_sha256_single_chain, phash_sha256_single_keyed_chain}
#define FOUR {LANES, compress, chain, keyed_chain}

const struct phash_kernel phash_sha256_portable = {
    .name = "portable",
    .word_bytes = 4,
    .is_supported = is_supported,
#if !defined(__x86_64__) && !defined(__aarch64__)
    // Where OpenSSL has no assembly of its own.
    .is_preferred = true,
#endif
    .lanes = LANES,
    // Half-filled vectors gain nothing.
    .widths = {[1] = ONE, [2] = ONE, [3] = FOUR, [4] = FOUR},
};
