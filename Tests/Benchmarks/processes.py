"""Starts programs and measures what they cost."""

import contextlib
import os
import signal
import time
from dataclasses import dataclass, field

# No run takes a tenth of it, so that only what hangs reaches it.
LIMIT_SECONDS = 300

# That of whoever measures, without the settings that phash would take from it.
ENVIRONMENT = {
    name: value for name, value in os.environ.items() if not name.startswith("PHASH_") or name == "PHASH_KERNEL"
}
ENVIRONMENT["XDG_CONFIG_HOME"] = "/nonexistent"

_running = set()


class RunFailed(Exception):
    """A program ended in another way than it should."""


@dataclass
class Run:
    """What one run of a program cost, with the children that it waited for."""

    wall: float = 0.0
    cpu: float = 0.0
    # Of the first process alone, without its children.
    own_cpu: float = 0.0
    extra: dict = field(default_factory=dict)


def start(command, stdin, stdout, stderr=None):
    """Starts a program in a process group of its own and returns its process id.

    The streams are descriptors, or paths. A file for output is truncated by the child as `>` in a shell does it, so
    that this is part of what is measured.
    """
    actions = []
    streams = [(0, stdin, os.O_RDONLY), (1, stdout, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)]
    if stderr is not None:
        streams.append((2, stderr, os.O_WRONLY))
    for target, stream, flags in streams:
        if isinstance(stream, int):
            actions.append((os.POSIX_SPAWN_DUP2, stream, target))
        else:
            actions.append((os.POSIX_SPAWN_OPEN, target, stream, flags, 0o644))
    # Python ignores SIGPIPE, which no shell has its children do.
    pid = os.posix_spawnp(
        command[0], command, ENVIRONMENT, file_actions=actions, setpgroup=0, setsigdef=[signal.SIGPIPE])
    _running.add(pid)
    return pid


def finish(pid):
    """Waits for the end of a process and returns what it cost, its wall time excepted."""
    # The process table still knows it while nobody has asked for its status, to the nanosecond.
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    own = _own_cpu(pid)
    _, status, usage = os.wait4(pid, 0)
    _running.discard(pid)
    if status != 0:
        raise RunFailed(f"ended with status {os.waitstatus_to_exitcode(status)}")
    return Run(cpu=usage.ru_utime + usage.ru_stime, own_cpu=own)


def _own_cpu(pid):
    try:
        with open(f"/proc/{pid}/schedstat") as file:
            return int(file.read().split()[0]) / 1e9
    except (OSError, ValueError, IndexError):
        return float("nan")


def forget(pid):
    """Says that somebody else has waited for the end of a process."""
    _running.discard(pid)


def kill(pid):
    """Ends a process with its whole group, at once."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)
    _running.discard(pid)


def kill_all():
    """Ends whatever still runs, so that nothing outlives the benchmark."""
    for pid in list(_running):
        kill(pid)


@contextlib.contextmanager
def limited(name):
    """Ends what was started inside, and names it, when it fails or takes far too long."""

    def too_long(*_):
        raise RunFailed(f"not finished after {LIMIT_SECONDS} s")

    before = signal.signal(signal.SIGALRM, too_long)
    signal.alarm(LIMIT_SECONDS)
    try:
        yield
    except RunFailed as failure:
        raise RunFailed(f"{name}: {failure}") from None
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
        kill_all()


def run(command, stdin, stdout):
    """Runs a program from start to end."""
    with limited(command[0]):
        began = time.perf_counter()
        result = finish(start(command, stdin, stdout))
        result.wall = time.perf_counter() - began
        return result


def run_into_cat(command, stdin):
    """Runs `command | cat > /dev/null`; the CPU time is that of the command alone."""
    with limited(command[0]):
        began = time.perf_counter()
        read_end, write_end = os.pipe()
        reader = start(["cat"], read_end, "/dev/null")
        writer = start(command, stdin, write_end)
        os.close(read_end)
        os.close(write_end)
        result = finish(writer)
        finish(reader)
        result.wall = time.perf_counter() - began
        return result


def output(command, stdin="/dev/null"):
    """What a program writes on standard output, to its end."""
    with limited(command[0]):
        read_end, write_end = os.pipe()
        pid = start(command, stdin, write_end)
        os.close(write_end)
        with open(read_end, "rb") as file:
            text = file.read()
        finish(pid)
        return text


def children(pid):
    """The children of a process, in the order in which they were started."""
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            return [int(child) for child in file.read().split()]
    except OSError:
        return []


def tree(pid):
    """A process and all that descend from it."""
    return [pid] + [descendant for child in children(pid) for descendant in tree(child)]
