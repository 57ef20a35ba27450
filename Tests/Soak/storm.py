"""Kills a random child of phash again and again while it is busy, and compares every record with an oracle.

`make storm` calls it.
"""

import random
import sys
import time
from dataclasses import dataclass

import benchmarks  # noqa: F401
import machine
import report
import self_check
import session
from chaos import KILLED, Chaos
from oracle import Oracle
from stream import Lines
from subject import PATIENCE_SECONDS, Stuck, Subject

PAUSE_SECONDS = 0.03
# At 1000 rounds a record takes a core some 0.2 ms in a group of lanes, and less than 1 ms alone.
ROUNDS = 1000
# No record may be blamed for the deaths of children that were killed at random, however often that is.
RETRIES = 1000
LINES_AT_ONCE = 500
# Enough to keep everybody busy, and little enough to be done with soon at the end.
LINES_AHEAD = 5000


@dataclass
class Result:
    """What one storm did, and what became of it."""

    command: list
    subject: Subject
    quiet_rate: float = 0.0
    stormy_rate: float = 0.0
    kills: int = 0
    restarts: int = 0


def feed(subject, lines, seconds, is_enough=lambda: True):
    """Keeps a program busy for a time at least; returns how many records a second came back."""
    began, before = time.monotonic(), subject.records
    patience = 20 * seconds + PATIENCE_SECONDS
    while ((elapsed := time.monotonic() - began) < seconds or not is_enough()) and not subject.faults:
        subject.send(lines.short(LINES_AT_ONCE))
        subject.wait_for_all(but=LINES_AHEAD)
        if elapsed > patience:
            raise Stuck(f"too little has happened in {elapsed:.0f} s")
    return (subject.records - before) / elapsed


def storm(given, name, options, jobs):
    """One run from start to end: a tenth of the time undisturbed, then the kills."""
    generator = random.Random(f"{given.seed} {name}")
    lines, oracle = Lines(generator, count=300), Oracle(ROUNDS)
    oracle.remember(lines.pool)
    command = [given.phash, "-r", str(ROUNDS), "-j", str(jobs), "--retries", str(RETRIES), *options]
    subject = Subject(name, command, oracle, "-u" not in options, jobs)
    result = Result(command, subject)
    chaos = Chaos(subject.pid, generator, {KILLED: 1}, lambda _: PAUSE_SECONDS)
    try:
        result.quiet_rate = feed(subject, lines, given.seconds / 10)
        chaos.start()
        # On a busy machine the killer comes late, and the storm is longer for it.
        wanted = given.seconds / PAUSE_SECONDS
        result.stormy_rate = feed(subject, lines, given.seconds, lambda: chaos.counts.get(KILLED, 0) >= wanted)
        chaos.end()
        subject.wait_for_all()
        subject.check_idle_status()
        result.restarts = subject.latest_status["restarts"]
        subject.finish()
    except (Stuck, OSError) as failure:
        subject.fault(f"{type(failure).__name__}: {failure}")
    finally:
        chaos.end()
    result.kills = chaos.counts.get(KILLED, 0)
    return result


def main():
    given = session.arguments(__doc__, seconds=60)
    processors = machine.processors()
    storms = {
        "ordered": ([], processors), "unordered": (["-u"], processors), "many children": ([], 8 * processors),
    }
    results = {}
    with session.nothing_left():
        self_check.whole(given.phash)
        for name, (options, jobs) in storms.items():
            session.tell(f"storm: {name}, {given.seconds:g} s")
            results[name] = storm(given, name, options, jobs)
    section = report.Section(
        "The storm",
        f"Records of {ROUNDS:,} rounds; in the storm, a random child was killed every {PAUSE_SECONDS * 1000:.0f} ms.")
    section.table(["", "command", "records", "kills", "children started again", "records/s before", "in the storm"], [
        [name, f"`phash {' '.join(each.command[1:])}`", f"{each.subject.records:,}", f"{each.kills:,}",
         f"{each.restarts:,}", f"{each.quiet_rate:,.0f}", f"{each.stormy_rate:,.0f}"]
        for name, each in results.items()
    ])
    for name, each in results.items():
        section.at_most(f"{name}: wrong, lost, doubled or misplaced records", each.subject.fault_count, 0, str)
        section.at_least(f"{name}: kills", each.kills, int(given.seconds / PAUSE_SECONDS), str)
    faults = [fault for each in results.values() for fault in each.subject.faults]
    return session.conclude(given, "phash: storm", ABOUT, [section], faults)


ABOUT = """\
A stream that never pauses, while children are killed. Every record was compared, byte for byte, with one made by
Python's hashlib and json: none may be lost, come twice, be wrong or, in order, be out of order."""


if __name__ == "__main__":
    sys.exit(main())
