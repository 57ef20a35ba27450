"""What phash must answer to a line, byte for byte. Nothing in here comes from phash: the hashes are hashlib's."""

import base64
import hashlib
import json

MAXIMUM_LINE = 1 << 20
# Contents up to this length come again and again, so that their hashes are remembered.
REMEMBERED_BYTES = 1 << 12


class Oracle:
    """Records of SHA-512 with a number of rounds."""

    def __init__(self, rounds):
        self.rounds = rounds
        self._remembered = {}

    def remember(self, contents):
        """Works out what comes often before it is asked for."""
        for content in contents:
            if len(content) <= REMEMBERED_BYTES:
                self._remembered[content] = self._members(content)

    def record(self, line, content):
        """The whole record, with its newline."""
        members = self._remembered.get(content) or self._members(content)
        return b'{"line":%d,%s}\n' % (line, members)

    def is_error(self, content):
        return len(content) > MAXIMUM_LINE

    def _members(self, content):
        if self.is_error(content):
            return b'"error":"line_too_long","message":"longer than %d bytes, see --max-line"' % MAXIMUM_LINE
        return b'%s,"hash":"%s"' % (self._input(content), self._hash(content))

    def _input(self, content):
        try:
            text = content.decode()
        except UnicodeDecodeError:
            return b'"input_base64":"%s"' % base64.b64encode(content)
        return b'"input":%s' % json.dumps(text, ensure_ascii=False).encode()

    def _hash(self, content):
        for _ in range(self.rounds):
            content = hashlib.sha512(content).hexdigest().encode()
        return content
