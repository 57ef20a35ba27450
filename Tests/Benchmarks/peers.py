"""The programs that phash is compared with: where they are and how they are called."""

import json
import os
import subprocess
import sys

import machine
import processes

HERE = os.path.dirname(os.path.abspath(__file__))

MILLER = r'print "{\"line\":".NR.",\"input\":\"".$1."\",\"hash\":\"".sha512($1)."\"}"'


class Peers:
    """What there is on this machine; None or False for what there is not."""

    def __init__(self, build_folder, installed):
        self.folder = build_folder
        self.chain = self._compile("openssl_chain", "-lcrypto")
        self.hello = self._compile("hello")
        python = os.path.join(build_folder, "python/bin/python")
        script = self.path("clickhouse_query.py")
        self.clickhouse = python if installed and machine.is_there([python, script, "--version"]) else None
        self.miller = installed and machine.is_there(["mlr", "--version"])
        self.perl = installed and machine.is_there(["perl", "-MDigest::SHA", "-e", "print 1"])
        name = machine.first_line(["parallel", "--version"]) if installed else None
        self.parallel = self.perl and bool(name) and name.startswith("GNU parallel")

    @staticmethod
    def path(name):
        return os.path.join(HERE, "peers", name)

    def _compile(self, name, *libraries):
        program = os.path.join(self.folder, name)
        source = self.path(f"{name}.c")
        subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-o", program, source, *libraries], check=True)
        return program

    # The slow job

    def chain_command(self, algorithm, rounds, jobs):
        return [self.chain, algorithm, str(rounds), str(jobs)]

    def tutorial_command(self, algorithm, rounds, jobs):
        return [sys.executable, self.path("tutorial_pool.py"), algorithm, str(rounds), str(jobs)]

    # One round

    def filters(self, jobs):
        """The commands that read lines and write records, by name; None for what is not there."""
        script = self.path("hash_lines.pl")
        pool = [sys.executable, self.path("pool_imap.py"), str(jobs)]
        miller = ["mlr", "--inidx", "--ifs", "\\t", "--ojsonl", "put", "-q", MILLER]
        # Without -k: results come as they are ready, which can only be faster.
        parallel = ["parallel", "--will-cite", "--pipe", "--block", "4M", "-j", str(jobs)]
        parallel += ["perl", script, "--unnumbered"]
        return {
            "Python's Pool.imap": pool,
            "GNU parallel --pipe, perl": parallel if self.parallel else None,
            "perl": ["perl", script] if self.perl else None,
            "Miller": miller if self.miller else None,
        }

    def clickhouse_command(self, lines, output, form):
        return [self.clickhouse, self.path("clickhouse_query.py"), lines, output, form]

    def ask_clickhouse(self, lines, output, form):
        """Runs the query in a process of its own; the costs are those of the query, `extra` has those of all."""
        told = os.path.join(self.folder, "clickhouse.json")
        whole = processes.run(self.clickhouse_command(lines, output, form), "/dev/null", told)
        with open(told) as file:
            query = json.load(file)
        return processes.Run(
            wall=query["wall"], cpu=query["cpu"],
            extra={"whole wall": whole.wall, "whole cpu": whole.cpu})
