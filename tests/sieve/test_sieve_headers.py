"""What tests of headers and addresses see, against Python's email package, over real mail.

The corpus is a tar file named by ROOST_CORPUS, or ../shared/corpus; without it only a few messages of
our own are looked at, and the test of the corpus is skipped. Python is a witness, no authority: it is
asked where it reads mail by the letter, and few disagreements in broken messages are accepted.
"""
import email
import email.header
import email.utils
import glob
import os
import re
import subprocess
import tarfile

import pytest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FILTER = os.path.join(os.environ.get("ROOST_BUILD", TOP + "/build"), "sieve", "sieve-filter")
NAMES = ["from", "to", "cc", "reply-to"]
MOST = 30

OWN = [
    b"From: =?utf-8?q?J=C3=B6rg?= <joerg+list@example.org>\nTo: \"B, A\" <a@example.org>, c@example.org\n"
    b"Subject: =?iso-8859-1?q?caf=E9?=\n =?utf-8?b?IMOp?= end  \n\nx\n",
    b"from: a@example.org (comment)\nFROM: second@example.org\nCc: \n b@example.org,\n c@Example.org\n"
    b"Reply-To: <r@example.org>\nSubject:\n\nx\n",
    b"Subject: =?utf-8?q?_none_of_the_others_?=\n\n",
]


def script():
    """Tells subject and addresses by what the tests of the language leave in match variables."""
    lines = ['require ["vnd.dovecot.debug", "variables", "relational"];',
             'if header :matches "subject" "*" { debug_log "subject=${1}"; }']
    for name in NAMES:
        for part in ["all", "localpart", "domain"]:
            lines.append(f'if address :{part} :matches "{name}" "*" '
                         f'{{ debug_log "{name}.{part}=${{1}}"; }}')
        for count in range(MOST):
            lines.append(f'if address :count "eq" "{name}" "{count}" '
                         f'{{ debug_log "{name}.count={count}"; }}')
    return "\n".join(lines + ['debug_log "end";', ""])


def seen(folder, where):
    """For each file of the folder, in the order of their names: what the script told."""
    path = where / "tell.sieve"
    path.write_text(script())
    done = subprocess.run([FILTER, "-x", "+vnd.dovecot.debug", str(path), str(folder)],
                          capture_output=True, timeout=600)
    assert done.returncode == 0, done.stderr[-2000:]
    messages, current = [], {}
    for line in done.stderr.decode("utf-8", "replace").split("\n"):
        text = re.fullmatch(r"tell: line \d+: info: DEBUG: (.*)\.", line)
        if text is None:
            continue
        if text[1] == "end":
            messages.append(current)
            current = {}
        else:
            key, _, value = text[1].partition("=")
            current[key] = value
    names = sorted(os.listdir(folder))
    assert len(messages) == len(names)
    return list(zip(names, messages))


def few(differences, asked):
    """At most one in two hundred."""
    assert asked > 0
    assert len(differences) * 200 <= asked, differences[:20]


def plain(raw):
    """A value that Python reads as we do: there, and nothing but ASCII."""
    return isinstance(raw, str) and all(ord(c) < 128 for c in raw)


def compare_subjects(read):
    differences, asked = [], 0
    for name, told, message in read:
        raw = message.get("Subject")
        if raw is None:
            assert "subject" not in told, name
        if not plain(raw):
            continue
        try:
            theirs = str(email.header.make_header(email.header.decode_header(raw)))
        except (LookupError, ValueError):
            continue
        asked += 1
        if "".join(theirs.split()) != "".join(told.get("subject", "?").split()):
            differences.append((name, told.get("subject"), theirs))
        # The language strips blanks at both ends.
        assert told.get("subject", "").strip(" \t") == told.get("subject", ""), name
    few(differences, asked)


def compare_addresses(read, field):
    differences, asked = [], 0
    for name, told, message in read:
        raws = message.get_all(field)
        if raws is None:
            assert told.get(field + ".count") == "0" and field + ".all" not in told, name
            continue
        # Groups, and addresses that are not by the letter, mean other things to Python.
        if not all(plain(raw) and not re.search(r"[:;\\]", raw) for raw in raws):
            continue
        theirs = [address for _, address in email.utils.getaddresses(raws)]
        if not theirs or len(theirs) >= MOST or not all(
                re.fullmatch(r"[\w.+=-]+@[\w.-]+", each) for each in theirs):
            continue
        asked += 1
        local, _, domain = theirs[0].rpartition("@")
        expected = {".all": theirs[0], ".localpart": local, ".domain": domain,
                    ".count": str(len(theirs))}
        ours = {key: told.get(field + key) for key in expected}
        if ours != expected:
            differences.append((name, raws, ours))
    few(differences, asked)


def write_mail(folder, number, data):
    if data.startswith(b"From "):
        data = data[data.index(b"\n") + 1:]
    (folder / f"{number:06}").write_bytes(data)


def read_all(folder, where):
    return [(name, told, email.message_from_bytes((folder / name).read_bytes()))
            for name, told in seen(folder, where)]


def test_messages_of_our_own(tmp_path):
    folder = tmp_path / "mail"
    folder.mkdir()
    for number, data in enumerate(OWN):
        write_mail(folder, number, data)
    read = read_all(folder, tmp_path)
    first, second, third = (told for _, told, _ in read)
    assert first["subject"] == "caf\u00e9 \u00e9 end"
    assert first["from.all"] == "joerg+list@example.org" and first["to.count"] == "2"
    assert second["subject"] == "" and second["from.count"] == "2" and second["cc.count"] == "2"
    assert second["from.localpart"] == "a" and second["reply-to.domain"] == "example.org"
    assert third["subject"] == "none of the others"
    assert third["from.count"] == "0" and "from.all" not in third
    compare_subjects(read)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    given = os.environ.get("ROOST_CORPUS")
    found = [given] if given else glob.glob(TOP + "/../shared/corpus/*.tar.xz")
    if not found:
        pytest.skip("no corpus of real mail: ROOST_CORPUS names none, ../shared/corpus has none")
    folder = tmp_path_factory.mktemp("mail")
    with tarfile.open(found[0]) as archive:
        for number, member in enumerate(each for each in archive if each.isfile()):
            write_mail(folder, number, archive.extractfile(member).read())
    return read_all(folder, tmp_path_factory.mktemp("script"))


def test_subjects_of_the_corpus(corpus):
    compare_subjects(corpus)


@pytest.mark.parametrize("field", NAMES)
def test_addresses_of_the_corpus(corpus, field):
    compare_addresses(corpus, field)
