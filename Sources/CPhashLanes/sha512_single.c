// SHA-512 of one record alone, with plain words.
#include "kernel.h"

#include "operator_words.h"
#include "single_words.h"

#define TARGET

typedef uint64_t word;

#define BROADCAST(x) (x)
#define ROUND_CONSTANT(t) phash_k512[t]
#define SECOND_CONSTANT(t) chain->second[t]

#define ROTATE(x, n) __builtin_rotateright64(x, n)

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

void phash_sha512_single_keyed_chain(void *state, const struct phash_hasher *hasher, uint64_t rounds) {
    keyed_chain(state, hasher, rounds);
}
