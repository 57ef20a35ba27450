"""The soak's figures as tables, and what is asked of them."""

import benchmarks  # noqa: F401
import report
import samples
from chaos import KILLED, PARENT_STOPPED
from statistics_of_runs import median, percentile

ABOUT = """\
Two programs ran side by side from start to end and were disturbed at random. Every record was compared, byte for byte,
with one made by Python's hashlib and json. At the end of each cycle everything had to be answered and counted right in
a status line; then, with nothing to do, what the processes hold was looked at. "First" is the median of a fifth of
those looks after the first tenth of the time, "last" that of the last fifth."""

# The figure, where it stands, how it is shown, and by how much it may grow.
DRIFTS = [
    ("other descriptors of the parent", "descriptors", "{:.0f}".format, 0),
    ("the parent's own memory", "own", report.mebibytes, samples.MEBIBYTE),
    ("a child's own memory", "child", report.mebibytes, samples.MEBIBYTE),
]
# What phash may keep of the slots when idle is bounded by its default --buffer.
SLOTS_LIMIT = 64 * samples.MEBIBYTE
# Some kernels count shared pages for each CPU and add up only now and then.
UNFILED_LIMIT = 1 << 20
TABLE_ROWS = 20


def _shown(value, show):
    return "not visible" if value is None else show(value)


def sections(runs):
    return [_stream(runs)] + [_held(run) for run in runs]


def _stream(runs):
    section = report.Section("The stream", "What was sent, what came back, and what was done to the processes.")
    header = ["", *(f"`{' '.join(['phash', *run.command[1:]])}`" for run in runs)]
    names = sorted({name for run in runs for name in run.chaos.counts})
    subjects = [run.subject for run in runs]
    rows = [
        ["lines", *(f"{each.lines_sent:,}" for each in subjects)],
        ["input", *(report.mebibytes(each.bytes_sent) for each in subjects)],
        ["output", *(report.mebibytes(each.bytes_read) for each in subjects)],
        ["lines that are too long", *(f"{each.errors:,}" for each in subjects)],
        *([name, *(f"{run.chaos.counts.get(name, 0):,}" for run in runs)] for name in names),
        ["children started again", *(f"{run.samples[-1].restarts:,}" if run.samples else "–" for run in runs)],
        ["status lines", *(f"{each.status_lines:,}" for each in subjects)],
        ["stalls of the reader", *(f"{each.stalls:,}" for each in subjects)],
        ["a lone line, median", *(report.milliseconds(median(run.lone_seconds or [0])) for run in runs)],
        ["a lone line, 99th percentile",
         *(report.milliseconds(percentile(run.lone_seconds or [0], 0.99)) for run in runs)],
        ["highest PSS seen of all its processes", *(report.mebibytes(run.peak) for run in runs)],
    ]
    section.table(header, rows)
    for run in runs:
        section.at_least(f"{run.plan.name}: killed children", run.chaos.counts.get(KILLED, 0), 1, str)
        section.at_least(f"{run.plan.name}: stops of the parent", run.chaos.counts.get(PARENT_STOPPED, 0), 1, str)
        section.at_most(f"{run.plan.name}: wrong, lost, doubled or misplaced records", run.subject.fault_count, 0, str)
    return section


def _held(run):
    name = run.plan.name
    section = report.Section(
        f"Held when idle: {name}",
        "Slots are the pages of the shared memory that are kept for reuse, up to a bound; own memory is what a process"
        " shares with no file and nobody else; PSS is of parent and children together. Each place for a child has two"
        " memory files for its slots, and each child a doorbell, which is not among the other descriptors.")
    if not run.samples:
        return section
    _add_drift(section, name, samples.drift(run.samples))
    show = report.mebibytes
    highest = max((each.slots or 0) for each in run.samples)
    section.at_most(f"{name}: slots kept when idle", highest, SLOTS_LIMIT, show)
    unfiled = max(0 if each.slots is None else each.mapped - each.slots for each in run.samples)
    section.at_most(f"{name}: shared pages mapped and in no open file", unfiled, UNFILED_LIMIT, show)
    files = max(each.files or 0 for each in run.samples)
    section.at_most(f"{name}: memory files", files, 2 * run.plan.jobs, str)
    section.at_most(f"{name}: children", max(each.children for each in run.samples), run.plan.jobs, str)
    header = [
        "seconds", "records", "restarts", "children", "memory files", "other descriptors", "parent's own",
        "a child's own", "slots", "PSS", "slowest lone line"]
    every = max(len(run.samples) // TABLE_ROWS, 1)
    section.table(header, [
        [f"{each.seconds:.0f}", f"{each.records:,}", f"{each.restarts:,}", each.children, _shown(each.files, str),
         _shown(each.descriptors, str), show(each.own), show(each.child), _shown(each.slots, show),
         _shown(each.proportional, show), report.milliseconds(each.slowest)]
        for each in run.samples[every - 1::every]
    ])
    return section


def _add_drift(section, name, drift):
    rows = []
    for figure, field, show, allowed in DRIFTS:
        growth = drift.of(field)
        rows.append([figure, *(_shown(getattr(each, field), show) for each in (drift.first, drift.last))])
        if growth is None:
            section.not_measured(f"{name}: {figure}, growth", f"≤ {show(allowed)}", "not visible")
        else:
            section.at_most(f"{name}: {figure}, growth", growth, allowed, show)
    for figure, field in (("slots", "slots"), ("PSS", "proportional")):
        values = (_shown(getattr(each, field), report.mebibytes) for each in (drift.first, drift.last))
        rows.append([figure, *values])
    section.table(["", "first", "last"], rows)
