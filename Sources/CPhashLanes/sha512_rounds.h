// SHA-512 over any kind of word: FIPS 180-4 section 6.4.
#define ROUNDS 80
#define BLOCK_BYTES 128
#define CHAIN_TYPE struct phash_chain64
#define CHAIN_MEMBER chain64

// FIPS 180-4 section 4.1.3, unless the file has a faster way to say it.
#ifndef HAS_OWN_SIGMAS
PHASH_INLINE TARGET word big_sigma0(word x) { return XOR3(ROTATE(x, 28), ROTATE(x, 34), ROTATE(x, 39)); }
PHASH_INLINE TARGET word big_sigma1(word x) { return XOR3(ROTATE(x, 14), ROTATE(x, 18), ROTATE(x, 41)); }
PHASH_INLINE TARGET word small_sigma0(word x) { return XOR3(ROTATE(x, 1), ROTATE(x, 8), SHIFT(x, 7)); }
PHASH_INLINE TARGET word small_sigma1(word x) { return XOR3(ROTATE(x, 19), ROTATE(x, 61), SHIFT(x, 6)); }
#endif

#include "sha2_rounds.h"
