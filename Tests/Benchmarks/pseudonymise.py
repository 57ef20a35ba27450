"""A member of JSON lines replaced by its hash: phash --json-field beside jq, which takes out and puts in."""

import hashlib
import hmac
import json
import os
import subprocess
import sys

import data
import machine
import processes
import report
import verify
from statistics_of_runs import median, ratio, take_turns

# 32 bytes, as the contract asks.
KEY = bytes(range(32, 64))
JQ = "jq, phash, jq"
PYTHON = "Python's json"


def offers(program, *options):
    told = subprocess.run([program, "--help"], capture_output=True, text=True, timeout=60).stdout
    return all(option in told for option in options)


def key_file(bench):
    path = bench.scratch("pseudonymise.key")
    with open(path, "wb") as file:
        file.write(KEY)
    os.chmod(path, 0o600)
    return path


def replaced(line, has_key):
    """What has to become of a line, byte for byte: the member's text is there once."""
    text = json.loads(line)["user"]["email"].encode()
    digest = hmac.digest(KEY, text, "sha512") if has_key else hashlib.sha512(text).digest()
    assert line.encode().count(text) == 1
    return line.encode().replace(text, digest.hex().encode())


def check(bench, commands, has_key):
    path = data.log_lines(bench.folder, bench.sizes.sample_lines)
    wanted = [replaced(line, has_key) for line in data.read_lines(path)]
    for name, command in commands(path).items():
        rows = processes.output(command, path).split(b"\n")[:-1]
        # jq writes numbers in its own way, so its lines are compared by what they mean.
        is_same = [json.loads(row) for row in rows] == [json.loads(row) for row in wanted]
        if rows != wanted and not (name in (JQ, PYTHON) and is_same):
            raise verify.WrongResult(f"{name}: other lines than Python's, {len(rows)} of {len(wanted)}")


def canary(has_key):
    line = '{"user":{"email":"a@b"},"n":1.50}'
    if replaced(line, has_key) == line.encode() or b'"n":1.50' not in replaced(line, has_key):
        raise AssertionError("the oracle replaces nothing, or too much")


def measure(bench):
    has_key = offers(bench.phash, "--key-file")
    key = key_file(bench)
    options = ["-r", "1", *(["--key-file", key] if has_key else [])]
    programs = {name: path for name, path in bench.programs.items()
                if name == "phash" or offers(path, "--json-field", *options[2:3])}
    has_jq = machine.is_there(["jq", "--version"])

    def commands(log):
        found = {name: [path, *options, "--json-field", "/user/email"] for name, path in programs.items()}
        if has_jq:
            found[JQ] = ["sh", bench.peers.path("pseudonymise_jq.sh"), log, bench.phash, *options]
        script = bench.peers.path("pseudonymise.py")
        found[PYTHON] = [sys.executable, script, key if has_key else "-"]
        return found

    canary(has_key)
    check(bench, commands, has_key)
    log = data.log_lines(bench.folder, bench.sizes.log_lines)
    output = bench.scratch("pseudonymise.ndjson")
    contenders = {}
    for name, command in commands(log).items():
        def into_file(command=command):
            return processes.run(command, log, output)

        def into_cat(command=command):
            return processes.run_into_cat(command, log)
        turns = bench.sizes.slow_repetitions if name in (JQ, PYTHON) else bench.sizes.repetitions
        contenders[name, "file"] = into_file, turns
        if name in programs:
            contenders[name, "cat"] = into_cat, turns
    runs = take_turns(contenders, bench.sizes.repetitions, lambda text: bench.tell(f"pseudonymise: {text}"))
    return section(bench, runs, has_key, has_jq, os.path.getsize(log))


def section(bench, runs, has_key, has_jq, log_bytes):
    lines = bench.sizes.log_lines
    found = report.Section(
        "A member inside JSON",
        f"{lines:,} log lines of {log_bytes / lines:.0f} bytes; one string in each, two levels deep, is replaced by its"
        f" {'HMAC-SHA-512 with a key of 32 bytes' if has_key else 'SHA-512'}, one round. jq cannot hash: one takes the"
        " strings out, phash hashes them, another puts them in, all at once; numbers come out in jq's own way.")
    phash = [run.wall for run in runs["phash", "file"]]
    rows = []
    for (name, destination), each in runs.items():
        walls = [run.wall for run in each]
        rows.append([
            f"{name}, into {'a file' if destination == 'file' else '`| cat > /dev/null`'}".replace("|", "\\|"),
            report.millions_per_second(lines / median(walls)), report.millions_per_second(lines / min(walls)),
            report.seconds(median(walls)), report.nanoseconds(median([run.cpu for run in each]) / lines),
            report.times(ratio(walls, phash)),
        ])
    header = ["", "lines/s", "most", "wall", "CPU a line", "phash into a file is faster by"]
    if not has_jq:
        rows.append(report.missing(JQ, header))
    found.table(header, rows)
    for destination, words in {"file": "a file", "cat": "`\\| cat > /dev/null`"}.items():
        speed = lines / median([run.wall for run in runs["phash", destination]])
        found.at_least(f"a member inside JSON: lines/s into {words}", speed, 1e6, report.millions_per_second)
    figure = "a member inside JSON: lines/s, of jq's"
    if has_jq:
        found.at_least(figure, ratio([run.wall for run in runs[JQ, "file"]], phash), 10, report.times)
    else:
        found.not_measured(figure, "≥ 10.00 ×", "jq is not available")
    return found
