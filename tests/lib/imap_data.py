"""IMAP responses as Python data: lists, bytes for strings and literals, text for atoms, None for NIL."""
import re

TOKEN = re.compile(rb'\s*(?:(?P<open>\()|(?P<close>\))|~?\{(?P<size>\d+)\}\r\n|'
                   rb'"(?P<string>(?:[^"\\]|\\.)*)"|'
                   # Sections belong to the atom, with what is in their brackets.
                   rb'(?P<atom>(?:[^\s()"\[{]|\[[^\]]*\])+))', re.S)


def parse(data):
    """All values of a line as Imap.response() gives it."""
    data = data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data
    stack, at = [[]], 0
    while at < len(data.rstrip()):
        match = TOKEN.match(data, at)
        assert match, f"no IMAP data: {data[at:at + 80]!r}"
        at = match.end()
        if match["open"]:
            stack.append([])
        elif match["close"]:
            done = stack.pop()
            stack[-1].append(done)
        elif match["size"]:
            size = int(match["size"])
            assert at + size <= len(data), "a literal is cut short"
            stack[-1].append(data[at:at + size])
            at += size
        elif match["atom"]:
            atom = match["atom"].decode()
            stack[-1].append(None if atom.upper() == "NIL" else atom)
        else:
            stack[-1].append(re.sub(rb"\\(.)", rb"\1", match["string"]))
    assert len(stack) == 1, "a list does not end"
    return stack[0]


def fetched(lines):
    """{sequence number: {item: value}} of FETCH responses; what comes twice for one is merged."""
    found = {}
    for line in lines:
        words = parse(line) if re.match(r"\* \d+ FETCH ", line) else None
        if words:
            items = words[3]
            found.setdefault(int(words[1]), {}).update(zip(items[::2], items[1::2]))
    return found


def numbers(text):
    """{1, 2, 3, 7} of "1:3,7"."""
    found = set()
    for part in text.split(",") if text else []:
        first, _, last = part.partition(":")
        found.update(range(int(first), int(last or first) + 1))
    return found
