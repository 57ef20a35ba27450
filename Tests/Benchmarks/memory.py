"""How much memory the whole tree of processes takes at its highest."""

import contextlib
import os
import time

import processes
import report
import slow

POLL_SECONDS = 0.02


def memory_of(pids):
    """The sums of proportional and of resident bytes."""
    proportional = resident = 0
    for pid in pids:
        # A process may end between being found and being looked at.
        with contextlib.suppress(OSError):
            with open(f"/proc/{pid}/smaps_rollup") as file:
                for line in file:
                    words = line.split()
                    if words[0] == "Pss:":
                        proportional += int(words[1]) * 1024
                    elif words[0] == "Rss:":
                        resident += int(words[1]) * 1024
    return proportional, resident


def peak(command, stdin, into_cat):
    """Runs a program and looks at its tree until it has ended."""
    with processes.limited(command[0]):
        stdout, reader = "/dev/null", None
        if into_cat:
            read_end, stdout = os.pipe()
            reader = processes.start(["cat"], read_end, "/dev/null")
            os.close(read_end)
        pid = processes.start(command, stdin, stdout)
        if reader:
            os.close(stdout)
        highest, looks = (0, 0), 0
        while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None:
            highest = tuple(map(max, highest, memory_of(processes.tree(pid))))
            looks += 1
            time.sleep(POLL_SECONDS)
        processes.finish(pid)
        return *highest, looks


def measure(bench):
    section = report.Section(
        "Peak memory",
        f"Each program with its children, looked at every {report.milliseconds(POLL_SECONDS)}, in one run. PSS counts a"
        " shared page once, RSS once for each process.")
    rounds = max(bench.sizes.rounds // 4, 1)
    lines, jobs = bench.lines(), bench.processors
    phash_jobs = {
        "one round into `/dev/null`": (["-r", "1"], lines, False),
        "one round into `\\| cat`": (["-r", "1"], lines, True),
        "one round into `\\| cat`, unordered": (["-r", "1", "-u"], lines, True),
        f"slow job, {rounds:,} rounds": (["-r", str(rounds)], slow.RECORDS, False),
    }
    contenders = {}
    for words, (options, stdin, into_cat) in phash_jobs.items():
        for program, path in bench.programs.items():
            contenders[f"{program}, {words}"] = [path, "-j", str(jobs), *options], stdin, into_cat
    for name, command in bench.peers.filters(jobs).items():
        if command:
            contenders[f"{name}, one round into `/dev/null`"] = command, lines, False
    if bench.peers.clickhouse:
        command = bench.peers.clickhouse_command(lines, bench.scratch("one-round.ndjson"), "numbered")
        contenders["ClickHouse, one round into a file"] = command, "/dev/null", False
    rows = []
    for name, (command, stdin, into_cat) in contenders.items():
        bench.tell(f"memory: {name}")
        pss, rss, looks = peak(command, stdin, into_cat)
        rows.append([name, report.mebibytes(pss), report.mebibytes(rss), looks])
    section.table(["", "PSS", "RSS", "looks"], rows)
    return section
