"""Lets phash run for a long time under everything that may happen to it, and compares every record with an oracle.

`make soak` calls it. Two programs run side by side from start to end, one in order and one not. Each cycle is a stretch
of disorder (bursts, lone lines, long lines and silences; children killed and stopped, storms of USR1, readers that
stall) and a calm in which everything must be answered, counted right, and as small as it was before.
"""

import random
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import benchmarks  # noqa: F401
import memory
import processes
import samples
import self_check
import session
import soak_report
from chaos import CHILD_SIGNALLED, CHILD_STOPPED, KILLED, PARENT_STOPPED, STATUS_STORM, Chaos
from oracle import MAXIMUM_LINE, Oracle
from stream import Lines
from subject import Stuck, Subject

# No record may be blamed for the deaths of children that were killed at random, however often that is.
RETRIES = 1000
# How often each of them happens, beside the others.
ACTIONS = {KILLED: 6, CHILD_STOPPED: 3, CHILD_SIGNALLED: 2, STATUS_STORM: 1, PARENT_STOPPED: 1}
# Lines that fill every kind of room to its end, so that what is kept of it is not taken for growth later on.
WIDEST = [(MAXIMUM_LINE, "control"), (MAXIMUM_LINE, "binary"), (MAXIMUM_LINE, "text"), (3 * MAXIMUM_LINE, "text")]
FULL_BURST = 20_000
# So many looks at least, however short the time is.
LOOKS = 5


@dataclass
class Plan:
    """How one of the programs is run."""

    name: str
    options: list
    rounds: int
    jobs: int
    is_ordered: bool


PLANS = [
    # At 20 rounds hashing bounds the speed, at one round the parent, the pipes and the reader do.
    Plan("ordered", [], rounds=20, jobs=3, is_ordered=True),
    Plan("unordered", ["-u"], rounds=1, jobs=2, is_ordered=False),
]


class Run:
    """One program, fed and disturbed until the time is over."""

    def __init__(self, program, plan, seed, seconds):
        self.plan, self.samples, self.lone_seconds, self.peak = plan, [], [], 0
        self._seconds, self._cycle_seconds = seconds, min(max(seconds / 20, 0.5), 8)
        self._generator = random.Random(f"{seed} {plan.name}")
        self._lines = Lines(self._generator)
        oracle = Oracle(plan.rounds)
        oracle.remember([b"", *self._lines.pool])
        self.command = [program, "-r", str(plan.rounds), "-j", str(plan.jobs), "--retries", str(RETRIES), *plan.options]
        self.subject = Subject(plan.name, self.command, oracle, plan.is_ordered, plan.jobs)
        self.chaos = Chaos(
            self.subject.pid, random.Random(f"{seed} {plan.name} chaos"), ACTIONS,
            lambda generator: generator.uniform(0.005, 0.15))

    def whole(self):
        try:
            self._fill()
            self.chaos.start()
            while self._goes_on():
                self._disturb(time.monotonic() + self._cycle_seconds)
                with self.chaos.calm():
                    self._rest()
            self.chaos.check_alive()
            self.chaos.end()
            self.subject.finish()
        except (Stuck, OSError) as failure:
            self.subject.fault(f"{type(failure).__name__}: {failure}")
        finally:
            self.chaos.end()

    def _goes_on(self):
        is_over = time.monotonic() - self.subject.began >= self._seconds and len(self.samples) >= LOOKS
        return not is_over and not self.subject.faults

    def _fill(self):
        """Lets everything wait for a reader that stalls, so that all that can grow has grown once."""
        self.subject.stall(1)
        self.subject.send([self._lines.of_length(*each) for each in WIDEST for _ in range(2 * self.plan.jobs)])
        self.subject.send([b""] * 10 * FULL_BURST)

    def _disturb(self, until):
        step = {self._burst: 5, self._trickle: 3, self._long: 2, self._pieces: 1, self._silence: 2, self._stall: 1}
        while time.monotonic() < until and not self.subject.faults:
            self._generator.choices(list(step), step.values())[0](until)
            self.peak = max(self.peak, memory.memory_of(processes.tree(self.subject.pid))[0])

    def _short(self, count):
        # What each line costs the oracle is bearable only for one round: the others come out of the pool.
        return self._lines.different(count) if self.plan.rounds == 1 else self._lines.short(count)

    def _burst(self, _):
        self.subject.send(self._short(int(10 ** self._generator.uniform(2, 4.7))))

    def _trickle(self, _):
        for _ in range(self._generator.randint(1, 50)):
            self.subject.send(self._short(1))
            time.sleep(self._generator.choice([0, 0, 0.001, 0.02]))

    def _long(self, _):
        for _ in range(self._generator.randint(1, 6)):
            self.subject.send([self._lines.long(), *self._short(self._generator.randint(0, 100))])

    def _pieces(self, _):
        self.subject.send_in_pieces(self._short(1)[0], self._generator.random())
        self.subject.send_in_pieces(self._lines.long(), self._generator.random())

    def _silence(self, until):
        time.sleep(max(min(self._generator.uniform(0.2, 3), until - time.monotonic()), 0))

    def _stall(self, until):
        self.subject.stall(min(self._generator.uniform(0.5, 4), max(until - time.monotonic(), 0.2)))

    def _rest(self):
        """Everything is answered, all children are there, and nothing is to do: looks at what is held."""
        self.subject.stall_no_more()
        self.subject.send(self._short(FULL_BURST))
        self.subject.wait_for_all()
        lone = []
        for content in self._short(20):
            began = time.monotonic()
            self.subject.send([content])
            self.subject.wait_for_all()
            lone.append(time.monotonic() - began)
        self.subject.check_idle_status()
        self.lone_seconds += lone
        self.samples.append(samples.look(
            self.subject.pid, seconds=time.monotonic() - self.subject.began, records=self.subject.records,
            restarts=self.subject.latest_status["restarts"], slowest=max(lone)))


def main():
    given = session.arguments(__doc__, seconds=60)
    with session.nothing_left():
        self_check.whole(given.phash)
        runs = [Run(given.phash, plan, given.seed, given.seconds) for plan in PLANS]
        with ThreadPoolExecutor() as threads:
            for end in [threads.submit(run.whole) for run in runs]:
                end.result()
    faults = [fault for run in runs for fault in run.subject.faults]
    return session.conclude(given, "phash: soak", soak_report.ABOUT, soak_report.sections(runs), faults)


if __name__ == "__main__":
    sys.exit(main())
