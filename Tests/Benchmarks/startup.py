"""How long it takes to start: one line from start to exit, and until many children are ready."""

import contextlib
import os
import signal
import time

import processes
import report
import verify
from statistics_of_runs import median, percentile, ratio, take_turns

CHILDREN = 16
# Never finished, so that every child still has its first batch when the last one gets its.
ENDLESS_ROUNDS = 100_000_000
POLL_SECONDS = 0.0005
PATIENCE_SECONDS = 5


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


class Readiness:
    """Sees from outside when the children of a running phash are ready.

    A child notes the ticket of the batch that it begins in the first word of its results, a shared memory that its
    parent holds open: it is ready at the latest then. It is stopped there: on few CPUs its hashing would delay the
    start of the others, which is not what is measured.
    """

    def __init__(self, pid):
        self.pid = pid
        self.looked_at = set()
        self.memories = {}
        self.begun = set()

    def look(self):
        for name in os.listdir(f"/proc/{self.pid}/fd"):
            if name not in self.looked_at:
                path = f"/proc/{self.pid}/fd/{name}"
                with contextlib.suppress(OSError):
                    target = os.readlink(path)
                    # What comes before may still be moved to another number.
                    if int(name) > 5 and "memfd:" in target:
                        self.looked_at.add(name)
                    if int(name) > 5 and "phash-results" in target:
                        self.memories[int(name)] = os.open(path, os.O_RDONLY)
        children = processes.children(self.pid)
        # Descriptors are given out in the order in which the children are started.
        for index, number in enumerate(sorted(self.memories)):
            if number not in self.begun and any(os.pread(self.memories[number], 8, 0)) and index < len(children):
                self.begun.add(number)
                os.kill(children[index], signal.SIGSTOP)
        return len(self.begun)

    def close(self):
        for memory in self.memories.values():
            os.close(memory)


def ready(path, lines):
    """Seconds from the start of phash until all its children are ready; None when that cannot be seen."""
    command = [path, "-j", str(CHILDREN), "-r", str(ENDLESS_ROUNDS)]
    with processes.limited(path):
        began = time.perf_counter()
        pid = processes.start(command, lines, "/dev/null")
        readiness = Readiness(pid)
        try:
            while time.perf_counter() - began < PATIENCE_SECONDS:
                if readiness.look() == CHILDREN:
                    return time.perf_counter() - began
                time.sleep(POLL_SECONDS)
            return None
        finally:
            readiness.close()
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
    lines = bench.lines()
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
            section.not_measured(figure, "≤ 25 ms", "cannot be seen from outside any more")
    section.table(header, rows)


def measure(bench):
    section = report.Section(
        "Start-up",
        "From the call that starts the process to the return of the one that waits for its end. Children are ready when"
        f" the last of {CHILDREN} has begun its first batch, from the start of the parent, as a process beside them"
        f" sees it, which looks every {report.milliseconds(POLL_SECONDS)} and stops each child that has begun.")
    measure_echo(bench, section)
    measure_ready(bench, section)
    return section
