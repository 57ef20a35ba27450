"""The slow job as tutorials show it: identical workers take records from one queue and put results into another.

    tutorial_pool.py sha512|sha256 ROUNDS PROCESSES < records
"""

import hashlib
import json
import multiprocessing
import sys


def chain(record, algorithm, rounds):
    digest = getattr(hashlib, algorithm)
    current = record
    for _ in range(rounds):
        current = digest(current).hexdigest().encode()
    return current.decode()


def worker(tasks, results, algorithm, rounds):
    # None ends a worker: there is one for each.
    for line, record in iter(tasks.get, None):
        results.put((line, record, chain(record, algorithm, rounds)))


def main():
    algorithm, rounds, processes = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    tasks = multiprocessing.Queue()
    results = multiprocessing.Queue()
    arguments = (tasks, results, algorithm, rounds)
    workers = [multiprocessing.Process(target=worker, args=arguments) for _ in range(processes)]
    for process in workers:
        process.start()
    count = 0
    for count, record in enumerate(sys.stdin.buffer, start=1):
        tasks.put((count, record.rstrip(b"\n")))
    for _ in workers:
        tasks.put(None)
    for _ in range(count):
        line, record, digest = results.get()
        print(json.dumps({"line": line, "input": record.decode(), "hash": digest}), flush=True)
    for process in workers:
        process.join()


if __name__ == "__main__":
    main()
