// Eight bytes at a time in one word: for processors without vectors that we know, and for the last bytes of the others.

#include "implementations.h"

static const uint64_t ones = UINT64_C(0x0101010101010101);
static const uint64_t tops = UINT64_C(0x8080808080808080);

static size_t find(const void *bytes, size_t count, uint8_t wanted, uint32_t *places) {
    const uint8_t *input = bytes;
    uint32_t *end = places;
    size_t index = 0;
    for (; index + 8 <= count; index += 8) {
        uint64_t difference = phash_bytes_load(input + index) ^ ones * wanted;
        // The top bit of each byte that is zero, exactly: no borrow runs from one byte to the next.
        uint64_t matches = ~(((difference & ~tops) + ~tops) | difference) & tops;
        for (; matches != 0; matches &= matches - 1) {
            *end++ = (uint32_t)index + (uint32_t)__builtin_ctzll(matches) / 8;
        }
    }
    for (; index < count; index++) {
        if (input[index] == wanted) *end++ = (uint32_t)index;
    }
    return (size_t)(end - places);
}

/// The top bit of each byte that is not plain; exact for the lowest such byte, and 0 when there is none.
///
/// A subtraction may borrow from the byte above and mark it wrongly, but only above one that is marked rightly.
static inline uint64_t special(uint64_t word) {
    uint64_t quotes = word ^ ones * '"';
    uint64_t backslashes = word ^ ones * '\\';
    uint64_t controls = (word - ones * 0x20) & ~word;
    return (((quotes - ones) & ~quotes) | ((backslashes - ones) & ~backslashes) | controls | word) & tops;
}

static size_t copy_plain(void *target, const void *text, size_t count) {
    const uint8_t *input = text;
    uint8_t *output = target;
    size_t index = 0;
    if (count >= 8) {
        do {
            // The last word ends with the text and so begins among bytes that are known to be plain.
            if (index + 8 > count) index = count - 8;
            uint64_t marks = special(phash_bytes_load(input + index));
            memcpy(output + index, input + index, 8);
            if (marks != 0) return index + (size_t)__builtin_ctzll(marks) / 8;
            index += 8;
        } while (index < count);
        return count;
    }
    for (; index < count; index++) {
        uint8_t byte = input[index];
        if (byte < 0x20 || byte >= 0x80 || byte == '"' || byte == '\\') return index;
        output[index] = byte;
    }
    return count;
}

/// The eight digits of four bytes, the first byte and its first digit lowest.
static inline uint64_t digits(uint32_t bytes) {
    // One byte in every 16 bits, then one nibble in every 8, the high one first.
    uint64_t spread = bytes;
    spread = (spread | spread << 16) & UINT64_C(0x0000FFFF0000FFFF);
    spread = (spread | spread << 8) & UINT64_C(0x00FF00FF00FF00FF);
    uint64_t nibbles = (spread >> 4 | spread << 8) & UINT64_C(0x0F0F0F0F0F0F0F0F);
    // 1 where the nibble is 10 or more: "a" comes 39 places after what follows "9".
    uint64_t letters = (nibbles + ones * 6) >> 4 & ones;
    return nibbles + ones * '0' + letters * 39;
}

static void hexadecimal(void *text, const void *bytes, size_t count) {
    const uint8_t *input = bytes;
    uint8_t *output = text;
    size_t index = 0;
    for (; index < count; index += 4) {
        size_t group = count - index < 4 ? count - index : 4;
        uint32_t word = 0;
        for (size_t place = 0; place < group; place++) word |= (uint32_t)input[index + place] << 8 * place;
        uint64_t written = digits(word);
        for (size_t place = 0; place < 2 * group; place++) output[2 * index + place] = (uint8_t)(written >> 8 * place);
    }
}

const struct phash_bytes phash_bytes_portable = {"portable", find, copy_plain, hexadecimal};
