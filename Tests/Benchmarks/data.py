"""The lines that are hashed."""

import json
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


def log_lines(folder, count):
    """The path of a file with that many JSON lines of a web service's log, the same ones on every machine."""
    path = os.path.join(folder, f"log-{count}.ndjson")
    if not os.path.exists(path):
        generator = random.Random(SEED)
        with open(path + ".part", "w") as file:
            for _ in range(count):
                file.write(json.dumps(log_record(generator), separators=(",", ":")) + "\n")
        os.rename(path + ".part", path)
    return path


def log_record(generator):
    number = generator.randint
    return {
        "timestamp": f"2026-11-{number(1, 28):02}T{number(0, 23):02}:{number(0, 59):02}:{number(0, 59):02}Z",
        "level": generator.choice(["info", "warning", "error", "debug"]),
        "service": generator.choice(["auth", "billing", "search", "cart"]),
        "request_id": f"{generator.getrandbits(64):016x}",
        "user": {"id": number(1, 1_000_000), "email": f"user{number(1, 1_000_000)}@example.com"},
        "path": f"/api/v1/items/{number(1, 99_999)}",
        "status": generator.choice([200, 200, 200, 404]),
        "duration_ms": round(generator.random() * 100, 3),
    }


def read_lines(path):
    with open(path) as file:
        return file.read().split("\n")[:-1]


def output_bytes(count):
    """The size of phash's output for that many UUIDs."""
    digits = sum(len(str(line)) for line in range(1, count + 1))
    return digits + count * len('{"line":,"input":"","hash":""}\n' + "u" * 36 + "h" * 128)
