"""Signals at random moments to a program and to its children."""

import contextlib
import os
import signal
import threading
import time

import benchmarks  # noqa: F401
import processes

DEADLY = [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGILL, signal.SIGFPE]
# A terminal or a service manager sends them to the whole group; children leave them to their parent.
IGNORED = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1]

# What can be done, by the names that the report shows.
KILLED = "killed children"
CHILD_STOPPED = "stops of a child"
CHILD_SIGNALLED = "other signals to a child"
PARENT_STOPPED = "stops of the parent"
STATUS_STORM = "storms of USR1"


def _state_and_parent(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return fields[0], int(fields[1])


def signal_child(parent, child, number):
    """Sends a signal to a living child of `parent`; false when it is none, or none any more."""
    with contextlib.suppress(OSError):
        # The descriptor stays that process's, whoever gets its number next.
        descriptor = os.pidfd_open(child)
        try:
            state, its_parent = _state_and_parent(child)
            if state != "Z" and its_parent == parent:
                signal.pidfd_send_signal(descriptor, number)
                return True
        finally:
            os.close(descriptor)
    return False


class Chaos(threading.Thread):
    """Does something to the program every now and then, until told to stop."""

    def __init__(self, pid, generator, actions, pause_seconds):
        super().__init__(daemon=True)
        self.pid, self.counts = pid, {}
        self._generator, self._pause = generator, pause_seconds
        self._names, self._weights = list(actions), list(actions.values())
        # Who is stopped, and when it goes on.
        self._stopped = {}
        self._is_ended = threading.Event()
        self._turn = threading.Lock()

    def run(self):
        while not self._is_ended.wait(self._pause(self._generator)):
            with self._turn:
                self._continue(time.monotonic())
                self._act(self._generator.choices(self._names, self._weights)[0])

    @contextlib.contextmanager
    def calm(self):
        """Nothing is done inside, and nobody is stopped."""
        with self._turn:
            self._continue(float("inf"))
            yield

    def check_alive(self):
        """Nothing is shown by a run in which nobody disturbs."""
        if not self.is_alive():
            raise OSError("what disturbs the program has ended early")

    def end(self):
        """Stops it, the second time without effect."""
        self._is_ended.set()
        if self.is_alive():
            self.join()
        self._continue(float("inf"))

    def _act(self, name):
        if name == STATUS_STORM:
            for _ in range(self._generator.randint(10, 50)):
                os.kill(self.pid, signal.SIGUSR1)
        elif name == PARENT_STOPPED:
            os.kill(self.pid, signal.SIGSTOP)
            self._stopped[self.pid] = time.monotonic() + self._generator.uniform(0.001, 0.3)
        else:
            children = processes.children(self.pid)
            if not children or not self._signal(name, self._generator.choice(children)):
                return
        self.counts[name] = self.counts.get(name, 0) + 1

    def _signal(self, name, child):
        if name == CHILD_STOPPED:
            self._stopped[child] = time.monotonic() + self._generator.uniform(0.001, 1)
            return signal_child(self.pid, child, signal.SIGSTOP)
        numbers = {KILLED: DEADLY, CHILD_SIGNALLED: IGNORED}[name]
        return signal_child(self.pid, child, self._generator.choice(numbers))

    def _continue(self, now):
        for pid in [pid for pid, until in self._stopped.items() if until <= now]:
            del self._stopped[pid]
            if pid == self.pid:
                os.kill(pid, signal.SIGCONT)
            else:
                signal_child(self.pid, pid, signal.SIGCONT)
