// SHA-512 of one record alone, with plain words.
#include "kernel.h"

#include "single_words.h"

#define TARGET

typedef uint64_t word;

#define ADD(x, y) ((x) + (y))
#define XOR(x, y) ((x) ^ (y))
#define CHOOSE(e, f, g) ((g) ^ ((e) & ((f) ^ (g))))
#define MAJORITY(a, b, c, a_xor_b, b_xor_c) ((b) ^ ((a_xor_b) & (b_xor_c)))
#define BROADCAST(x) (x)
#define LOAD_STATE(memory, i) (((const word *)(memory))[i])
#define STORE_STATE(memory, i, x) (((word *)(memory))[i] = (x))
#define ROUND_CONSTANT(t) phash_k512[t]
#define SECOND_CONSTANT(t) chain->second[t]

#define ROTATE(x, n) __builtin_rotateright64(x, n)
PHASH_INLINE word big_sigma0(word x) { return ROTATE(x, 28) ^ ROTATE(x, 34) ^ ROTATE(x, 39); }
PHASH_INLINE word big_sigma1(word x) { return ROTATE(x, 14) ^ ROTATE(x, 18) ^ ROTATE(x, 41); }
PHASH_INLINE word small_sigma0(word x) { return ROTATE(x, 1) ^ ROTATE(x, 8) ^ x >> 7; }
PHASH_INLINE word small_sigma1(word x) { return ROTATE(x, 19) ^ ROTATE(x, 61) ^ x >> 6; }

PHASH_INLINE void load_block(word w[16], const uint8_t *const *blocks, size_t offset) {
    for (int i = 0; i < 16; i++) w[i] = phash_load64(blocks[0] + offset + 8 * i);
}

PHASH_INLINE void hexadecimal(word state, word *high, word *low) {
    *high = phash_hexadecimal64((uint32_t)(state >> 32));
    *low = phash_hexadecimal64((uint32_t)state);
}

#include "sha512_rounds.h"

void phash_sha512_single_compress(void *state, const uint8_t *const *blocks, size_t count) {
    compress(state, blocks, count);
}

void phash_sha512_single_chain(void *state, const struct phash_hasher *hasher, uint64_t rounds) {
    chain(state, hasher, rounds);
}
