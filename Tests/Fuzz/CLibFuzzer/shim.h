// The one function of libFuzzer that Swift calls. It has no header of its own, and a main function of its own does not go
// with SwiftPM, which names those of its programs.
#pragma once
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerRunDriver(
    int *_Nonnull argc, char *_Nullable *_Nonnull *_Nonnull argv,
    int (*_Nonnull callback)(const uint8_t *_Nullable data, size_t size));
