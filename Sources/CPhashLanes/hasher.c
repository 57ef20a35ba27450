// Digests of many messages: which message goes into which lane, padding, and the rounds after the first.
//
// Each lane works through the blocks of a message of its own: first those that lie whole in the message, then one or
// two with its rest and the padding. All lanes go on for as many blocks as the lane that is nearest to its end has
// left; then that lane takes the next message. So messages of any lengths fill all lanes until the last ones.
//
// The bytes of a word, and whether there is a key, are arguments of every function and constants where it begins, so that
// each is compiled for each: for a short line this code takes a quarter of the time.
#include "kernel.h"

#include "single_words.h"

enum { MAXIMUM_BLOCK_BYTES = 128, MAXIMUM_DIGEST_BYTES = 64 };

/// What a lane is at.
struct lane {
    /// Blocks before the next thing to do; 0 for a lane that has no message.
    size_t blocks_left;
    /// Whether the blocks are those of `padded`, the last of the message.
    bool is_at_end;
    /// Whether the block is the one of an HMAC's outer hash, which `padded` then holds.
    bool is_outer;
    size_t message;
    size_t padded_blocks;
    _Alignas(64) uint8_t padded[2 * MAXIMUM_BLOCK_BYTES];
};

/// One run over many messages.
struct run {
    const struct phash_hasher *hasher;
    const struct phash_message *messages;
    size_t count;
    /// The message that the next free lane takes.
    size_t next_message;
    uint8_t *digests;
    const struct phash_width *width;
    size_t active_lanes;
    const uint8_t *blocks[PHASH_MAXIMUM_LANES];
    struct lane lanes[PHASH_MAXIMUM_LANES];
    _Alignas(64) uint8_t state[8 * 8 * PHASH_MAXIMUM_LANES];
};

/// The place of a word in a transposed state.
PHASH_INLINE uint64_t *word64(void *state, size_t lanes, int word, size_t lane) {
    return (uint64_t *)state + (size_t)word * lanes + lane;
}

PHASH_INLINE uint32_t *word32(void *state, size_t lanes, int word, size_t lane) {
    return (uint32_t *)state + (size_t)word * lanes + lane;
}

PHASH_INLINE void set_state64(struct run *run, size_t lane, const uint64_t words[8]) {
    for (int i = 0; i < 8; i++) *word64(run->state, run->width->lanes, i, lane) = words[i];
}

PHASH_INLINE void set_state32(struct run *run, size_t lane, const uint32_t words[8]) {
    for (int i = 0; i < 8; i++) *word32(run->state, run->width->lanes, i, lane) = words[i];
}

/// Writes the bytes of a state, as many as a digest has.
PHASH_INLINE void store_digest(const struct run *run, size_t word_bytes, size_t lane, uint8_t *digest) {
    size_t digest_bytes = run->hasher->digest_bytes, lanes = run->width->lanes;
    void *state = (void *)run->state;
    if (word_bytes == 8) {
        size_t whole = digest_bytes / 8;
        for (size_t i = 0; i < whole; i++) phash_store64(digest + 8 * i, *word64(state, lanes, (int)i, lane));
        // Only SHA-512/224 ends within a word.
        if (digest_bytes % 8 != 0) {
            phash_store32(digest + 8 * whole, (uint32_t)(*word64(state, lanes, (int)whole, lane) >> 32));
        }
    } else {
        for (size_t i = 0; i < digest_bytes / 4; i++) {
            phash_store32(digest + 4 * i, *word32(state, lanes, (int)i, lane));
        }
    }
}

/// The opposite of `store_digest`; the words after the digest are zero.
PHASH_INLINE void load_digest(struct run *run, size_t word_bytes, size_t lane, const uint8_t *digest) {
    size_t lanes = run->width->lanes;
    uint8_t bytes[MAXIMUM_DIGEST_BYTES] = {0};
    memcpy(bytes, digest, run->hasher->digest_bytes);
    for (int i = 0; i < 8; i++) {
        if (word_bytes == 8) {
            *word64(run->state, lanes, i, lane) = phash_load64(bytes + 8 * i);
        } else {
            *word32(run->state, lanes, i, lane) = phash_load32(bytes + 4 * i);
        }
    }
}

/// Bytes that are hashed before the first of a message: the block of an HMAC's key, or none.
PHASH_INLINE size_t prefix_bytes(size_t word_bytes, bool is_keyed) { return is_keyed ? 16 * word_bytes : 0; }

