"""One round in ClickHouse, in the process of Python's chdb, with as many threads as it likes.

    clickhouse_query.py LINES OUTPUT numbered|unnumbered

Writes on standard output, as JSON, the wall and CPU seconds of the query alone: neither starting Python nor loading the
module counts, and a small query goes first, so that nothing is done for the first time.
"""

import json
import resource
import sys
import time

import chdb


def quoted(path):
    return "'" + path.replace("\\", "\\\\").replace("'", "\\'") + "'"


def query(lines, output, form):
    # The table has an alias because one of the wanted columns is called as the one that is read.
    number = "_row_number + 1 AS \"line\", " if form == "numbered" else ""
    return (
        f"SELECT {number}records.line AS input, lower(hex(SHA512(input))) AS hash "
        f"FROM file({quoted(lines)}, 'LineAsString') AS records "
        f"INTO OUTFILE {quoted(output)} TRUNCATE FORMAT JSONEachRow"
    )


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main():
    if sys.argv[1:] == ["--version"]:
        print(f"chdb {chdb.__version__}, ClickHouse {chdb.query('SELECT version()', 'TSVRaw')}".strip())
        return
    chdb.query("SELECT lower(hex(SHA512('warm')))")
    text = query(*sys.argv[1:])
    cpu, wall = cpu_seconds(), time.perf_counter()
    chdb.query(text)
    wall, cpu = time.perf_counter() - wall, cpu_seconds() - cpu
    json.dump({"wall": wall, "cpu": cpu}, sys.stdout)


if __name__ == "__main__":
    main()
