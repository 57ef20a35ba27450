"""One round over many short lines. Here moving and formatting are what counts."""

import os

import data
import processes
import report
import verify
from statistics_of_runs import median, ratio, take_turns

CLICKHOUSE = {"numbered": "ClickHouse", "unnumbered": "ClickHouse, no line number"}
DESTINATIONS = {"file": "a file that exists", "cat": "`\\| cat > /dev/null`", "null": "`/dev/null`"}
ORDERS = {"": [], ", unordered": ["-u"]}


def check(bench, filters):
    path, inputs = bench.sample()
    scratch = bench.scratch("one-round.ndjson")
    for program, executable in bench.programs.items():
        for order, option in ORDERS.items():
            output = processes.output([executable, "-r", "1", *option], path)
            verify.records(program + order, output, inputs, is_ordered=not option)
    for name, command in filters.items():
        if command:
            verify.records(name, processes.output(command, path), inputs, is_numbered="parallel" not in name)
    if bench.peers.clickhouse:
        for form, name in CLICKHOUSE.items():
            bench.peers.ask_clickhouse(path, scratch, form)
            with open(scratch) as file:
                verify.records(name, file.read(), inputs, is_numbered=form == "numbered")


def output_file(bench):
    """The file that all write to: it exists, is as long as the output will be, on the disk and in memory.

    Whatever ran before, everybody finds it the same. A file that is still being written back takes long to be
    truncated, and a virtual machine takes long to find memory that it has given back.
    """
    path = bench.scratch("one-round.ndjson")
    piece = bytes(1 << 20)
    with open(path, "wb", buffering=0) as file:
        for start in range(0, data.output_bytes(bench.sizes.lines), len(piece)):
            file.write(piece)
        os.fsync(file.fileno())
    return path


def run_phash(bench, command, destination):
    lines = bench.lines()
    if destination == "cat":
        return processes.run_into_cat(command, lines)
    if destination == "null":
        return processes.run(command, lines, "/dev/null")
    path = output_file(bench)
    result = processes.run(command, lines, path)
    if os.path.getsize(path) != data.output_bytes(bench.sizes.lines):
        raise verify.WrongResult(f"{command[0]}: {os.path.getsize(path)} bytes of output")
    return result


def contenders_of(bench, filters):
    found = {}
    for program, executable in bench.programs.items():
        for destination in DESTINATIONS:
            for order, option in ORDERS.items():
                def once(command=[executable, "-r", "1", *option], destination=destination):
                    return run_phash(bench, command, destination)
                found[program + order, destination] = once
    if bench.peers.clickhouse:
        for form, name in CLICKHOUSE.items():
            def ask(form=form):
                return bench.peers.ask_clickhouse(bench.lines(), output_file(bench), form)
            found[name, "file"] = ask
    for name, command in filters.items():
        if command:
            def once(command=command):
                return processes.run(command, bench.lines(), output_file(bench))
            found[name, "file"] = (once, bench.sizes.slow_repetitions)
    return found


def row(bench, name, runs, phash):
    walls = [run.wall for run in runs]
    lines = bench.sizes.lines
    return [
        name, report.millions_per_second(lines / median(walls)), report.millions_per_second(lines / min(walls)),
        report.seconds(median(walls)), report.nanoseconds(median([run.cpu for run in runs]) / lines),
        report.times(ratio(walls, [run.wall for run in phash])),
    ]


def add_tables(bench, section, runs, filters):
    header = ["", "lines/s", "most", "wall", "CPU a line", "phash is faster by"]
    for destination, words in DESTINATIONS.items():
        rows = []
        for (name, where), each in runs.items():
            if where == destination:
                rows.append(row(bench, name, each, runs["phash", destination]))
            # The same runs once more, as a user meets them.
            if where == destination and name in CLICKHOUSE.values():
                whole = [processes.Run(run.extra["whole wall"], run.extra["whole cpu"]) for run in each]
                rows.append(row(bench, f"{name}, whole process", whole, runs["phash", destination]))
        if destination == "file":
            rows += [report.missing(name, header) for name, command in filters.items() if not command]
            rows += [] if bench.peers.clickhouse else [report.missing("ClickHouse", header)]
        section.table([f"into {words}", *header[1:]], rows)


def add_targets(bench, section, runs):
    def walls(name, destination):
        return [run.wall for run in runs[name, destination]]

    figure = "one round: lines/s into a file, of ClickHouse's"
    if bench.peers.clickhouse:
        # The form that writes the same; the other one has its row.
        form = CLICKHOUSE["numbered"]
        section.at_least(figure, ratio(walls(form, "file"), walls("phash", "file")), 3, report.times, aim=4)
    else:
        section.not_measured(figure, "≥ 3.00 ×", "ClickHouse is not available")
    speed = bench.sizes.lines / median(walls("phash", "cat"))
    section.at_least("one round: lines/s through `\\| cat > /dev/null`", speed, 3e6, report.millions_per_second)
    for destination, words in DESTINATIONS.items():
        unordered = ratio(walls("phash, unordered", destination), walls("phash", destination))
        section.at_most(f"one round into {words}: wall, unordered to ordered", unordered, 1.03, report.fraction)
        if bench.old:
            newer = ratio(walls("phash", destination), walls("older phash", destination))
            section.at_most(f"one round into {words}: wall, new to old", newer, 1.03, report.fraction)


def measure(bench):
    filters = bench.peers.filters(bench.processors)
    bench.lines()
    check(bench, filters)
    runs = take_turns(
        contenders_of(bench, filters), bench.sizes.repetitions,
        lambda text: bench.tell(f"one round: {text}"))
    section = report.Section(
        "One round",
        f"{bench.sizes.lines:,} UUIDs, one SHA-512 each, as JSON lines. ClickHouse's time is that of the query alone,"
        " with its module loaded and warm, and with rows in any order; another row has the whole process."
        " GNU parallel's lines carry no number, and no peer but ClickHouse escapes its input.")
    add_tables(bench, section, runs, filters)
    add_targets(bench, section, runs)
    return section
