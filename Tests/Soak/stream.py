"""Lines of every kind, the same ones for the same seed."""

import json

import oracle

# Texts that need every kind of care: escapes, other alphabets, and what only looks like the end of a line.
WORDS = [
    "", " ", "hello", '"', "\\", "\t", "\r", "\b\f", "\0", "\x1f", "\x7f", "/", "ü", "€", "\u2028", "漢字", "😀", "\ufeff",
    "\ufffd", "{\"line\":1}", "2026-11-23T00:00:00Z GET /index.html 200",
]


class Lines:
    """Contents of lines, drawn from a pool, and long ones made anew."""

    def __init__(self, generator, count=1000):
        self._generator = generator
        self.pool = [self._short() for _ in range(count)]

    def _short(self):
        kind = self._generator.random()
        if kind < 0.05:
            return b""
        if kind < 0.15:
            return _without_newline(self._generator.randbytes(self._generator.randint(1, 200)))
        if kind < 0.5:
            return b"%032x" % self._generator.getrandbits(128)
        return "".join(self._generator.choices(WORDS, k=self._generator.randint(1, 12))).encode()

    def short(self, count):
        """That many lines out of the pool."""
        return self._generator.choices(self.pool, k=count)

    def different(self, count):
        """As `short`, but each with a number of its own before it, so that no two are alike."""
        start = self._generator.getrandbits(32) << 32
        return [b"%d %b" % (start + index, content) for index, content in enumerate(self.short(count))]

    def long(self):
        """A line that may need more room than most, or be longer than phash takes."""
        length = self._generator.choice([
            self._generator.randint(1 << 12, 1 << 16), self._generator.randint(1 << 16, oracle.MAXIMUM_LINE),
            oracle.MAXIMUM_LINE - 1, oracle.MAXIMUM_LINE, oracle.MAXIMUM_LINE + 1,
            self._generator.randint(oracle.MAXIMUM_LINE, 3 * oracle.MAXIMUM_LINE),
        ])
        return self.of_length(length, self._generator.choice(["binary", "text", "control"]))

    def of_length(self, length, kind):
        if kind == "binary":
            return _without_newline(self._generator.randbytes(length))
        if kind == "text":
            return (b"the same text over and over, " * (length // 29 + 1))[:length]
        # Each of these bytes becomes six in the output.
        return b"\x01" * length


def _without_newline(content):
    return content.replace(b"\n", b"\xfe")


def is_escaped_by_rule():
    """Whether json.dumps escapes as RFC 8259 demands and no further, which the oracle rests on."""
    text = "".join(map(chr, range(0x80))) + "é\u2028😀"
    special = {"\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
    expected = "".join(special.get(c) or (f"\\u{ord(c):04x}" if c < " " else c) for c in text)
    return json.dumps(text, ensure_ascii=False) == f'"{expected}"'
