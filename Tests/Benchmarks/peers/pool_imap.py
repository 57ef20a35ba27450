"""One round with Python's own pool: Pool.imap with chunks that are large enough for the queues not to count.

    pool_imap.py PROCESSES < lines
"""

import hashlib
import multiprocessing
import sys

LINES_PER_CHUNK = 4096


def record(numbered):
    line, text = numbered
    text = text[:-1]
    # Formatted by hand: json.dumps would take longer than the digest, and these lines need no escapes.
    return '{"line":%d,"input":"%s","hash":"%s"}\n' % (line, text.decode(), hashlib.sha512(text).hexdigest())


def main():
    with multiprocessing.Pool(int(sys.argv[1])) as pool:
        numbered = enumerate(sys.stdin.buffer, start=1)
        sys.stdout.writelines(pool.imap(record, numbered, chunksize=LINES_PER_CHUNK))


if __name__ == "__main__":
    main()