/// Gives the next message to a lane; false when there is none.
PHASH_INLINE bool take_message(struct run *run, size_t word_bytes, bool is_keyed, size_t lane_index) {
    if (run->next_message == run->count) return false;
    struct lane *lane = &run->lanes[lane_index];
    lane->message = run->next_message++;
    const struct phash_message *message = &run->messages[lane->message];
    size_t block_bytes = 16 * word_bytes, length_bytes = 2 * word_bytes;
    size_t whole_blocks = message->length / block_bytes;
    size_t rest = message->length - whole_blocks * block_bytes;
    lane->padded_blocks = rest + 1 + length_bytes <= block_bytes ? 1 : 2;
    size_t padded_bytes = lane->padded_blocks * block_bytes;
    // FIPS 180-4 section 5.1: a one, zeros, and the length in bits, of which 64 bits are enough for any memory. The
    // padding is that of `block_bytes`, so its first half is never left as it was.
    // Block by block, whose size the compiler knows.
    memset(lane->padded, 0, 16 * word_bytes);
    if (lane->padded_blocks == 2) memset(lane->padded + 16 * word_bytes, 0, 16 * word_bytes);
    if (rest > 0) memcpy(lane->padded, message->bytes + whole_blocks * block_bytes, rest);
    lane->padded[rest] = 0x80;
    phash_store64(lane->padded + padded_bytes - 8, (message->length + prefix_bytes(word_bytes, is_keyed)) * 8);
    if (is_keyed) lane->is_outer = false;
    lane->is_at_end = whole_blocks == 0;
    lane->blocks_left = lane->is_at_end ? lane->padded_blocks : whole_blocks;
    run->blocks[lane_index] = lane->is_at_end ? lane->padded : message->bytes;
    if (word_bytes == 8) {
        set_state64(run, lane_index, run->hasher->chain64.initial);
    } else {
        set_state32(run, lane_index, run->hasher->chain32.initial);
    }
    return true;
}

/// Goes on from the inner hash of an HMAC to the outer one, whose message is the digest: one block after that of the key.
PHASH_INLINE void begin_outer(struct run *run, size_t word_bytes, size_t lane_index) {
    struct lane *lane = &run->lanes[lane_index];
    const struct phash_hasher *hasher = run->hasher;
    memset(lane->padded, 0, 16 * word_bytes);
    store_digest(run, word_bytes, lane_index, lane->padded);
    lane->padded[hasher->digest_bytes] = 0x80;
    phash_store64(lane->padded + 16 * word_bytes - 8, (prefix_bytes(word_bytes, true) + hasher->digest_bytes) * 8);
    lane->is_outer = true;
    lane->blocks_left = 1;
    run->blocks[lane_index] = lane->padded;
    if (word_bytes == 8) {
        set_state64(run, lane_index, hasher->chain64.outer);
    } else {
        set_state32(run, lane_index, hasher->chain32.outer);
    }
}

/// Goes on after `count` blocks: to the padding, to the outer hash, to the next message, or to rest.
PHASH_INLINE void advance(
    struct run *run, size_t word_bytes, bool is_keyed, size_t lane_index, size_t count) {
    struct lane *lane = &run->lanes[lane_index];
    lane->blocks_left -= count;
    if (lane->blocks_left > 0) {
        run->blocks[lane_index] += count * 16 * word_bytes;
    } else if (!lane->is_at_end) {
        lane->is_at_end = true;
        lane->blocks_left = lane->padded_blocks;
        run->blocks[lane_index] = lane->padded;
    } else if (is_keyed && !lane->is_outer) {
        begin_outer(run, word_bytes, lane_index);
    } else {
        store_digest(run, word_bytes, lane_index, run->digests + lane->message * run->hasher->digest_bytes);
        if (!take_message(run, word_bytes, is_keyed, lane_index)) run->active_lanes--;
    }
}

/// Moves the only lane that has work left into lane 0 of the code for one record.
PHASH_INLINE void continue_alone(struct run *run, size_t word_bytes, size_t lane_index) {
    size_t lanes = run->width->lanes;
    for (int i = 0; i < 8; i++) {
        if (word_bytes == 8) {
            *word64(run->state, 1, i, 0) = *word64(run->state, lanes, i, lane_index);
        } else {
            *word32(run->state, 1, i, 0) = *word32(run->state, lanes, i, lane_index);
        }
    }
    if (lane_index != 0) {
        run->lanes[0] = run->lanes[lane_index];
        run->blocks[0] =
            run->lanes[0].is_at_end
            ? run->lanes[0].padded + (run->blocks[lane_index] - run->lanes[lane_index].padded)
            : run->blocks[lane_index];
    }
    run->width = &run->hasher->kernel->widths[1];
}

