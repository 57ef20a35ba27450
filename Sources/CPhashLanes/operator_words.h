// What the rounds need of a word that the operators of C work on: an integer, or a vector of GCC and clang.
#pragma once

#define ADD(x, y) ((x) + (y))
#define XOR(x, y) ((x) ^ (y))
#define XOR3(x, y, z) ((x) ^ (y) ^ (z))
#define SHIFT(x, n) ((x) >> (n))
#define CHOOSE(e, f, g) ((g) ^ ((e) & ((f) ^ (g))))
#define MAJORITY(a, b, c, a_xor_b, b_xor_c) ((b) ^ ((a_xor_b) & (b_xor_c)))
#define LOAD_STATE(memory, i) (((const word *)(memory))[i])
#define STORE_STATE(memory, i, x) (((word *)(memory))[i] = (x))
