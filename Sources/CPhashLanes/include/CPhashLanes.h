// SHA-2 over several records at once: FIPS 180-4, and chains of rounds in which the hexadecimal text of one digest is
// the next message. Pure functions over memory: nothing here allocates, waits or keeps state.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The digests of FIPS 180-4 that there are kernels for.
enum phash_sha2 {
    PHASH_SHA512,
    PHASH_SHA384,
    PHASH_SHA512_256,
    PHASH_SHA512_224,
    PHASH_SHA256,
    PHASH_SHA224,
};

/// Code for one instruction set and one size of word; see `phash_kernel_find`.
struct phash_kernel;

/// A record, anywhere in memory.
struct phash_message {
    const uint8_t *bytes;
    size_t length;
};

/// Digests of one kind with everything about them worked out beforehand.
struct phash_hasher;

/// Bytes of a `phash_hasher`, and the alignment of its memory.
size_t phash_hasher_size(void);
enum { PHASH_HASHER_ALIGNMENT = 64 };

/// The kernel of that name for that digest, or NULL when there is none or this CPU cannot run it.
///
/// Names: `portable`, `avx2`, `avx512`, `shani` (SHA-256 and SHA-224 only), `neon`.
const struct phash_kernel *phash_kernel_find(enum phash_sha2 digest, const char *name);

/// The fastest kernel that this CPU can run, or NULL when one message after another by a good library is faster.
const struct phash_kernel *phash_kernel_best(enum phash_sha2 digest);

/// Whether this CPU has the instructions of the kernels of that name.
bool phash_kernel_is_supported(const char *name);

const char *phash_kernel_name(const struct phash_kernel *kernel);

/// Records that the kernel hashes side by side; at least 1.
size_t phash_kernel_lanes(const struct phash_kernel *kernel);

/// Whether the chain of one record alone is no slower than with OpenSSL.
bool phash_kernel_is_fast_alone(const struct phash_kernel *kernel);

/// Makes memory of that size and alignment a hasher for `rounds` rounds, at least 1, of a digest that the kernel is for.
void phash_hasher_prepare(
    struct phash_hasher *hasher, const struct phash_kernel *kernel, enum phash_sha2 digest, uint64_t rounds);

/// The same where every round is an HMAC with a key of any length: RFC 2104. What is prepared is worth as much as the key,
/// so overwrite it when it is done with; nothing else of the key is left anywhere.
void phash_hasher_prepare_keyed(
    struct phash_hasher *hasher, const struct phash_kernel *kernel, enum phash_sha2 digest, uint64_t rounds,
    const uint8_t *key, size_t key_length);

/// Writes the digests of `count` messages one after another into `digests`, which is `count` digests long.
void phash_hasher_run(
    const struct phash_hasher *hasher, const struct phash_message *messages, size_t count, uint8_t *digests);

/// The same for messages of which the first round has been done elsewhere: replaces its digests by those of the last.
void phash_hasher_continue(const struct phash_hasher *hasher, size_t count, uint8_t *digests);

/// Whether the kernel gives the right digests for a set of built-in messages, in every lane. Takes some 50 µs.
bool phash_kernel_passes_check(const struct phash_kernel *kernel, enum phash_sha2 digest);

/// The same for HMACs with built-in keys. Takes some 150 µs.
bool phash_kernel_passes_keyed_check(const struct phash_kernel *kernel, enum phash_sha2 digest);
