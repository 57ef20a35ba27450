"""Times phash beside its peers and writes a report. `make bench` calls it.

Every workload runs its contenders in turns, in the same run, and first checks that they compute the right thing. A
wrong digest ends the benchmark with status 1; a target that is missed or a peer that is not there does not.
"""

import argparse
import os
import signal
import sys
from dataclasses import dataclass

import data
import latency
import machine
import memory
import one_round
import parent
import peers
import processes
import pseudonymise
import report
import scaling
import slow
import startup
import verify

WORKLOADS = {
    "slow": slow.measure,
    "one-round": one_round.measure,
    "pseudonymise": pseudonymise.measure,
    "latency": latency.measure,
    "start-up": startup.measure,
    "memory": memory.measure,
    "scaling": scaling.measure,
    "parent": parent.measure,
}


@dataclass
class Sizes:
    """How much of everything."""

    rounds: int = 1_000_000
    lines: int = 2_000_000
    log_lines: int = 1_000_000
    sample_lines: int = 2_000
    repetitions: int = 5
    # For what takes many seconds a run.
    slow_repetitions: int = 3
    scaling_repetitions: int = 5
    latency_lines: int = 2_000
    starts: int = 150
    ready_runs: int = 20


TINY = Sizes(
    rounds=2_000, lines=20_000, log_lines=10_000, sample_lines=200, repetitions=2, slow_repetitions=1,
    scaling_repetitions=1, latency_lines=50, starts=5, ready_runs=1)


@dataclass
class Bench:
    """What all workloads share."""

    phash: str
    old: str | None
    folder: str
    sizes: Sizes
    processors: int
    peers: peers.Peers

    @property
    def programs(self):
        """phash, and the older one where one is given, by the names that tables show."""
        return {"phash": self.phash} | ({"older phash": self.old} if self.old else {})

    def scratch(self, name):
        return os.path.join(self.folder, name)

    def lines(self):
        return data.uuid_lines(self.folder, self.sizes.lines)

    def sample(self):
        """Lines to check a contender with, and their path."""
        path = data.uuid_lines(self.folder, self.sizes.sample_lines)
        return path, data.read_lines(path)

    @staticmethod
    def tell(text):
        print(f"bench: {text}", file=sys.stderr, flush=True)


def arguments():
    parser = argparse.ArgumentParser(prog="bench.py", description="Times phash beside its peers.")
    parser.add_argument("--phash", required=True, help="the program to be timed")
    parser.add_argument("--old", help="an older one to be timed beside it")
    parser.add_argument("--build-folder", required=True, help="where data, peers and the report go")
    parser.add_argument("--tiny", action="store_true", help="only see whether all of it works, without installed peers")
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD", help=f"of {', '.join(WORKLOADS)}; default: all")
    parsed = parser.parse_args()
    unknown = [name for name in parsed.workloads if name not in WORKLOADS]
    if unknown:
        parser.error(f"no workload is called {unknown[0]}: they are {', '.join(WORKLOADS)}")
    return parsed


def main():
    given = arguments()
    # A terminated benchmark leaves nothing running either.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = os.path.abspath(given.build_folder)
    os.makedirs(folder, exist_ok=True)
    bench = Bench(
        phash=os.path.abspath(given.phash), old=given.old and os.path.abspath(given.old), folder=folder,
        sizes=TINY if given.tiny else Sizes(), processors=machine.processors(),
        peers=peers.Peers(folder, installed=not given.tiny))
    verify.canary()
    description = machine.description(bench)
    sections = []
    try:
        for name, measure in WORKLOADS.items():
            if not given.workloads or name in given.workloads:
                bench.tell(name)
                sections.append(measure(bench))
    except (verify.WrongResult, processes.RunFailed) as failure:
        print(f"bench: {failure}", file=sys.stderr)
        return 1
    finally:
        processes.kill_all()
    text = report.render("phash: benchmark", description + "\n\n" + HOW_TO_READ, sections)
    print(text)
    with open(bench.scratch("TINY.md" if given.tiny else "RESULTS.md"), "w") as file:
        file.write(text)
    return 0


HOW_TO_READ = """\
The contenders of a table took turns in one run. A figure is the median of its runs; a ratio is the median of the ratios
of runs that followed each other, since the clock of a shared machine drifts."""


if __name__ == "__main__":
    sys.exit(main())
