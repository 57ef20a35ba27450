"""The slow job: few records, a million rounds each. Here the kernel is everything."""

import os

import data
import processes
import report
import verify
from statistics_of_runs import median, ratio, take_turns

RECORDS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Data", "uuids.txt")
CHAIN = "OpenSSL in C"
TUTORIAL = "tutorial's design in Python"

# CPU time per round as a share of OpenSSL's: what is demanded, and what is hoped for.
CPU_TARGETS = {"sha512": (0.42, 0.36), "sha256": (0.30, None)}


def commands(bench, algorithm, rounds):
    jobs = bench.processors
    found = {
        name: [path, "-a", algorithm, "-r", str(rounds), "-j", str(jobs)] for name, path in bench.programs.items()
    }
    found[CHAIN] = bench.peers.chain_command(algorithm, rounds, jobs)
    # SHA-256 has no target beside Python, and the job takes long there.
    if algorithm == "sha512":
        found[TUTORIAL] = bench.peers.tutorial_command(algorithm, rounds, jobs)
    return found


def check(bench, algorithm):
    inputs = data.read_lines(RECORDS)
    rounds = 1_000
    for name, command in commands(bench, algorithm, rounds).items():
        verify.records(name, processes.output(command, RECORDS), inputs, algorithm, rounds)


def compare_outputs(bench, names):
    """All of them computed a million rounds: they agree about the result."""
    results = {}
    for name in names:
        with open(bench.scratch(f"slow {name}.ndjson")) as file:
            results[name] = sorted(line.replace(" ", "") for line in file)
    for name, lines in results.items():
        if lines != results[CHAIN]:
            raise verify.WrongResult(f"{name}: other digests than {CHAIN} after all rounds")


def measure_algorithm(bench, algorithm, section):
    check(bench, algorithm)
    rounds = bench.sizes.rounds
    count = len(data.read_lines(RECORDS))
    contenders = {}
    for name, command in commands(bench, algorithm, rounds).items():
        def once(command=command, path=bench.scratch(f"slow {name}.ndjson")):
            return processes.run(command, RECORDS, path)
        turns = bench.sizes.slow_repetitions if name == TUTORIAL else bench.sizes.repetitions
        contenders[name] = (once, turns)
    runs = take_turns(contenders, bench.sizes.repetitions, lambda text: bench.tell(f"slow {algorithm}: {text}"))
    compare_outputs(bench, runs)

    walls = {name: [run.wall for run in each] for name, each in runs.items()}
    cpus = {name: [run.cpu for run in each] for name, each in runs.items()}
    busy = {name: median([run.cpu / run.wall / bench.processors for run in each]) for name, each in runs.items()}
    per_round = 1 / (rounds * count)
    header = [
        algorithm, "CPU a round", "least", f"CPU, of {CHAIN}'s", "wall", "least", "phash is faster by", "cores busy"]
    rows = []
    for name in runs:
        rows.append([
            name, report.nanoseconds(median(cpus[name]) * per_round), report.nanoseconds(min(cpus[name]) * per_round),
            report.fraction(ratio(cpus[name], cpus[CHAIN])),
            report.seconds(median(walls[name])), report.seconds(min(walls[name])),
            report.times(ratio(walls[name], walls["phash"])), report.share(busy[name]),
        ])
    section.table(header, rows)

    limit, aim = CPU_TARGETS[algorithm]
    cpu_share = ratio(cpus["phash"], cpus[CHAIN])
    section.at_most(f"slow job, {algorithm}: CPU time a round, of {CHAIN}'s", cpu_share, limit, report.fraction, aim)
    if algorithm == "sha512":
        section.at_least("slow job: cores busy", busy["phash"], 0.95, report.share)
        faster = ratio(walls[TUTORIAL], walls["phash"])
        section.at_least(f"slow job: wall, faster than the {TUTORIAL} by", faster, 6.5, report.times)
    if bench.old:
        newer = ratio(cpus["phash"], cpus["older phash"])
        section.at_most(f"slow job, {algorithm}: CPU time, new to old", newer, 1.03, report.fraction)


def measure(bench):
    count = len(data.read_lines(RECORDS))
    section = report.Section(
        "Slow job",
        f"{count} records, {bench.sizes.rounds:,} rounds each, {bench.processors} children or processes. CPU time is"
        " user and system time of all processes.")
    for algorithm in ("sha512", "sha256"):
        measure_algorithm(bench, algorithm, section)
    return section
