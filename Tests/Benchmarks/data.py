"""The lines that are hashed."""

import os
import random
import uuid

SEED = 20_000


def uuid_lines(folder, count):
    """The path of a file with that many UUIDs, one a line, the same ones on every machine."""
    path = os.path.join(folder, f"uuids-{count}.txt")
    if not os.path.exists(path):
        generator = random.Random(SEED)
        # Renamed when complete, so that an interrupted run leaves no half a file behind.
        with open(path + ".part", "w") as file:
            for _ in range(count):
                file.write(f"{uuid.UUID(int=generator.getrandbits(128), version=4)}\n")
        os.rename(path + ".part", path)
    return path


def read_lines(path):
    with open(path) as file:
        return file.read().split("\n")[:-1]


def output_bytes(count):
    """The size of phash's output for that many UUIDs."""
    digits = sum(len(str(line)) for line in range(1, count + 1))
    return digits + count * len('{"line":,"input":"","hash":""}\n' + "u" * 36 + "h" * 128)
