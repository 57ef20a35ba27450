// SHA-512 over any kind of word: FIPS 180-4 section 6.4.
#define ROUNDS 80
#define BLOCK_BYTES 128
#define CHAIN_TYPE struct phash_chain64
#define CHAIN_MEMBER chain64
#include "sha2_rounds.h"
