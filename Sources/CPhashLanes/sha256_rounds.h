// SHA-256 over any kind of word: FIPS 180-4 section 6.2.
#define ROUNDS 64
#define BLOCK_BYTES 64
#define CHAIN_TYPE struct phash_chain32
#define CHAIN_MEMBER chain32
#include "sha2_rounds.h"
