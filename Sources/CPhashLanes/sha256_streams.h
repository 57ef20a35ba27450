// SHA-256 with instructions that do several rounds of one record at once: one record, or up to four whose rounds are
// interleaved, since each such instruction waits for the one before and other records fill that time.
//
// A file for one instruction set says what a vector of four words is, how the instructions want a state, and what they
// do to one record, and includes this; see sha256_shani.c for what has to be defined. FIPS 180-4 section 6.2.

#define MAXIMUM_STREAMS 4
// `streams` is a constant in every function that calls these, so that all loops over streams are unrolled.
#define FOR_EACH_STREAM PHASH_UNROLLED for (int i = 0; i < streams; i++)

/// One block, whose words are in `w`, four to a vector.
PHASH_INLINE TARGET void hash_block(struct stream *stream, vector w[MAXIMUM_STREAMS][4], int streams) {
    struct stream before[MAXIMUM_STREAMS];
    FOR_EACH_STREAM before[i] = stream[i];
    PHASH_UNROLLED
    for (int t = 0; t < 64; t += 4) {
        const int now = t / 4 & 3, second = (now + 1) & 3, third = (now + 2) & 3, last = (now + 3) & 3;
        FOR_EACH_STREAM {
            if (t >= 16) w[i][now] = next_words(w[i][now], w[i][second], w[i][third], w[i][last]);
            stream[i] = four_rounds(stream[i], ADD(w[i][now], LOAD(phash_k256 + t)));
        }
    }
    FOR_EACH_STREAM stream[i] = add_streams(stream[i], before[i]);
}

/// The second block of a chain, which is the same for all records and needs no message schedule.
PHASH_INLINE TARGET void hash_second_block(struct stream *stream, const uint32_t second[64], int streams) {
    struct stream before[MAXIMUM_STREAMS];
    FOR_EACH_STREAM before[i] = stream[i];
    PHASH_UNROLLED
    for (int t = 0; t < 64; t += 4) {
        FOR_EACH_STREAM stream[i] = four_constant_rounds(stream[i], second + t);
    }
    FOR_EACH_STREAM stream[i] = add_streams(stream[i], before[i]);
}

PHASH_INLINE TARGET void compress(void *state, const uint8_t *const *blocks, size_t count, int streams) {
    struct stream stream[MAXIMUM_STREAMS];
    vector w[MAXIMUM_STREAMS][4];
    load_streams(stream, state, streams);
    for (size_t block = 0; block < count; block++) {
        FOR_EACH_STREAM {
            PHASH_UNROLLED
            for (int k = 0; k < 4; k++) w[i][k] = load_message(blocks[i] + 64 * block + 16 * k);
        }
        hash_block(stream, w, streams);
    }
    store_streams(state, stream, streams);
}

// `is_keyed` is a constant where this is called.
PHASH_INLINE TARGET void chain(
    void *state, const struct phash_hasher *hasher, uint64_t rounds, int streams, bool is_keyed) {
    const struct phash_chain32 *chain = &hasher->chain32;
    struct stream stream[MAXIMUM_STREAMS], initial, outer;
    vector w[MAXIMUM_STREAMS][4];
    load_streams(&initial, chain->initial, 1);
    if (is_keyed) load_streams(&outer, chain->outer, 1);
    load_streams(stream, state, streams);
    for (uint64_t round = 0; round < rounds; round++) {
        FOR_EACH_STREAM {
            hexadecimal(stream[i], w[i]);
            // The text of SHA-224 ends within the last four words of the block.
            if (chain->text_words < 16) w[i][3] = replace_last_two(w[i][3], LOAD(chain->tail + 12));
            stream[i] = initial;
        }
        hash_block(stream, w, streams);
        if (chain->has_second) hash_second_block(stream, chain->second, streams);
        if (!is_keyed) continue;
        FOR_EACH_STREAM {
            digest_words(stream[i], w[i]);
            // The digest of SHA-224 is a word shorter.
            if (chain->digest_mask[7] == 0) w[i][1] = replace_last(w[i][1], LOAD(chain->outer_tail + 4));
            w[i][2] = LOAD(chain->outer_tail + 8);
            w[i][3] = LOAD(chain->outer_tail + 12);
            stream[i] = outer;
        }
        hash_block(stream, w, streams);
    }
    store_streams(state, stream, streams);
}

#define DEFINE_WIDTH(streams) \
    TARGET static void compress_##streams(void *state, const uint8_t *const *blocks, size_t count) { \
        compress(state, blocks, count, streams); \
    } \
    TARGET static void chain_##streams(void *state, const struct phash_hasher *hasher, uint64_t rounds) { \
        chain(state, hasher, rounds, streams, false); \
    } \
    TARGET static void keyed_chain_##streams(void *state, const struct phash_hasher *hasher, uint64_t rounds) { \
        chain(state, hasher, rounds, streams, true); \
    }
DEFINE_WIDTH(1)
DEFINE_WIDTH(2)
DEFINE_WIDTH(3)
DEFINE_WIDTH(4)
