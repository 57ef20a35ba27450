/// Reads a line of JSON (an array of runs) and then each run's input and output; writes what is wrong with them.
///
/// Each output line is compared as a whole with the one line that the contract allows. Only the way in which a character
/// that must be escaped is escaped (`\n` or `\u000a`) is free, so those are brought into one form before.
let oracleScript = #"""
    import argparse, base64, hashlib, hmac, json, re, sys

    def options(arguments):
        parser = argparse.ArgumentParser()
        for names, default in [
            (("-r", "--rounds"), 1000000), (("-j", "--jobs"), 0), (("--max-line",), 1 << 20),
            (("--retries",), 2), (("--buffer",), 0),
        ]:
            parser.add_argument(*names, type=int, default=default)
        parser.add_argument("-a", "--algorithm", default="sha512")
        parser.add_argument("--timeout", type=float)
        parser.add_argument("--format", default="json")
        parser.add_argument("--encoding", default="hex")
        for names in [("-u", "--unordered"), ("-k", "--keep-order"), ("-0", "--null"), ("-v", "--verbose")]:
            parser.add_argument(*names, action="store_true")
        for name in ["--crlf", "--tag", "--no-input", "--line-buffered", "--allow-short-key"]:
            parser.add_argument(name, action="store_true")
        parser.add_argument("--key-file")
        parser.add_argument("--key-id")
        o = parser.parse_args(arguments)
        o.key = None
        if o.key_file:
            with open(o.key_file, "rb") as file:
                o.key = file.read()
            o.key = o.key[:-1] if o.key.endswith(b"\n") else o.key
        return o

    def split(data, o):
        delimiter = b"\0" if o.null else b"\n"
        records = data.split(delimiter)
        last = records.pop()
        if o.crlf:
            records = [r[:-1] if r.endswith(b"\r") else r for r in records]
        return records + [last] if last else records

    def named(algorithm):
        for name in [algorithm, algorithm.replace("-", "_"), algorithm.replace("_", "-")]:
            try:
                hashlib.new(name)
                return name
            except ValueError:
                pass
        return None

    known = {}
    def digest(record, o):
        key = (record, o.algorithm, o.rounds, o.key)
        if key not in known:
            name = named(o.algorithm)
            new = getattr(hashlib, name, None) or (lambda data: hashlib.new(name, data))
            if o.key is not None:
                new = lambda data: hmac.new(o.key, data, name)
            current = record
            for _ in range(o.rounds):
                current = new(current).hexdigest().encode()
            known[key] = current.decode()
        text = known[key]
        return text if o.encoding == "hex" else base64.b64encode(bytes.fromhex(text)).decode()

    def result(record, o, job):
        if job == "vowels":
            return "vowels", str(sum(record.count(v) for v in b"aeiouAEIOU"))
        return "hash", digest(record, o)

    def members(number, record, o):
        found = {"line": number}
        if not o.no_input:
            try:
                found["input"] = record.decode("utf-8")
            except UnicodeDecodeError:
                found["input_base64"] = base64.b64encode(record).decode()
        return found

    def text(found):
        return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()

    def expected(number, record, o, job):
        name, value = result(record, o, job)
        if o.format == "hex":
            return value.encode()
        found = members(number, record, o)
        if o.tag:
            found.update(algorithm=o.algorithm if o.key is None else "hmac-" + o.algorithm, rounds=o.rounds)
            if o.key_id:
                found.update(key_id=o.key_id)
        found[name] = value
        return text(found)

    def error_problem(line, number, record, o, code):
        """None when the line is a right error record."""
        if o.format == "hex":
            return None if line == b"" else "an error record is an empty line"
        found = members(number, record, o)
        if code == "line_too_long":
            found = {"line": number}
        found["error"] = code
        start = text(found)[:-1] + b',"message":"'
        if not line.startswith(start) or not line.endswith(b'"}'):
            return "wanted " + repr(start)
        return None

    escapes = {}
    def unescape(match):
        escape = match.group(0)
        if escape not in escapes:
            character = json.loads(b'"' + escape + b'"')
            needed = character < " " or character in '"\\'
            escapes[escape] = json.dumps(character)[1:-1].encode() if needed else b"<needless escape>"
        return escapes[escape]

    def canonical(line):
        return re.sub(rb"\\(?:u[0-9a-fA-F]{4}|.)", unescape, line) if b"\\" in line else line

    def short(value):
        return repr(value if len(value) < 400 else value[:200] + b"..." + value[-100:])

    # What must come out depends neither on the order nor on the number of processes.
    outputs = {}
    def expected_lines(data, o, job, errors):
        key = (data, o.null, o.crlf, o.max_line, o.algorithm, o.rounds, o.format, o.encoding, o.tag, o.no_input,
               o.key, o.key_id, job, tuple(sorted(errors)))
        if key not in outputs:
            outputs[key] = [
                None if len(record) > o.max_line or record.decode("latin-1") in errors
                else expected(index + 1, record, o, job)
                for index, record in enumerate(split(data, o))
            ]
        return outputs[key]

    def problems(run, data, output):
        o = options(run["arguments"])
        records = split(data, o)
        wanted = expected_lines(data, o, run["job"], run["errors"])
        lines = output.split(b"\n")
        if lines.pop() != b"":
            yield "the output does not end in a newline: " + short(output[-300:])
        if o.unordered:
            lines.sort(key=lambda line: int(re.match(rb'\{"line":(\d+)[,}]', line).group(1)))
        lines = [canonical(line) for line in lines]
        if lines == wanted and output[-1:] in (b"", b"\n"):
            return
        if len(lines) != len(records) and not run["isCutShort"]:
            yield f"{len(records)} records went in, {len(lines)} came out"
        for index, line in enumerate(lines[:len(records)]):
            number = index + 1
            if run["isCutShort"] and o.unordered:
                number = json.loads(line)["line"]
            record = records[number - 1]
            code = run["errors"].get(record.decode("latin-1"))
            if len(record) > o.max_line:
                code = "line_too_long"
            if code:
                problem = error_problem(line, number, record, o, code)
                if problem:
                    yield f"line {number}: {problem}, got {short(line)}"
            elif line != wanted[number - 1]:
                yield f"line {number}: wanted {short(wanted[number - 1])}, got {short(line)}"

    for run, data, output in [
        (run, sys.stdin.buffer.read(run["inputCount"]), sys.stdin.buffer.read(run["outputCount"]))
        for run in json.loads(sys.stdin.buffer.readline())
    ]:
        for count, problem in enumerate(problems(run, data, output)):
            if count == 5:
                print("and more")
                break
            print(f"{run['arguments']}: {problem}")
    """#
