// SHA-512 over four lanes in the vectors of GCC and clang, whatever the CPU makes of them.
#include "kernel.h"

#include "operator_words.h"
#include "single_words.h"

#define LANES 4
#define TARGET

// The vectors never leave this file, so it does not matter in which registers they would be passed.
#pragma clang diagnostic ignored "-Wpsabi"

typedef uint64_t word __attribute__((vector_size(32)));

#define BROADCAST(x) ((word){(x), (x), (x), (x)})
#define ROUND_CONSTANT(t) (*(const word *)phash_k512_x4[t])
#define SECOND_CONSTANT(t) (*(const word *)chain->second_x4[t])

#define ROTATE(x, n) ((x) >> (n) | (x) << (64 - (n)))

PHASH_INLINE void load_block(word w[16], const uint8_t *const *blocks, size_t offset) {
    for (int i = 0; i < 16; i++) {
        for (int lane = 0; lane < LANES; lane++) w[i][lane] = phash_load64(blocks[lane] + offset + 8 * i);
    }
}

// A nibble of 10 or more is told by the carry of adding 6; its letter comes 39 places after what follows "9".
PHASH_INLINE word hexadecimal_digits(word half) {
    word spread = (half | half << 16) & 0x0000FFFF0000FFFF;
    spread = (spread | spread << 8) & 0x00FF00FF00FF00FF;
    word nibbles = (spread << 4 | spread) & 0x0F0F0F0F0F0F0F0F;
    word letters = (nibbles + 0x0606060606060606) >> 4 & 0x0101010101010101;
    // Times 39, without a multiplication of vectors.
    return nibbles + 0x3030303030303030 + (letters << 5) + (letters << 3) - letters;
}

PHASH_INLINE void hexadecimal(word state, word *high, word *low) {
    *high = hexadecimal_digits(state >> 32);
    *low = hexadecimal_digits(state & 0xFFFFFFFF);
}

#include "sha512_rounds.h"

static bool is_supported(void) { return true; }

#define ONE {1, phash_sha512_single_compress, phash_sha512_single_chain, phash_sha512_single_keyed_chain}
#define FOUR {LANES, compress, chain, keyed_chain}

const struct phash_kernel phash_sha512_portable = {
    .name = "portable",
    .word_bytes = 8,
    .is_supported = is_supported,
#if !defined(__x86_64__) && !defined(__aarch64__)
    // Where OpenSSL has no assembly of its own.
    .is_preferred = true,
#endif
    .lanes = LANES,
    .widths = {[1] = ONE, [2] = FOUR, [3] = FOUR, [4] = FOUR},
};
