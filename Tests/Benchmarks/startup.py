"""How long it takes to start: one line from start to exit, and until many children are ready."""

import os
import time

import processes
import report
import verify
from statistics_of_runs import median, percentile, ratio, take_turns

CHILDREN = 16
# So dear that a record is worth a child of its own.
ENDLESS_ROUNDS = 1_000_000_000
# Enough to fill the lanes of every child.
READY_LINES = 16 * CHILDREN


def echo(command):
    """`echo x | command`, from its start to its end; returns what it wrote and the seconds."""
    their_input, our_output = os.pipe()
    our_input, their_output = os.pipe()
    os.write(our_output, b"x\n")
    os.close(our_output)
    with processes.limited(command[0]):
        began = time.perf_counter()
        pid = processes.start(command, their_input, their_output)
        os.close(their_input)
        os.close(their_output)
        processes.finish(pid)
        seconds = time.perf_counter() - began
    answer = os.read(our_input, 4096)
    os.close(our_input)
    return answer, seconds


def ready(path, lines):
    """Seconds from the start of phash until all its children are ready; None when it does not say so.

    Every record is too long, so that no child hashes and takes the CPU from those that still start; and each is taken
    for a dear one, so that every child is given some. `-v` tells when a child is ready.
    """
    command = [path, "-v", "-j", str(CHILDREN), "-r", str(ENDLESS_ROUNDS), "--max-line", "1"]
    our_messages, their_messages = os.pipe()
    with processes.limited(path):
        began = time.perf_counter()
        pid = processes.start(command, lines, "/dev/null", their_messages)
        os.close(their_messages)
        text = b""
        try:
            while text.count(b": ready, ") < CHILDREN:
                more = os.read(our_messages, 65536)
                if not more:
                    return None
                text += more
            return time.perf_counter() - began
        finally:
            os.close(our_messages)
            processes.kill(pid)


def measure_echo(bench, section):
    commands = {name: [path, "-r", "1"] for name, path in bench.programs.items()}
    commands["the smallest C program"] = [bench.peers.hello]
    for name in bench.programs:
        verify.records(name, echo(commands[name])[0], ["x"])
    contenders = {name: lambda command=command: echo(command)[1] for name, command in commands.items()}
    runs = take_turns(contenders, bench.sizes.starts)
    section.table(["`echo x \\| phash -r 1`", "median", "least", "95th percentile"], [
        [name, *map(report.milliseconds, (median(each), min(each), percentile(each, 0.95)))]
        for name, each in runs.items()
    ])
    section.at_most("`echo x \\| phash -r 1`, start to exit", median(runs["phash"]), 8e-3, report.milliseconds)
    if bench.old:
        section.at_most("start to exit, new to old", ratio(runs["phash"], runs["older phash"]), 1.03, report.fraction)


def measure_ready(bench, section):
    lines = bench.scratch("too-long.txt")
    with open(lines, "w") as file:
        file.write("too long\n" * READY_LINES)
    contenders = {name: lambda path=path: ready(path, lines) for name, path in bench.programs.items()}
    runs = take_turns(contenders, bench.sizes.ready_runs, lambda text: bench.tell(f"children ready: {text}"))
    header = [f"{CHILDREN} children ready", "median", "least"]
    rows = []
    for name, each in runs.items():
        seen = [seconds for seconds in each if seconds is not None]
        shown = map(report.milliseconds, (median(seen), min(seen))) if seen else ["cannot be seen", "–"]
        rows.append([name, *shown])
        if name != "phash":
            continue
        figure = f"{CHILDREN} children ready"
        if seen:
            section.at_most(figure, median(seen), 25e-3, report.milliseconds)
        else:
            section.not_measured(figure, "≤ 25 ms", "the program does not say it under -v")
    section.table(header, rows)


def measure(bench):
    section = report.Section(
        "Start-up",
        "From the call that starts the process to the return of the one that waits for its end. Children are ready when"
        f" the last of {CHILDREN} has told its parent, counted from the start of the parent, as `-v` says it to a"
        " process beside them. They hash nothing meanwhile.")
    measure_echo(bench, section)
    measure_ready(bench, section)
    return section
