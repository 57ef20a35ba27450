/// Runs a command in a terminal of its own and plays what the argument, a JSON object, says; prints what was to be seen.
///
/// The screen is drawn as a terminal does it, as far as the program makes use of one: a carriage return, a newline, the
/// erasing of what is below, and a character behind the last column goes to the next line.
let terminalScript = #"""
    import fcntl, json, os, pty, re, select, struct, sys, termios, time

    script = json.loads(sys.argv[1])

    class Screen:
        def __init__(self, columns):
            self.columns, self.rows, self.row, self.column = columns, [[]], 0, 0
            self.wrapped, self.rest, self.unknown = [], "", []

        def put(self, character):
            if self.column >= self.columns:
                self.wrapped.append("".join(self.rows[self.row]))
                self.newline()
                self.column = 0
            row = self.rows[self.row]
            row.extend(" " * (self.column + 1 - len(row)))
            row[self.column] = character
            self.column += 1

        def newline(self):
            self.row += 1
            if self.row == len(self.rows):
                self.rows.append([])

        def feed(self, text):
            text = self.rest + text
            # An escape sequence that is not complete waits for the rest of it.
            cut = re.search(r"\x1b(\[[0-9;]*)?$", text)
            self.rest = text[cut.start():] if cut else ""
            for token in re.findall(r"\x1b\[[0-9;]*[A-Za-z]|.", text[:cut.start()] if cut else text, re.S):
                if token == "\r":
                    self.column = 0
                elif token == "\n":
                    self.newline()
                elif token == "\x1b[J":
                    del self.rows[self.row][self.column:]
                    del self.rows[self.row + 1:]
                elif token < " " or token.startswith("\x1b"):
                    self.unknown.append(token)
                else:
                    self.put(token)

        def text(self):
            return "\n".join("".join(row).rstrip() for row in self.rows)

    def set_columns(terminal, columns):
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))

    start, go = os.pipe()
    child, terminal = pty.fork()
    if child == 0:
        # Not before the terminal has its width.
        os.read(start, 1)
        os.close(start)
        os.execv(script["command"][0], script["command"])
    set_columns(terminal, script["columns"])
    modes = termios.tcgetattr(terminal)
    os.write(go, b"x")
    screen = Screen(script["columns"])
    raw, seen, status, modes_kept = "", [], None, True
    deadline = time.monotonic() + 60

    def step():
        global raw
        if time.monotonic() > deadline:
            sys.exit(f"waited in vain, the screen is {screen.text()!r}, the bytes were {raw!r}")
        if not select.select([terminal], [], [], 0.05)[0]:
            return True
        try:
            text = os.read(terminal, 65536).decode()
        except OSError:
            return False
        raw += text
        screen.feed(text)
        return text != ""

    for action in script["steps"]:
        if "resize" in action:
            screen.columns = action["resize"]
            set_columns(terminal, screen.columns)
        if "type" in action:
            os.write(terminal, action["type"].encode())
        if "until" in action:
            while not re.search(action["until"], screen.text(), re.M):
                if not step():
                    sys.exit(f"it ended before there was {action['until']!r}: {raw!r}")
            seen.append(screen.text())
            modes_kept = modes_kept and termios.tcgetattr(terminal) == modes
    while step():
        pass
    _, status = os.waitpid(child, 0)
    print(json.dumps({
        "seen": seen, "screen": screen.text(), "column": screen.column, "wrapped": screen.wrapped,
        "unknown": screen.unknown, "status": status, "modesKept": modes_kept, "raw": raw,
    }))
    """#
