"""Replaces user.email in JSON lines by its HMAC-SHA-512, or its SHA-512 without a key: KEYFILE or -."""

import hashlib
import hmac
import json
import sys


def main():
    key = None
    if sys.argv[1] != "-":
        with open(sys.argv[1], "rb") as file:
            key = file.read()
    write, dumps = sys.stdout.write, json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    for line in sys.stdin:
        record = json.loads(line)
        text = record["user"]["email"].encode()
        if key is None:
            record["user"]["email"] = hashlib.sha512(text).hexdigest()
        else:
            record["user"]["email"] = hmac.digest(key, text, "sha512").hex()
        write(dumps(record) + "\n")


main()
