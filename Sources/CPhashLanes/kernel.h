// What the files of CPhashLanes share.
#pragma once
#include "CPhashLanes.h"

/// Lanes of the widest kernel.
#define PHASH_MAXIMUM_LANES 16

/// Code that works on a fixed number of lanes. States are transposed: word 0 of every lane, word 1 of every lane, …;
/// they are aligned to 64 bytes.
struct phash_width {
    size_t lanes;
    /// Hashes `count` blocks, at least 1, that begin at `blocks[lane]` into the state of each lane.
    void (*compress)(void *state, const uint8_t *const *blocks, size_t count);
    /// Replaces each state by the one that `rounds` further rounds end with. Only as many words of a state count as
    /// make a digest.
    void (*chain)(void *state, const struct phash_hasher *hasher, uint64_t rounds);
    /// The same where every round is an HMAC.
    void (*keyed_chain)(void *state, const struct phash_hasher *hasher, uint64_t rounds);
};

/// Digests of one kind with everything about them worked out beforehand.
struct phash_hasher {
    const struct phash_kernel *kernel;
    /// How often each record is hashed; at least 1.
    uint64_t rounds;
    /// Bytes of a digest.
    size_t digest_bytes;
    /// Whether every round is an HMAC with a key, of which `initial` and `outer` are made.
    bool is_keyed;
    union {
        struct phash_chain64 {
            /// The state that a message begins with: that of FIPS 180-4, or with a key the state after the block of the
            /// key exclusive-or ipad.
            uint64_t initial[8];
            /// Words of the message that are hexadecimal text; the rest of its first block is `tail`.
            unsigned text_words;
            /// Whether the message needs a second block, which is then the same for all messages.
            bool has_second;
            uint64_t tail[16];
            /// Round constants plus message schedule of the second block, once and four times over.
            uint64_t second[80];
            _Alignas(64) uint64_t second_x4[80][4];
            /// With a key, the second half of an HMAC: the state after the block of the key exclusive-or opad, and the one
            /// block that follows. It holds the inner digest where the bits of `digest_mask` are, and `outer_tail` elsewhere.
            uint64_t outer[8];
            uint64_t digest_mask[8];
            uint64_t outer_tail[16];
        } chain64;
        struct phash_chain32 {
            uint32_t initial[8];
            unsigned text_words;
            bool has_second;
            uint32_t tail[16];
            _Alignas(64) uint32_t second[64];
            _Alignas(64) uint32_t second_x8[64][8];
            uint32_t outer[8];
            uint32_t digest_mask[8];
            uint32_t outer_tail[16];
        } chain32;
    };
};

struct phash_kernel {
    const char *name;
    /// Bytes of a word: 8 for SHA-512 and its like, 4 for SHA-256 and SHA-224.
    size_t word_bytes;
    bool (*is_supported)(void);
    /// Whether it is faster than OpenSSL.
    bool is_preferred;
    /// Whether a chain of one record alone is no slower than with OpenSSL.
    bool is_fast_alone;
    /// Records side by side at most; no more than PHASH_MAXIMUM_LANES.
    size_t lanes;
    /// The width that takes least time for a last group of so many records: `widths[count]` for 1...`lanes`. It may
    /// have fewer lanes than records, which then make more groups.
    struct phash_width widths[PHASH_MAXIMUM_LANES + 1];
};

extern const struct phash_kernel phash_sha512_portable, phash_sha256_portable;
#if defined(__x86_64__)
extern const struct phash_kernel phash_sha512_avx2, phash_sha512_avx512;
extern const struct phash_kernel phash_sha256_avx2, phash_sha256_avx512, phash_sha256_shani;
#elif defined(__aarch64__)
extern const struct phash_kernel phash_sha512_neon, phash_sha256_neon;
#endif

// Code for one record alone: for any CPU, and with BMI2 and AVX2.
void phash_sha512_single_compress(void *state, const uint8_t *const *blocks, size_t count);
void phash_sha512_single_chain(void *state, const struct phash_hasher *hasher, uint64_t rounds);
void phash_sha512_single_keyed_chain(void *state, const struct phash_hasher *hasher, uint64_t rounds);
void phash_sha256_single_compress(void *state, const uint8_t *const *blocks, size_t count);
void phash_sha256_single_chain(void *state, const struct phash_hasher *hasher, uint64_t rounds);
void phash_sha256_single_keyed_chain(void *state, const struct phash_hasher *hasher, uint64_t rounds);
#if defined(__x86_64__)
void phash_sha512_single_avx2_compress(void *state, const uint8_t *const *blocks, size_t count);
void phash_sha512_single_avx2_chain(void *state, const struct phash_hasher *hasher, uint64_t rounds);
void phash_sha512_single_avx2_keyed_chain(void *state, const struct phash_hasher *hasher, uint64_t rounds);
#endif

/// Round constants, FIPS 180-4 section 4.2.
extern const uint64_t phash_k512[80];
extern const uint32_t phash_k256[64];
/// The same, each as often as there are lanes in 256 bits: an operand from memory costs nothing, a broadcast does.
extern const uint64_t phash_k512_x4[80][4];
extern const uint32_t phash_k256_x8[64][8];

#define PHASH_INLINE static inline __attribute__((always_inline))
/// Keeps clang from unrolling a loop whose body is large already.
#define PHASH_ROLLED _Pragma("clang loop unroll(disable)")
#define PHASH_UNROLLED _Pragma("clang loop unroll(full)")
