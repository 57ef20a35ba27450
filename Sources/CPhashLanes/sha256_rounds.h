// SHA-256 over any kind of word: FIPS 180-4 section 6.2.
#define ROUNDS 64
#define BLOCK_BYTES 64
#define CHAIN_TYPE struct phash_chain32
#define CHAIN_MEMBER chain32

// FIPS 180-4 section 4.1.2.
PHASH_INLINE TARGET word big_sigma0(word x) { return XOR3(ROTATE(x, 2), ROTATE(x, 13), ROTATE(x, 22)); }
PHASH_INLINE TARGET word big_sigma1(word x) { return XOR3(ROTATE(x, 6), ROTATE(x, 11), ROTATE(x, 25)); }
PHASH_INLINE TARGET word small_sigma0(word x) { return XOR3(ROTATE(x, 7), ROTATE(x, 18), SHIFT(x, 3)); }
PHASH_INLINE TARGET word small_sigma1(word x) { return XOR3(ROTATE(x, 17), ROTATE(x, 19), SHIFT(x, 10)); }

#include "sha2_rounds.h"
