/// Makes JSON objects with a member to be hashed, and what has to become of them: `FOLDER`, then options.
///
/// Each record is put together from pieces, so that what has to come out is known byte for byte; then Python's own json
/// says the same of both once more, with numbers as they are written and names that are there twice.
let memberScript = #"""
    import argparse, base64, hashlib, hmac, json, random

    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--algorithm", default="sha512")
    parser.add_argument("--encoding", default="hex")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--key", default="")
    parser.add_argument("--ends", default="newline")
    o = parser.parse_args()
    ends = {"newline": "\n", "null": "\0", "crlf": "\r\n"}[o.ends]
    choice = random.Random(o.seed)

    def digest(data):
        if o.key:
            return hmac.new(o.key.encode(), data, o.algorithm)
        return hashlib.new(o.algorithm, data)

    def hashed(text):
        data = text.encode()
        for _ in range(o.rounds):
            last = digest(data)
            data = last.hexdigest().encode()
        return data.decode() if o.encoding == "hex" else base64.b64encode(last.digest()).decode()

    numbers = ["0", "-0", "1.0000000000000000001e400", "123456789012345678901234567890", "-1.50E-07", "2e+2", "0.10"]
    texts = ["", "alice@example.com", "a\"b\\c/d", "tab\tand\nnewline", "é€😀", "\u2028\u0000\x1f\x7f", "x" * 300,
             "日本語のテキスト", "{\"email\":\"no\"}", "0123456789abcdef"]
    names = ["id", "name", "email", "user", "é", "a b", "0", "", "\"", "e\u0301", "emai", "emails", "USER"]

    def space():
        return choice.choice(["", "", "", " ", "\t", "  ", "\r"] + (["\n"] if o.ends == "null" else []))

    def string(text):
        how = choice.randrange(4)
        if how == 0:
            return json.dumps(text)
        if how == 1:
            units = text.encode("utf-16-be")
            return '"' + "".join("\\u%02x%02X" % (units[i], units[i + 1]) for i in range(0, len(units), 2)) + '"'
        written = json.dumps(text, ensure_ascii=False)
        return written.replace("/", "\\/") if how == 2 else written

    def value(depth):
        kind = choice.randrange(8 if depth < 4 else 5)
        if kind < 2:
            return string(choice.choice(texts))
        if kind == 2:
            return choice.choice(numbers)
        if kind == 3:
            return choice.choice(["true", "false", "null", "[]", "{}", '"\\ud800"'])
        if kind < 6:
            return "[" + ",".join(space() + value(depth + 1) + space() for _ in range(choice.randrange(4))) + "]"
        chosen = choice.sample(names, choice.randrange(4))
        return "{" + ",".join(member(name, value(depth + 1)) for name in chosen) + "}"

    def member(name, text):
        return space() + string(name) + space() + ":" + space() + text + space()

    def placed(members, reached):
        """An object as (before, after): other members around those of `reached`, which are pairs themselves."""
        parts = [(text, text) for text in members] + reached
        choice.shuffle(parts)
        opening, closing = space() + "{", "}" + space()
        return tuple(opening + ",".join(part[side] for part in parts) + closing for side in (0, 1))

    def others(avoided):
        wanted = [name for name in names if name != avoided]
        return [member(name, value(2)) for name in choice.sample(wanted, choice.randrange(5))]

    def pair(name, before, after):
        opening = space() + string(name) + space() + ":" + space()
        closing = space()
        return opening + before + closing, opening + after + closing

    def record():
        # Names that are there twice, at either level, come in one of eight objects.
        users = []
        for _ in range(1 if choice.randrange(8) else 2):
            emails = []
            for _ in range(1 if choice.randrange(8) else 2):
                text = choice.choice(texts)
                emails.append(pair("email", string(text), '"' + hashed(text) + '"'))
            users.append(pair("user", *placed(others("email"), emails)))
        return placed(others("user"), users)

    def read(text):
        return json.loads(text, parse_int=lambda n: ("number", n), parse_float=lambda n: ("number", n),
                          object_pairs_hook=lambda pairs: ("object", pairs))

    def replaced(tree, path):
        if not path:
            return hashed(tree)
        if isinstance(tree, tuple) and tree[0] == "object":
            return "object", [(n, replaced(v, path[1:]) if n == path[0] else v) for n, v in tree[1]]
        return tree

    def line(text):
        # White space that is a newline becomes a space, so that a record is one line; in a string there is no newline.
        return text.replace("\n", " ")

    records = [record() for _ in range(o.count)]
    for before, after in records:
        assert replaced(read(before), ["user", "email"]) == read(after), before
    inputs = [before + ends for before, _ in records]
    outputs = [line(after) + "\n" for _, after in records]
    for name, lines in [("input", inputs), ("expected", outputs)]:
        with open(o.folder + "/" + name, "wb") as file:
            file.write("".join(lines).encode("utf-8", "surrogatepass"))
    """#
