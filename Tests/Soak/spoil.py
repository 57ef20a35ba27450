"""A phash that does something wrong: runs the real one and spoils what it writes. The self-check must notice."""

import subprocess
import sys

# The record that is spoilt, from 0.
PLACE = 300


def dropped(rows):
    del rows[PLACE]


def doubled(rows):
    rows.insert(PLACE, rows[PLACE])


def doubled_later(rows):
    rows.append(rows[PLACE])


def swapped(rows):
    rows[PLACE], rows[PLACE + 1] = rows[PLACE + 1], rows[PLACE]


def altered(rows):
    digit = rows[PLACE][-4:-3]
    rows[PLACE] = rows[PLACE][:-4] + (b"1" if digit == b"0" else b"0") + rows[PLACE][-3:]


def exchanged(rows):
    """Two records with each other's line numbers."""
    first, second = rows[PLACE].split(b",", 1), rows[PLACE + 1].split(b",", 1)
    rows[PLACE], rows[PLACE + 1] = first[0] + b"," + second[1], second[0] + b"," + first[1]


def made_up(rows):
    rows.append(rows[-1].replace(b'{"line":', b'{"line":9', 1))


def cut_off(rows):
    rows[-1] = rows[-1][:20]


def no_record(rows):
    rows.insert(PLACE, b"phash: something happened\n")


def talkative(_):
    print("phash: worker 1: cannot be started", file=sys.stderr)


def ends_badly(_):
    return 70


WAYS = {
    way.__name__.replace("_", "-"): way for way in
    (dropped, doubled, doubled_later, swapped, altered, exchanged, made_up, cut_off, no_record, talkative, ends_badly)
}


def main():
    way, *command = sys.argv[1:]
    ended = subprocess.run(command, stdout=subprocess.PIPE)
    rows = ended.stdout.splitlines(keepends=True)
    status = WAYS[way](rows) if way in WAYS else None
    sys.stdout.buffer.write(b"".join(rows))
    return status or ended.returncode


if __name__ == "__main__":
    sys.exit(main())
