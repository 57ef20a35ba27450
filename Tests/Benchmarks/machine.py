"""What the figures were measured on, and with which versions."""

import os
import platform
import re
import ssl
import subprocess
import time

# What decides which kernels a CPU can run.
TELLING_FLAGS = ["sse4_2", "avx2", "bmi2", "avx512f", "avx512vl", "avx512bw", "gfni", "sha_ni", "asimd", "sha512"]


def processors():
    """The CPUs that this process may use."""
    return len(os.sched_getaffinity(0))


def _file(path):
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


def first_line(command):
    """What a program calls itself; None when it is not there."""
    try:
        text = subprocess.run(command, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = text.stdout.split("\n")
    return lines[0].strip() if text.returncode == 0 and lines[0] else None


def phash_version(path):
    """The version that the program tells, and of which state of the sources it may be."""
    told = first_line([path, "--version"]) or "unknown version"
    # Another checkout's program tells of that checkout; an installed one of none.
    folder = os.path.dirname(os.path.realpath(path))
    state = first_line(["git", "-C", folder, "describe", "--always", "--dirty", "--tags"])
    return f"{told}, sources at {state}" if state else told


def facts(phash):
    """What is to be known of the machine and of phash, by its name."""
    cpu = re.search(r"^(?:model name|Model)\s*:\s*(.*)$", _file("/proc/cpuinfo"), re.M)
    flags = re.search(r"^(?:flags|Features)\s*:\s*(.*)$", _file("/proc/cpuinfo"), re.M)
    known = flags[1].split() if flags else []
    memory = re.search(r"^MemTotal:\s*(\d+)", _file("/proc/meminfo"), re.M)
    return {
        "date": time.strftime("%Y-%m-%d %H:%M %Z"),
        "CPU": f"{cpu[1] if cpu else platform.machine()}, {processors()} usable; "
        + (", ".join(flag for flag in TELLING_FLAGS if flag in known) or "no flags known"),
        "memory": f"{int(memory[1]) / 2**20:.1f} GiB" if memory else "unknown",
        "system": f"Linux {platform.release()}, {system_name()}",
        "load before the run": " ".join(_file("/proc/loadavg").split()[:3]),
        "phash": phash_version(phash),
        "Python": f"{platform.python_version()}, hashlib with {ssl.OPENSSL_VERSION}",
    }


def listed(facts):
    """Lines of Markdown."""
    return "\n".join(f"- {name}: {value or 'not available'}" for name, value in facts.items())


def description(bench):
    """Lines of Markdown about the machine and the programs."""
    known = facts(bench.phash)
    if bench.old:
        known["older phash"] = phash_version(bench.old)
    peers = bench.peers
    known["OpenSSL of the C peer"] = first_line([peers.chain, "--version"])
    script = peers.path("clickhouse_query.py")
    known["chdb"] = peers.clickhouse and first_line([peers.clickhouse, script, "--version"])
    known["Miller"] = peers.miller and first_line(["mlr", "--version"])
    known["GNU parallel"] = peers.parallel and first_line(["parallel", "--version"])
    versions = 'print "$^V, Digest::SHA $Digest::SHA::VERSION"'
    known["perl"] = peers.perl and first_line(["perl", "-MDigest::SHA", "-e", versions])
    return listed(known)


def system_name():
    name = re.search(r'^PRETTY_NAME="?(.*?)"?$', _file("/etc/os-release"), re.M)
    return name[1] if name else "unknown distribution"


def is_there(command):
    """Whether a program can be run."""
    return first_line(command) is not None
