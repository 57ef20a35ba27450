"""One phash that runs all the time: feeds it, and compares every record that it gives with the oracle."""

import contextlib
import json
import os
import select
import signal
import threading
import time

import benchmarks  # noqa: F401, finds the modules of Tests/Benchmarks
import processes
import status

# Far more than anything takes, so that only what hangs reaches it.
PATIENCE_SECONDS = 120
# The first faults tell what is wrong; a thousand of them tell no more.
FAULTS_SHOWN = 10


class Stuck(Exception):
    """Nothing has come for so long that nothing will."""


class Subject:
    """A running program with the threads that read its two outputs.

    Whoever writes calls `send`; the reader takes each record's line number, looks up what was sent as that line, and
    forgets it, so that a record that comes twice is as unknown as one that was made up, and what is left at the end is
    lost.
    """

    def __init__(self, name, command, oracle, is_ordered, jobs):
        self.name, self.oracle, self.is_ordered, self.jobs = name, oracle, is_ordered, jobs
        self.began = time.monotonic()
        self.lines_sent = self.bytes_sent = self.records = self.bytes_read = self.errors = 0
        self.status_lines = self.stalls = self.fault_count = 0
        self.faults = []
        self.latest_status = None
        self._expected = {}
        self._stalled_until = 0.0
        self._changed = threading.Condition()
        their_input, self._input = os.pipe()
        self._output, their_output = os.pipe()
        self._messages, their_messages = os.pipe()
        self.pid = processes.start(command, their_input, their_output, their_messages)
        for descriptor in (their_input, their_output, their_messages):
            os.close(descriptor)
        os.set_blocking(self._input, False)
        self._readers = [threading.Thread(target=each, daemon=True) for each in (self._read, self._read_messages)]
        for reader in self._readers:
            reader.start()

    # Writing.

    def send(self, contents):
        """Sends whole lines; waits as long as the program does not take them."""
        for line, content in enumerate(contents, start=self.lines_sent + 1):
            self._expected[line] = content
        self.lines_sent += len(contents)
        self._write(b"\n".join(contents) + b"\n")

    def send_in_pieces(self, content, cut):
        """Sends one line in two pieces with a moment between them; `cut` is where, as a share of it."""
        self._expected[self.lines_sent + 1] = content
        self.lines_sent += 1
        middle = int(len(content) * cut)
        self._write(content[:middle])
        time.sleep(0.01)
        self._write(content[middle:] + b"\n")

    def _write(self, data):
        view = memoryview(data)
        poll = select.poll()
        poll.register(self._input, select.POLLOUT)
        while view:
            self._wait_until(lambda: poll.poll(100))
            with contextlib.suppress(BlockingIOError):
                count = os.write(self._input, view)
                self.bytes_sent += count
                view = view[count:]

    def _wait_until(self, is_true):
        """Waits for a condition that is asked for again and again; throws when nothing moves any more."""
        seen, since = None, time.monotonic()
        while not is_true():
            moved = self.records, self.bytes_read, self.bytes_sent
            if moved != seen:
                seen, since = moved, time.monotonic()
            if time.monotonic() - since > PATIENCE_SECONDS:
                raise Stuck(f"nothing has moved for {PATIENCE_SECONDS} s: {len(self._expected)} lines unanswered")

    def _wait_for(self, is_true):
        def wait():
            with self._changed:
                return self._changed.wait_for(is_true, 1)
        self._wait_until(wait)

    def wait_for_all(self, but=0):
        """Waits until every line but so many has been answered. Throws when a fault has left some for ever."""
        self._wait_for(lambda: len(self._expected) <= but)

    # Reading.

    def stall(self, seconds):
        """Lets the reader sleep that long."""
        self.stalls += 1
        self._stalled_until = time.monotonic() + seconds

    def stall_no_more(self):
        self._stalled_until = 0.0

    def _read(self):
        pieces = []
        while True:
            while (left := self._stalled_until - time.monotonic()) > 0:
                time.sleep(min(left, 0.05))
            chunk = os.read(self._output, 1 << 17)
            self.bytes_read += len(chunk)
            if not chunk:
                break
            # A long record comes in many pieces, which are put together once.
            whole, newline, rest = chunk.rpartition(b"\n")
            if newline:
                for row in (b"".join(pieces) + whole).split(b"\n"):
                    self._check(row + b"\n")
                pieces = []
                with self._changed:
                    self._changed.notify_all()
            pieces.append(rest)
        if rest := b"".join(pieces):
            self.fault(f"ends in half a record: {rest[:200]!r}")

    def _check(self, row):
        self.records += 1
        try:
            line = int(row[len(b'{"line":'):row.index(b",")])
        except ValueError:
            return self.fault(f"no record: {row[:200]!r}")
        content = self._expected.pop(line, None)
        if content is None:
            came = "a second time" if line <= self.lines_sent else "without having been sent"
            return self.fault(f"line {line} comes {came}: {row[:200]!r}")
        if self.is_ordered and line != self.records:
            self.fault(f"line {line} comes as record {self.records}")
            self.is_ordered = False  # Every further record would be out of order too.
        if row != self.oracle.record(line, content):
            self.fault(f"line {line} ({content[:100]!r}, {len(content)} bytes) is answered by {row[:300]!r}")
        self.errors += self.oracle.is_error(content)
        return None

    def _read_messages(self):
        with open(self._messages, "rb") as file:
            for text in file:
                self._take_status(text)

    def _take_status(self, text):
        try:
            new = json.loads(text)
            complaints = status.complaints(new, self.latest_status, self.jobs)
        except ValueError:
            return self.fault(f"says {text[:300]!r}")
        for complaint in complaints:
            self.fault(f"status: {complaint}: {text!r}")
        with self._changed:
            self.latest_status = new
            self.status_lines += 1
            self._changed.notify_all()
        return None

    def check_idle_status(self):
        """Asks for a status line while everything is answered, and compares its counters with our own."""
        ours = {
            "records_in": self.lines_sent, "records_out": self.records, "errors": self.errors, "in_flight": 0,
            "busy": 0, "bytes_in": self.bytes_sent, "bytes_out": self.bytes_read, "buffered_bytes": 0,
        }
        # The first line that comes may be the late answer to an earlier signal.
        for _ in range(2):
            before = self.status_lines
            os.kill(self.pid, signal.SIGUSR1)
            self._wait_for(lambda: self.status_lines > before)
            told = {name: self.latest_status[name] for name in ours}
            if told == ours:
                return
        self.fault(f"status when idle: {told} where it should be {ours}")

    def fault(self, text):
        self.fault_count += 1
        if len(self.faults) < FAULTS_SHOWN:
            self.faults.append(f"{self.name}: {text}")

    def finish(self):
        """Ends the input, waits for the end of the program, and looks at what is missing."""
        os.close(self._input)
        for reader in self._readers:
            self._wait_until(lambda reader=reader: reader.join(1) or not reader.is_alive())
        code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        processes.forget(self.pid)
        os.close(self._output)
        if self._expected:
            self.fault(f"{len(self._expected)} records are lost, the first of line {min(self._expected)}")
        if code != (1 if self.errors else 0):
            self.fault(f"ended with status {code} after {self.errors} error records")
