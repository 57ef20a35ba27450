"""Says that what is about to be timed computes the right thing. The oracle is hashlib."""

import hashlib
import json


class WrongResult(Exception):
    """Somebody gave a wrong digest, lost a record or made one up."""


def canary():
    """Throws when a wrong digest, a lost record, one too many, or a wrong order would go unnoticed."""
    def record(line, text, digest):
        return json.dumps({"line": line, "input": text, "hash": digest}) + "\n"

    first, second = record(1, "a", chain("a", "sha512", 1)), record(2, "b", chain("b", "sha512", 1))
    records("canary", first + second, ["a", "b"], is_ordered=True)
    wrong = record(2, "b", chain("c", "sha512", 1))
    for output in (first + wrong, first, first + first, first + second + second, second + first, first + "{}\n"):
        try:
            records("canary", output, ["a", "b"], is_ordered=True)
        except WrongResult:
            continue
        raise AssertionError(f"not noticed: {output}")


def chain(text, algorithm, rounds):
    current = text.encode()
    for _ in range(rounds):
        current = hashlib.new(algorithm, current).hexdigest().encode()
    return current.decode()


def records(name, output, inputs, algorithm="sha512", rounds=1, is_ordered=False, is_numbered=True):
    """Throws unless `output` holds one right record for each of `inputs`, which are all different."""
    hashes = {text: chain(text, algorithm, rounds) for text in inputs}
    lines = {text: line for line, text in enumerate(inputs, start=1)}
    seen = []
    for row in output.splitlines():
        try:
            record = json.loads(row)
            text = record["input"]
            # ClickHouse may write 64-bit numbers as strings.
            is_right = record["hash"] == hashes[text] and (not is_numbered or int(record["line"]) == lines[text])
        except (ValueError, KeyError, TypeError):
            is_right = False
        if not is_right:
            raise WrongResult(f"{name}: wrong record: {row[:300]!r}")
        seen.append(text)
    if len(seen) != len(inputs) or len(set(seen)) != len(seen):
        raise WrongResult(f"{name}: {len(seen)} records, {len(set(seen))} different ones, of {len(inputs)} lines")
    if is_ordered and seen != inputs:
        raise WrongResult(f"{name}: the records are not in the order of the input")
