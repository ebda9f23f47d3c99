"""The toolkit against Python's email package, over real mail when a corpus is at hand.

The corpus is a tar file (or a directory) named by ROOST_CORPUS, or ../shared/corpus. Python is a
witness, no authority: it is asked only where it reads mail by the letter, and a few disagreements
in thousands of (partly broken) messages are accepted; the toolkit's own claims have no exceptions.
"""
import email
import email.header
import email.utils
import glob
import json
import os
import re
import subprocess
import tarfile

import pytest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DUMP = os.path.join(os.environ.get("ROOST_BUILD", TOP + "/build"), "tests", "message", "dump")


def find_corpus():
    given = os.environ.get("ROOST_CORPUS")
    found = [given] if given else glob.glob(TOP + "/../shared/corpus/*.tar.xz")
    return found[0] if found else None


def own_message():
    """One of each thing, so that the comparison itself is always tested."""
    return (b"From mbox Thu Jan  1 00:00:00 1970\n"
            b"From: =?utf-8?q?J=C3=B6rg?= <joerg@example.org>\n"
            b"To: \"B, A\" <a@example.org>, c@example.org\n"
            b"Date: Fri, 21 Nov 97 09:55:06 -0600\n"
            b"Subject: =?iso-8859-1?q?caf=E9?=\n =?utf-8?b?IMOp?= end\n"
            b"Content-Type: multipart/mixed; boundary=\"=_x\"\n\n"
            b"preamble\n--=_x\n\none\n\n--=_x\nContent-Type: message/rfc822\n\n"
            b"Subject: inner\n\nbody\n--=_x--\nepilogue\n")


@pytest.fixture(scope="module")
def dumped(tmp_path_factory):
    if not os.path.exists(DUMP):
        pytest.skip("tests/message/dump is not built: make check builds it")
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "own").write_bytes(own_message())
    corpus = find_corpus()
    if corpus and os.path.isdir(corpus):
        folder_of_files = corpus
    elif corpus:
        with tarfile.open(corpus) as archive:
            for number, member in enumerate(each for each in archive if each.isfile()):
                (folder / str(number)).write_bytes(archive.extractfile(member).read())
        folder_of_files = str(folder)
    else:
        folder_of_files = str(folder)
    paths = [str(folder / "own")]
    paths += sorted(os.path.join(where, name) for where, _, names in os.walk(folder_of_files)
                    for name in names if name != "own")
    done = subprocess.run([DUMP], input="\n".join(paths) + "\n", text=True, capture_output=True)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lines) == len(paths)
    return done, lines, [(line, parse(line["path"])) for line in lines]


def parse(path):
    with open(path, "rb") as file:
        data = file.read()
    if data.startswith(b"From "):
        data = data[data.index(b"\n") + 1:]
    return data, email.message_from_bytes(data)


def few(differences, asked):
    """At most one in two hundred."""
    assert asked > 0
    assert len(differences) * 200 <= asked, differences[:20]


def is_ascii(text):
    return all(ord(c) < 128 for c in text)


def test_parts_nest_and_line_ends_do_not_matter(dumped):
    done = dumped[0]
    assert done.returncode == 0, done.stderr[:2000]


def test_sizes_are_those_of_the_crlf_form(dumped):
    for line, (data, _) in dumped[2]:
        assert line["crlf_size"] == len(re.sub(rb"(?<!\r)\n", b"\r\n", data)), line["path"]


def test_subjects(dumped):
    differences, asked = [], 0
    for line, (_, message) in dumped[2]:
        raw = message.get("Subject")
        if not isinstance(raw, str) or not is_ascii(raw):
            continue
        try:
            theirs = str(email.header.make_header(email.header.decode_header(raw)))
        except (LookupError, ValueError):
            continue
        asked += 1
        if "".join(theirs.split()) != "".join(line["subject"].split()):
            differences.append((line["path"], line["subject"], theirs))
    few(differences, asked)


def test_dates(dumped):
    differences, asked = [], 0
    for line, (_, message) in dumped[2]:
        raw = message.get("Date")
        if not isinstance(raw, str):
            continue
        fields = email.utils.parsedate_tz(raw)
        if fields is None or fields[9] is None:
            continue
        asked += 1
        if line.get("date") != email.utils.mktime_tz(fields):
            differences.append((line["path"], raw, line.get("date")))
    few(differences, asked)


@pytest.mark.parametrize("name", ["From", "To"])
def test_addresses(dumped, name):
    differences, asked = [], 0
    for line, (_, message) in dumped[2]:
        raw = message.get(name)
        # Groups, and addresses that are not by the letter, mean other things to Python.
        if not isinstance(raw, str) or not is_ascii(raw) or re.search(r"[:;\\]", raw):
            continue
        theirs = [address for _, address in email.utils.getaddresses([raw])]
        if not theirs or not all(re.fullmatch(r"[\w.+=-]+@[\w.-]+", each) for each in theirs):
            continue
        asked += 1
        if theirs != line[name.lower()]:
            differences.append((line["path"], raw, line[name.lower()]))
    few(differences, asked)


def flatten(message):
    """(type, size of the raw body of a leaf) in the order of roost's parts."""
    leaf = not message.is_multipart()
    kind = message.get_content_type()
    raw = message._payload
    yield kind, len(raw.encode("ascii", "surrogateescape")) if leaf and raw is not None else None
    if not leaf and kind != "message/delivery-status":
        for part in message.get_payload():
            yield from flatten(part)


def test_parts(dumped):
    differences, asked = [], 0
    for line, (_, message) in dumped[2]:
        if any(part.defects for part in message.walk()):
            continue
        theirs = list(flatten(message))
        ours = [((part["type"] + "/" + part["subtype"]).lower(), part["size"])
                for part in line["parts"]]
        asked += 1
        if len(ours) != len(theirs) or any(
                kind != other or (size is not None and size != length)
                for (kind, length), (other, size) in zip(ours, theirs)):
            differences.append((line["path"], ours, theirs))
    few(differences, asked)
