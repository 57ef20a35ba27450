"""What the soak and the storm share: arguments, an end for everything that was started, and the report's frame."""

import argparse
import contextlib
import os
import signal
import sys

import benchmarks  # noqa: F401
import machine
import processes
import report


def arguments(description, seconds):
    parser = argparse.ArgumentParser(description=description.partition("\n")[0])
    parser.add_argument("--phash", required=True, help="the program")
    parser.add_argument("--seconds", type=float, default=seconds, help="for how long (default: %(default)s)")
    parser.add_argument("--seed", default="1", help="what the random choices follow from (default: %(default)s)")
    parser.add_argument("--report", help="a file for the report, besides standard output")
    given = parser.parse_args()
    given.phash = os.path.abspath(given.phash)
    # Before the run, for the load.
    given.facts = machine.facts(given.phash) | {"seconds": f"{given.seconds:g}", "seed": given.seed}
    return given


def tell(text):
    print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def nothing_left():
    """Ends what still runs of what was started inside, also when a signal ends us."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        yield
    finally:
        processes.kill_all()


def conclude(given, heading, about, sections, faults):
    """Writes the report and the faults, and returns the exit status: 1 when there are any, or a target is missed."""
    text = report.render(heading, machine.listed(given.facts) + "\n\n" + about, sections)
    print(text, end="")
    if given.report:
        with open(given.report, "w") as file:
            file.write(text)
    for fault in faults:
        tell(f"fault: {fault}")
    missed = [target for section in sections for target in section.targets if target.is_reached is False]
    for target in missed:
        tell(f"missed: {target.figure}: {target.measured}, wanted {target.wanted}")
    return 1 if faults or missed else 0
