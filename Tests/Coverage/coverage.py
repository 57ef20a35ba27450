"""Says how much of each room the tests run, and names the lines that they do not. `make coverage` calls it.

It ends with status 1 when a room is below its minimum, or when nothing at all was measured of a room.
"""

import argparse
import collections
import glob
import json
import os
import subprocess
import sys

# What decides, and what both sides of the doorbell must understand in the same way.
STRICT_ROOMS = {"PhashCore", "PhashWire"}
STRICT_PERCENT = 95
PERCENT = 85

# Rooms without a line of the program that is counted.
NOT_MEASURED = {
    "COpenSSL": "a module map",
    "CRabbitMQ": "inlined into Swift",
    "PhashTestKit": "for tests only",
    "phash-sim": "for tests only",
}

# Kernels of instruction sets that few machines have: where these are missing, nothing can run a line of them. And what
# Swift compiles into its callers, where nothing counts it; and what only test builds have.
EXCLUDED_FILES = {
    "CPhashBytes/neon.c": "NEON",
    "CPhashLanes/sha256_avx512.c": "AVX-512",
    "CPhashLanes/sha256_neon.c": "NEON",
    "CPhashLanes/sha512_avx512.c": "AVX-512",
    "CPhashLanes/sha512_neon.c": "NEON",
    "CPhashPosix/fault_layer.h": "for tests only",
    "CPhashPosix/faults.c": "for tests only",
    "CPhashPosix/faulty_calls.c": "for tests only",
    "CPhashPosix/faulty_calls.h": "for tests only",
    "CPhashPosix/include/CPhashFaults.h": "for tests only",
    "CPhashPosix/include/CPhashPosix.h": "inlined into Swift",
    "PhashCore/Scheduler+Fingerprint.swift": "for tests only",
    "PhashEngine/TestHook.swift": "for tests only",
    "PhashPosix/Faults.swift": "for tests only",
    "PhashPosix/ChildCalls.swift": "for tests only",
}


def minimum(room):
    return STRICT_PERCENT if room in STRICT_ROOMS else PERCENT


def tools_folder(swift):
    """Where the LLVM tools lie that belong to the compiler: only they read what it writes."""
    told = subprocess.run([swift, "-print-target-info"], check=True, capture_output=True, text=True).stdout
    resources = json.loads(told)["paths"]["runtimeResourcePath"]
    return os.path.join(os.path.dirname(os.path.dirname(resources)), "bin")


def export(tools, profiles, objects):
    """Merges the profiles and returns what llvm-cov makes of them, in the format of lcov."""
    merged = os.path.join(profiles, "merged.profdata")
    parts = glob.glob(os.path.join(profiles, "*.profraw"))
    if not parts:
        sys.exit(f"coverage: {profiles}: no test has left a profile")
    subprocess.run([os.path.join(tools, "llvm-profdata"), "merge", "-o", merged, *parts], check=True)
    command = [os.path.join(tools, "llvm-cov"), "export", "--format=lcov", "--instr-profile", merged, objects[0]]
    command += [f"--object={path}" for path in objects[1:]]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def line_counts(lcov, sources):
    """How often each line of each file below `sources` was run, by the file's path there."""
    counts = collections.defaultdict(dict)
    path = None
    for line in lcov.splitlines():
        key, _, value = line.partition(":")
        if key == "SF":
            path = os.path.relpath(value, sources)
        elif key == "DA" and not path.startswith(".."):
            number, count = value.split(",")[:2]
            counts[path][int(number)] = int(count)
    return counts


def runs_of_uncovered(lines):
    """The runs of lines that were never run, each as its first and last line."""
    runs = []
    measured = sorted(lines)
    for previous, number in zip([None] + measured, measured):
        if lines[number] > 0:
            continue
        if runs and runs[-1][1] == previous:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return runs


def name_uncovered(counts, sources):
    """Prints each run of uncovered lines with the text of its first."""
    for path in sorted(counts):
        runs = runs_of_uncovered(counts[path])
        if not runs:
            continue
        with open(os.path.join(sources, path)) as file:
            text = file.read().split("\n")
        print(f"\n{path}")
        for first, last in runs:
            place = str(first) if first == last else f"{first}-{last}"
            print(f"  {place:>9}  {text[first - 1].strip()}")


def table(counts, rooms):
    """Prints a line for each room and returns the rooms that are below their minimum."""
    below = []
    print(f"{'room':<14}{'lines':>7}{'run':>7}{'percent':>9}{'minimum':>9}")
    for room in rooms:
        lines = [count for path in counts if path.split("/")[0] == room for count in counts[path].values()]
        run = sum(count > 0 for count in lines)
        percent = 100 * run / len(lines) if lines else 0
        is_enough = percent >= minimum(room)
        mark = "" if is_enough else "  too low"
        print(f"{room:<14}{len(lines):>7}{run:>7}{percent:>9.1f}{minimum(room):>9}{mark}")
        if not is_enough:
            below.append(room)
    return below


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--swift", default="swift", help="the compiler's driver")
    parser.add_argument("--sources", required=True, help="the folder that holds the rooms")
    parser.add_argument("--profiles", required=True, help="the folder of the profiles that the tests have left")
    parser.add_argument("objects", nargs="+", help="the programs that were run")
    arguments = parser.parse_args()

    sources = os.path.realpath(arguments.sources)
    counts = line_counts(export(tools_folder(arguments.swift), arguments.profiles, arguments.objects), sources)
    for path in EXCLUDED_FILES:
        if not os.path.exists(os.path.join(sources, path)):
            sys.exit(f"coverage: {path}: is excluded, but not there")
        counts.pop(path, None)
    rooms = sorted(room for room in os.listdir(sources) if room not in NOT_MEASURED)
    counts = {path: lines for path, lines in counts.items() if path.split("/")[0] in rooms}

    print("Lines that no test runs, each run of them by its first:")
    name_uncovered(counts, sources)
    print("\nNot counted: " + ", ".join(f"{path} ({why})" for path, why in sorted(EXCLUDED_FILES.items())))
    print()
    below = table(counts, rooms)
    if below:
        sys.exit(f"coverage: {', '.join(below)}: below the minimum")


if __name__ == "__main__":
    main()
