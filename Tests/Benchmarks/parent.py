"""What the parent costs, which all records pass: it bounds how many children are of use."""

import processes
import report
from statistics_of_runs import median, ratio, take_turns

DESTINATIONS = {"null": "`/dev/null`", "cat": "a pipe, `\\| cat > /dev/null`", "file": "a file that exists"}


def measure(bench):
    lines = bench.lines()
    count = bench.sizes.lines
    contenders = {}
    for name, path in bench.programs.items():
        command = [path, "-r", "1", "-j", str(bench.processors)]
        scratch = bench.scratch("one-round.ndjson")
        contenders[name, "null"] = lambda command=command: processes.run(command, lines, "/dev/null")
        contenders[name, "cat"] = lambda command=command: processes.run_into_cat(command, lines)
        contenders[name, "file"] = lambda command=command: processes.run(command, lines, scratch)
    runs = take_turns(contenders, bench.sizes.repetitions, lambda text: bench.tell(f"parent: {text}"))
    section = report.Section(
        "The parent alone",
        f"{count:,} UUIDs, one round, in order. The parent's time is what the scheduler of the kernel says that it ran,"
        " to the nanosecond, start-up and end included; the children's is the rest of what all have used. Their ratio"
        " is how many children one parent can feed.")
    rows = []
    for (name, destination), each in runs.items():
        own = [run.own_cpu / count for run in each]
        children = [(run.cpu - run.own_cpu) / count for run in each]
        rows.append([
            f"{name}, into {DESTINATIONS[destination]}", report.nanoseconds(median(own)), report.nanoseconds(min(own)),
            report.nanoseconds(median(children)), f"{ratio(children, own):.1f}",
        ])
    section.table(["", "parent, a record", "least", "children, a record", "children it can feed"], rows)
    own = {key: [run.own_cpu for run in each] for key, each in runs.items()}
    figure = "the parent alone, a record, into `/dev/null`"
    section.at_most(figure, median(own["phash", "null"]) / count, 85e-9, report.nanoseconds)
    if bench.old:
        newer = ratio(own["phash", "null"], own["older phash", "null"])
        section.at_most("the parent alone, new to old", newer, 1.03, report.fraction)
    return section
