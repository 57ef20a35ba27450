"""What packaging/check-service stands on: the units, the log that they follow, and the records that come out."""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import termios
import time

PATIENCE_SECONDS = 60
EXAMPLES = "/usr/share/doc/phash/examples"
UNITS = ["phash.socket", "phash.service", "phash-tail.service"]
LOG = "/var/log/app.log"
RECORDS = "/var/log/phash.ndjson"
DROP_IN = "/etc/systemd/system/phash.service.d/check.conf"


def run(*command, check=True):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if check and done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: status {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


def wait_for(condition, what, units=UNITS):
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > end:
            state = run("systemctl", "status", "--no-pager", "--full", *units, check=False)
            raise TimeoutError(f"waited for {what}\n{state}")
        time.sleep(0.02)


def show(name, unit="phash.service"):
    return run("systemctl", "show", "-p", name, "--value", unit).strip()


def main_pid(unit="phash.service"):
    return int(show("MainPID", unit))


def proposed_lines(path):
    """What a unit has as a proposal, to be put on top of it."""
    with open(path, encoding="ascii") as file:
        return "".join(line[1:] for line in file if re.match(r"#[A-Z][A-Za-z]+=", line))


def check_confined(parent, child):
    """A parent and its child have no rights, and the child has the filters of the service and its own."""
    for pid in [parent, child]:
        assert status_field(pid, "NoNewPrivs") == "1"
        assert status_field(pid, "CapBnd") == "0000000000000000"
        assert status_field(pid, "Uid") != "0"
    assert int(status_field(child, "Seccomp_filters")) == int(status_field(parent, "Seccomp_filters")) + 1


def check_key_is_hidden(key, pids):
    for pid in pids:
        for name in ["cmdline", "environ"]:
            with open(f"/proc/{pid}/{name}", "rb") as file:
                assert key not in file.read()


def children(pid):
    return [int(word) for word in run("pgrep", "-P", str(pid), check=False).split()]


def status_field(pid, name):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return next(line.split()[1] for line in file if line.startswith(name + ":"))


def records(path=RECORDS):
    """The whole records that have been written."""
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file.read().split("\n")[:-1]]


def digest(text):
    return hashlib.sha512(text.encode()).hexdigest()


class Lines:
    """Lines that nobody has seen before, and whether the answers to them came."""

    def __init__(self):
        self.count = 0

    def make(self, number):
        lines = [f"line {self.count + place}" for place in range(number)]
        self.count += number
        return lines

    def append(self, number, path=LOG):
        lines = self.make(number)
        with open(path, "a", encoding="ascii") as file:
            file.write("".join(line + "\n" for line in lines))
        return lines


def arrived(lines, *paths):
    """Whether every one of the lines has its record, once."""
    counts = {}
    for path in paths or [RECORDS]:
        for record in records(path):
            counts[record.get("hash")] = counts.get(record.get("hash"), 0) + 1
    return all(counts.get(digest(line)) == 1 for line in lines)


def restart(drop_in=None, first_record=True):
    """Starts everything afresh, with nothing in the pipe and no records, and `drop_in` on top of phash.service."""
    run("systemctl", "stop", *reversed(UNITS))
    run("systemctl", "reset-failed", check=False)
    shutil.rmtree(os.path.dirname(DROP_IN), ignore_errors=True)
    if drop_in:
        write_drop_in(drop_in)
    for path in [RECORDS, RECORDS + ".1", LOG + ".1", "/run/phash.fifo"]:
        if os.path.exists(path):
            os.unlink(path)
    with open(LOG, "w", encoding="ascii"):
        pass
    os.chmod(LOG, 0o640)
    shutil.chown(LOG, "root", "adm")
    run("systemctl", "daemon-reload")
    run("systemctl", "start", *UNITS)
    # tail begins at the end of the log: a line that is written before is none of its.
    wait_for(tail_has_begun, "tail")
    if first_record:
        lines = LINES.append(1)
        wait_for(lambda: arrived(lines), "the first record")


def write_drop_in(text):
    """Puts `text` on top of phash.service; systemd has to be told."""
    os.makedirs(os.path.dirname(DROP_IN), exist_ok=True)
    with open(DROP_IN, "w", encoding="ascii") as file:
        file.write(text)


def tail_has_begun():
    pid = show("MainPID", "phash-tail.service")
    folder = f"/proc/{pid}/fd"
    return any(os.readlink(f"{folder}/{name}") == "anon_inode:inotify" for name in os.listdir(folder))


def rotate(text):
    with open("/tmp/rotation", "w", encoding="ascii") as file:
        file.write(text)
    run("logrotate", "-f", "/tmp/rotation")


def line_count(path):
    if not os.path.exists(path):
        return 0
    with open(path, "rb") as file:
        return file.read().count(b"\n")


def unread_bytes():
    pipe = os.open("/run/phash.fifo", os.O_RDONLY | os.O_NONBLOCK)
    try:
        count = bytearray(4)
        fcntl.ioctl(pipe, termios.FIONREAD, count)
        return int.from_bytes(count, "little")
    finally:
        os.close(pipe)


LINES = Lines()
