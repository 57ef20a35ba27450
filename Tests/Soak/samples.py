"""What a program and its children hold while there is nothing to do, and whether that grows."""

import contextlib
import os
from dataclasses import dataclass
from statistics import median

import benchmarks  # noqa: F401
import memory
import processes

MEBIBYTE = 1 << 20


@dataclass
class Sample:
    """One look. What only root may see of a process that cannot be traced is None for everybody else."""

    seconds: float
    records: int
    restarts: int
    children: int
    # Of the parent, without memory files and without the doorbell that each child has.
    descriptors: int | None
    # Memory files of slots, two for each place for a child.
    files: int | None
    # Memory that is the parent's own, bytes, and that of an average child.
    own: int
    child: float
    # Pages in the memory files of the slots, bytes, and those of them that are mapped by the parent.
    slots: int | None
    mapped: int
    # Of the whole tree; shared pages count once.
    proportional: int | None
    # The slowest of the lone lines just before, seconds.
    slowest: float


def _status(pid):
    """Resident bytes of a process by kind, which everybody may read."""
    with open(f"/proc/{pid}/status") as file:
        words = [line.split() for line in file if line.startswith(("RssAnon:", "RssShmem:"))]
    return {name.rstrip(":"): int(value) * 1024 for name, value, _ in words}


def _descriptors(pid):
    """The number of descriptors, of memory files among them, and the bytes in these; None when not to be seen."""
    folder = f"/proc/{pid}/fd"
    try:
        numbers = os.listdir(folder)
        paths = [f"{folder}/{number}" for number in numbers]
        held = [os.stat(path).st_blocks * 512 for path in paths if os.readlink(path).startswith("/memfd:")]
    except OSError:
        return None, None, None
    return len(numbers), len(held), sum(held)


def look(pid, **facts):
    """Looks at a program that is idle."""
    children = processes.children(pid)
    descriptors, files, slots = _descriptors(pid)
    own = _status(pid)
    each = []
    for child in children:
        with contextlib.suppress(OSError, KeyError):
            each.append(_status(child)["RssAnon"])
    return Sample(
        children=len(children), descriptors=None if descriptors is None else descriptors - files - len(children),
        files=files,
        own=own["RssAnon"], child=sum(each) / max(len(each), 1), slots=slots, mapped=own["RssShmem"],
        proportional=memory.memory_of([pid, *children])[0] or None, **facts)


@dataclass
class Drift:
    """Medians of what was seen after the warm-up and at the end."""

    first: Sample
    last: Sample

    def of(self, name):
        """How much more there is at the end; None when it could not be seen."""
        before, after = getattr(self.first, name), getattr(self.last, name)
        return None if before is None or after is None else after - before


def drift(samples):
    """Compares the samples after the first tenth of the time with those at the end, a fifth of them each."""
    warm = [each for each in samples if each.seconds >= samples[-1].seconds / 10]
    count = max(len(warm) // 5, 1)
    return Drift(middle(warm[:count]), middle(warm[-count:]))


def middle(samples):
    """One sample of the medians of many."""
    def of(name):
        values = [getattr(each, name) for each in samples]
        return None if None in values else median(values)
    return Sample(**{name: of(name) for name in Sample.__dataclass_fields__})
