// SHA-256 of one record alone, with plain words.
#include "kernel.h"

#include "single_words.h"

#define TARGET

typedef uint32_t word;

#define ADD(x, y) ((x) + (y))
#define XOR(x, y) ((x) ^ (y))
#define CHOOSE(e, f, g) ((g) ^ ((e) & ((f) ^ (g))))
#define MAJORITY(a, b, c, a_xor_b, b_xor_c) ((b) ^ ((a_xor_b) & (b_xor_c)))
#define BROADCAST(x) (x)
#define LOAD_STATE(memory, i) (((const word *)(memory))[i])
#define STORE_STATE(memory, i, x) (((word *)(memory))[i] = (x))
#define ROUND_CONSTANT(t) phash_k256[t]
#define SECOND_CONSTANT(t) chain->second[t]

#define ROTATE(x, n) __builtin_rotateright32(x, n)
PHASH_INLINE word big_sigma0(word x) { return ROTATE(x, 2) ^ ROTATE(x, 13) ^ ROTATE(x, 22); }
PHASH_INLINE word big_sigma1(word x) { return ROTATE(x, 6) ^ ROTATE(x, 11) ^ ROTATE(x, 25); }
PHASH_INLINE word small_sigma0(word x) { return ROTATE(x, 7) ^ ROTATE(x, 18) ^ x >> 3; }
PHASH_INLINE word small_sigma1(word x) { return ROTATE(x, 17) ^ ROTATE(x, 19) ^ x >> 10; }

PHASH_INLINE void load_block(word w[16], const uint8_t *const *blocks, size_t offset) {
    for (int i = 0; i < 16; i++) w[i] = phash_load32(blocks[0] + offset + 4 * i);
}

PHASH_INLINE void hexadecimal(word state, word *high, word *low) {
    uint64_t digits = phash_hexadecimal64(state);
    *high = (word)(digits >> 32);
    *low = (word)digits;
}

#include "sha256_rounds.h"

void phash_sha256_single_compress(void *state, const uint8_t *const *blocks, size_t count) {
    compress(state, blocks, count);
}

void phash_sha256_single_chain(void *state, const struct phash_hasher *hasher, uint64_t rounds) {
    chain(state, hasher, rounds);
}