/// Round 1 of all messages.
PHASH_INLINE void hash_messages(struct run *run, size_t word_bytes, bool is_keyed) {
    const struct phash_kernel *kernel = run->hasher->kernel;
    run->width = &kernel->widths[run->count < kernel->lanes ? run->count : kernel->lanes];
    for (size_t lane = 0; lane < run->width->lanes; lane++) {
        run->lanes[lane].blocks_left = 0;
        run->active_lanes += take_message(run, word_bytes, is_keyed, lane);
    }
    while (run->active_lanes > 0) {
        size_t count = SIZE_MAX, working = 0;
        for (size_t lane = 0; lane < run->width->lanes; lane++) {
            size_t left = run->lanes[lane].blocks_left;
            if (left > 0 && left < count) count = left, working = lane;
        }
        if (run->active_lanes == 1 && run->width->lanes > 1) {
            continue_alone(run, word_bytes, working);
            continue;
        }
        // A lane that rests hashes what another does, into a state that nobody reads.
        for (size_t lane = 0; lane < run->width->lanes; lane++) {
            if (run->lanes[lane].blocks_left == 0) run->blocks[lane] = run->blocks[working];
        }
        run->width->compress(run->state, run->blocks, count);
        for (size_t lane = 0; lane < run->width->lanes; lane++) {
            if (run->lanes[lane].blocks_left > 0) advance(run, word_bytes, is_keyed, lane, count);
        }
    }
}

/// Round 1 of all messages with a key; apart, so that the code without one stays as it would be alone.
__attribute__((noinline)) static void hash_messages_with_key(struct run *run) {
    if (run->hasher->kernel->word_bytes == 8) {
        hash_messages(run, 8, true);
    } else {
        hash_messages(run, 4, true);
    }
}

/// All rounds but the first, whose digests are in `digests` and are replaced.
PHASH_INLINE void hash_digests(struct run *run, size_t word_bytes) {
    const struct phash_hasher *hasher = run->hasher;
    const struct phash_kernel *kernel = hasher->kernel;
    size_t done = 0;
    while (done < run->count) {
        size_t left = run->count - done;
        run->width = &kernel->widths[left < kernel->lanes ? left : kernel->lanes];
        size_t group = left < run->width->lanes ? left : run->width->lanes;
        uint8_t *digests = run->digests + done * hasher->digest_bytes;
        for (size_t lane = 0; lane < run->width->lanes; lane++) {
            // The lanes that are left over do what the first one does.
            size_t source = lane < group ? lane : 0;
            load_digest(run, word_bytes, lane, digests + source * hasher->digest_bytes);
        }
        (hasher->is_keyed ? run->width->keyed_chain : run->width->chain)(run->state, hasher, hasher->rounds - 1);
        for (size_t lane = 0; lane < group; lane++) {
            store_digest(run, word_bytes, lane, digests + lane * hasher->digest_bytes);
        }
        done += group;
    }
}

/// The parts of a run that do not depend on the round.
static void begin(
    struct run *run, const struct phash_hasher *hasher, const struct phash_message *messages, size_t count,
    uint8_t *digests) {
    run->hasher = hasher;
    run->messages = messages;
    run->count = count;
    run->next_message = 0;
    run->digests = digests;
    run->active_lanes = 0;
}

void phash_hasher_run(
    const struct phash_hasher *hasher, const struct phash_message *messages, size_t count, uint8_t *digests) {
    if (count == 0) return;
    struct run run;
    begin(&run, hasher, messages, count, digests);
    if (hasher->is_keyed) {
        hash_messages_with_key(&run);
    } else if (hasher->kernel->word_bytes == 8) {
        hash_messages(&run, 8, false);
    } else {
        hash_messages(&run, 4, false);
    }
    phash_hasher_continue(hasher, count, digests);
}

void phash_hasher_continue(const struct phash_hasher *hasher, size_t count, uint8_t *digests) {
    if (count == 0 || hasher->rounds == 1) return;
    struct run run;
    begin(&run, hasher, NULL, count, digests);
    if (hasher->kernel->word_bytes == 8) {
        hash_digests(&run, 8);
    } else {
        hash_digests(&run, 4);
    }
}
