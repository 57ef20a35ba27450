"""Says that what the soak and the storm rest on would notice every kind of fault: a checker that cannot fail proves
nothing. Both call it first."""

import os
import random
import sys

import benchmarks  # noqa: F401
import processes
import samples
import spoil
import status
from oracle import MAXIMUM_LINE, Oracle
from stream import Lines, is_escaped_by_rule
from subject import Subject

LINES = 1000
# Of results that are not in order, the order says nothing.
ORDERED_ONLY = {"swapped"}


class Unnoticed(Exception):
    """A fault was made on purpose and found right, or the other way round."""


def whole(program):
    """Throws when a fault would go unnoticed."""
    if not is_escaped_by_rule():
        raise Unnoticed("this Python's json does not escape as phash must")
    for is_ordered in (True, False):
        for way in ("unspoilt", *spoil.WAYS):
            faults = _faults_of(program, way, is_ordered)
            if bool(faults) != (way != "unspoilt" and (is_ordered or way not in ORDERED_ONLY)):
                raise Unnoticed(f"{way}, {'in order' if is_ordered else 'unordered'}: {faults}")
    _check_status_rules()
    _check_looks()
    _check_drift()


def _faults_of(program, way, is_ordered):
    lines = Lines(random.Random(way))
    command = [sys.executable, spoil.__file__, way, program, "-r", "1", "-j", "2"]
    subject = Subject(way, command, Oracle(1), is_ordered, jobs=2)
    # No two lines are alike, since records of equal lines may well be exchanged.
    subject.send(lines.different(LINES))
    subject.send([b"", lines.of_length(MAXIMUM_LINE + 1, "text"), b"the end"])
    subject.finish()
    return subject.faults


def _check_status_rules():
    worker = {"pid": 2, "records": 3, "busy_share": 0.5, "restarts": 1}
    right = {
        "elapsed_s": 1.5, "records_in": 9, "records_out": 7, "errors": 1, "bytes_in": 90, "bytes_out": 700,
        "records_per_s": 4.5, "in_flight": 2, "buffered_bytes": 20, "jobs": 2, "busy": 1, "restarts": 1,
        "workers": [worker],
    }
    wrong = [
        {"in_flight": 3}, {"records_out": 10, "in_flight": -1}, {"errors": 8}, {"jobs": 3}, {"busy": 2},
        {"restarts": 2}, {"workers": [worker | {"records": 10}]}, {"workers": [worker, worker], "restarts": 2},
        {"elapsed_s": 1.25},
    ]
    if found := status.complaints(right, right, jobs=2):
        raise Unnoticed(f"a right status line: {found}")
    for change in wrong:
        if not status.complaints(right | change, right, jobs=2):
            raise Unnoticed(f"a status line with {change}")
    for name in right:
        if not status.complaints({other: right[other] for other in right if other != name}, None, jobs=2):
            raise Unnoticed(f"a status line without {name}")


def _look(seconds):
    return samples.look(os.getpid(), seconds=seconds, records=0, restarts=0, slowest=0)


def _check_looks():
    """What is looked at in /proc is what it is taken for: this very process takes more and is looked at again."""
    before = _look(0)
    opened = [os.memfd_create("self-check"), *(os.open("/dev/null", os.O_RDONLY) for _ in range(3))]
    os.write(opened[0], bytes(samples.MEBIBYTE))
    held = b"\x01" * (8 * samples.MEBIBYTE)
    pid = processes.start(["sleep", "1000"], "/dev/null", "/dev/null")
    after = _look(1)
    processes.kill(pid)
    for descriptor in opened:
        os.close(descriptor)
    if after.children != before.children + 1:
        raise Unnoticed("a child")
    # Each child is thought to have a descriptor, as phash's have; this one has none.
    if before.descriptors is not None and after.descriptors != before.descriptors + 3 - 1:
        raise Unnoticed("a descriptor")
    if before.slots is not None and (after.files, after.slots - before.slots) != (before.files + 1, samples.MEBIBYTE):
        raise Unnoticed("a memory file")
    if after.own < before.own + len(held) // 2:
        raise Unnoticed("memory")


def _check_drift():
    first = _look(0)
    def growing(step):
        return [samples.Sample(**vars(first) | {"seconds": n, "own": first.own + n * step}) for n in range(100)]
    if samples.drift(growing(0)).of("own") != 0 or samples.drift(growing(20_000)).of("own") < samples.MEBIBYTE:
        raise Unnoticed("a drift")
