"""What more children bring on the slow job."""

import data
import processes
import report
import slow
from statistics_of_runs import median, ratio, take_turns

# The widest lanes that a child has: with fewer records for each, lanes would be idle and count as bad scaling.
LANES = 8


def job_counts(processors):
    """1, 2, 4, … and all CPUs."""
    counts = [1]
    while counts[-1] * 2 <= processors:
        counts.append(counts[-1] * 2)
    return counts if counts[-1] == processors else counts + [processors]


def measure(bench):
    # The same work on every machine, spread over enough records for every child's lanes.
    records = max(len(data.read_lines(slow.RECORDS)), LANES * bench.processors)
    rounds = max(bench.sizes.rounds * 16 // records, 1)
    lines = data.uuid_lines(bench.folder, records)
    counts = job_counts(bench.processors)
    contenders = {
        jobs: lambda jobs=jobs: processes.run([bench.phash, "-j", str(jobs), "-r", str(rounds)], lines, "/dev/null")
        for jobs in counts
    }
    runs = take_turns(contenders, bench.sizes.scaling_repetitions, lambda text: bench.tell(f"scaling: -j {text}"))
    walls = {jobs: [run.wall for run in each] for jobs, each in runs.items()}
    cpus = {jobs: [run.cpu for run in each] for jobs, each in runs.items()}
    section = report.Section("Scaling", f"{records} records, {rounds:,} rounds each.")
    section.table(["children", "wall", "faster than `-j 1` by", "CPU time", "CPU time, of `-j 1`'s"], [
        [f"`-j {jobs}`", report.seconds(median(walls[jobs])), report.times(ratio(walls[1], walls[jobs])),
         report.seconds(median(cpus[jobs])), report.fraction(ratio(cpus[jobs], cpus[1]))] for jobs in counts
    ])
    figure = "slow job: `-j 2` is faster than `-j 1` by"
    if 2 in walls:
        section.at_least(figure, ratio(walls[1], walls[2]), 1.9, report.times)
    else:
        section.not_measured(figure, "≥ 1.90 ×", "there is one CPU")
    return section
