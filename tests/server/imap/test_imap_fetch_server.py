"""FETCH: all items over a real server, literals exact, bad input refused. RFC 9051 6.4.5, RFC 3516."""
import base64
import datetime
import email
import os
import re

import pytest

import corpus
from imap_data import fetched
from roost import ROOT

PICTURE = bytes(range(256)) * 3
NESTED = (b"From: =?utf-8?q?J=C3=B6rg?= <j@example.org>\r\n"
          b"To: Ann <ann@example.org>, team: b@example.org, c@example.org;\r\n"
          b"Subject: three \"parts\"\r\nDate: Tue, 01 Feb 2022 10:00:00 +0100\r\n"
          b"Message-ID: <n@example.org>\r\nIn-Reply-To: <m@example.org>\r\nMIME-Version: 1.0\r\n"
          b"Content-Type: multipart/mixed; boundary=\"out\"\r\n\r\npreamble\r\n"
          b"--out\r\nContent-Type: text/plain; charset=utf-8\r\n"
          b"Content-Transfer-Encoding: quoted-printable\r\n\r\nf=C3=BCr dich\r\nzwei\r\n"
          b"--out\r\nContent-Type: image/png; name=\"x.png\"\r\n"
          b"Content-Transfer-Encoding: base64\r\nContent-ID: <pic>\r\n"
          b"Content-Disposition: attachment; filename=\"x.png\"\r\n\r\n"
          + base64.encodebytes(PICTURE).replace(b"\n", b"\r\n") +
          b"--out\r\nContent-Type: message/rfc822\r\n\r\n"
          b"From: inner@example.org\r\nSubject: inner\r\nX-A: 1\r\n"
          b"Content-Type: multipart/alternative; boundary=in\r\n\r\n"
          b"--in\r\n\r\nplain\r\n--in\r\nContent-Type: text/html\r\n\r\n<p>html</p>\r\n--in--\r\n"
          b"--out--\r\nepilogue\r\n")


def fetch(client, items, which="1", command="FETCH"):
    return fetched(client.ok(f"{command} {which} {items}"))[int(which)]


def section(client, name, which="1"):
    """BODY.PEEK[name]"""
    found = fetch(client, f"BODY.PEEK[{name}]", which)
    (label, value), = found.items()
    assert label == f"BODY[{name}]"
    return value


@pytest.fixture
def nested(client):
    client.append(client.mailbox, NESTED, r'(\Flagged work) "01-Feb-2022 10:00:01 +0100" ')
    client.ok("NOOP")
    return client


def test_flags_date_size_and_uid(nested):
    found = fetch(nested, "(UID FLAGS INTERNALDATE RFC822.SIZE)")
    assert set(found.pop("FLAGS")) - {"\\Recent"} == {"\\Flagged", "work"}
    moment = datetime.datetime.strptime(found.pop("INTERNALDATE").decode(), "%d-%b-%Y %H:%M:%S %z")
    assert moment == datetime.datetime(2022, 2, 1, 9, 0, 1, tzinfo=datetime.timezone.utc)
    assert found == {"UID": "1", "RFC822.SIZE": str(len(NESTED))}


def test_the_whole_and_its_halves(nested):
    head, _, text = NESTED.partition(b"\r\n\r\n")
    head += b"\r\n\r\n"
    assert section(nested, "") == NESTED
    assert section(nested, "HEADER") == head
    assert section(nested, "TEXT") == text
    assert fetch(nested, "RFC822.HEADER") == {"RFC822.HEADER": head}
    found = fetch(nested, "(RFC822 RFC822.TEXT)")
    assert found["RFC822"] == NESTED and found["RFC822.TEXT"] == text


def test_header_fields(nested):
    assert section(nested, "HEADER.FIELDS (subject X-None DATE)") == (
        b"Subject: three \"parts\"\r\nDate: Tue, 01 Feb 2022 10:00:00 +0100\r\n\r\n")
    left = section(nested, "HEADER.FIELDS.NOT (From To Subject Date Content-Type)")
    assert left == (b"Message-ID: <n@example.org>\r\nIn-Reply-To: <m@example.org>\r\n"
                    b"MIME-Version: 1.0\r\n\r\n")
    assert section(nested, "HEADER.FIELDS (X-None)") == b"\r\n"
    assert section(nested, "3.HEADER.FIELDS (X-A)") == b"X-A: 1\r\n\r\n"


def test_parts(nested):
    assert section(nested, "1") == b"f=C3=BCr dich\r\nzwei"
    assert section(nested, "1.MIME") == (b"Content-Type: text/plain; charset=utf-8\r\n"
                                         b"Content-Transfer-Encoding: quoted-printable\r\n\r\n")
    assert base64.b64decode(section(nested, "2")) == PICTURE
    inner = NESTED[NESTED.index(b"From: inner"):NESTED.index(b"\r\n--out--")]
    assert section(nested, "3") == inner
    assert section(nested, "3.HEADER") == inner[:inner.index(b"\r\n\r\n") + 4]
    assert section(nested, "3.TEXT") == inner[inner.index(b"\r\n\r\n") + 4:]
    assert section(nested, "3.1") == b"plain"
    assert section(nested, "3.2") == b"<p>html</p>"
    assert section(nested, "3.2.MIME") == b"Content-Type: text/html\r\n\r\n"
    assert section(nested, "4") is None and section(nested, "1.1") is None
    assert section(nested, "3.3") is None


@pytest.mark.parametrize("name", ["", "TEXT", "HEADER", "1", "2", "3.TEXT",
                                  "HEADER.FIELDS (SUBJECT DATE)"])
def test_partials_are_cut_from_the_whole(nested, name):
    whole = section(nested, name)
    size = len(whole)
    for offset, length in ((0, 1), (0, size), (1, 5), (size - 2, 100), (size, 10),
                           (size + 100, 1), (0, 2 ** 62), (3, size - 4)):
        found = fetch(nested, f"BODY.PEEK[{name}]<{offset}.{length}>")
        assert found == {f"BODY[{name}]<{offset}>": whole[offset:offset + length]}, (offset, length)


def test_envelope(nested):
    joerg = [b"=?utf-8?q?J=C3=B6rg?=", None, b"j", b"example.org"]
    assert fetch(nested, "ENVELOPE")["ENVELOPE"] == [
        b"Tue, 01 Feb 2022 10:00:00 +0100", b'three "parts"', [joerg], [joerg], [joerg],
        [[b"Ann", None, b"ann", b"example.org"], [None, None, b"team", None],
         [None, None, b"b", b"example.org"], [None, None, b"c", b"example.org"],
         [None, None, None, None]],
        None, None, b"<m@example.org>", b"<n@example.org>"]


def test_body_and_bodystructure(nested):
    picture = len(base64.encodebytes(PICTURE).replace(b"\n", b"\r\n")) - 2
    inner = NESTED[NESTED.index(b"From: inner"):NESTED.index(b"\r\n--out--")]
    found = fetch(nested, "(BODY BODYSTRUCTURE)")
    short, long = found["BODY"], found["BODYSTRUCTURE"]
    assert short[0] == [b"text", b"plain", [b"charset", b"utf-8"], None, None,
                        b"quoted-printable", str(len(b"f=C3=BCr dich\r\nzwei")), "1"] or (
        short[0][7] == "2")
    assert short[1] == [b"image", b"png", [b"name", b"x.png"], b"<pic>", None, b"base64",
                        str(picture)]
    message = short[2]
    assert message[:7] == [b"message", b"rfc822", None, None, None, b"7bit", str(len(inner))]
    assert message[7][1] == b"inner"
    assert message[8][2] == b"alternative"
    assert [part[1] for part in message[8][:2]] == [b"plain", b"html"]
    assert message[9] == str(inner.count(b"\r\n") + 1) or message[9] == str(inner.count(b"\r\n"))
    assert short[3] == b"mixed" and len(short) == 4
    assert long[1][7:] == [None, [b"attachment", [b"filename", b"x.png"]], None, None]
    assert long[3:5] == [b"mixed", [b"boundary", b"out"]]


def test_binary(nested):
    found = fetch(nested, "(BINARY.PEEK[1] BINARY.SIZE[1] BINARY.PEEK[2] BINARY.SIZE[2])")
    assert found == {"BINARY[1]": "für dich\r\nzwei".encode(), "BINARY.SIZE[1]": "15",
                     "BINARY[2]": PICTURE, "BINARY.SIZE[2]": str(len(PICTURE))}
    assert fetch(nested, "BINARY.PEEK[2]<250.20>") == {"BINARY[2]<250>": PICTURE[250:270]}


def test_an_unknown_encoding_is_said_to_be_unknown(client):
    client.append(client.mailbox, b"Content-Transfer-Encoding: x-odd\r\n\r\ntext\r\n")
    client.ok("NOOP")
    assert client.no("FETCH 1 BINARY.PEEK[1]").startswith("NO [UNKNOWN-CTE]")
    assert section(client, "1") == b"text\r\n"


@pytest.mark.parametrize("item", ["BODY[]", "BODY[TEXT]", "BODY[1]", "RFC822", "RFC822.TEXT",
                                  "BINARY[1]", "BODY[]<0.1>", "BODY[HEADER.FIELDS (TO)]"])
def test_what_shows_text_sets_seen(nested, item):
    found = fetch(nested, item)
    assert "\\Seen" in found["FLAGS"]
    assert nested.flags()[1] == {"\\Flagged", "work", "\\Seen"}


@pytest.mark.parametrize("item", ["BODY.PEEK[]", "RFC822.HEADER", "ENVELOPE", "BODY",
                                  "BODYSTRUCTURE", "BINARY.PEEK[1]", "BINARY.SIZE[1]", "FULL"])
def test_what_peeks_does_not(nested, item):
    nested.ok(f"FETCH 1 {item}")
    assert nested.flags()[1] == {"\\Flagged", "work"}


def test_nothing_is_seen_in_a_mailbox_that_is_only_looked_at(nested):
    nested.ok(f"EXAMINE {nested.mailbox}")
    assert "FLAGS" not in fetch(nested, "BODY[]")
    assert nested.flags()[1] == {"\\Flagged", "work"}


def test_macros(nested):
    fast = {"FLAGS", "INTERNALDATE", "RFC822.SIZE"}
    for macro, items in (("FAST", fast), ("ALL", fast | {"ENVELOPE"}),
                         ("FULL", fast | {"ENVELOPE", "BODY"})):
        assert set(fetch(nested, macro)) == items
    assert set(fetch(nested, "fast", command="UID FETCH")) == fast | {"UID"}


def test_sets_of_messages(client):
    for number in range(6):
        client.append(client.mailbox, b"Subject: %d\r\n\r\n" % number)
    client.select(client.mailbox)
    client.ok(r"STORE 2,4 +FLAGS.SILENT (\Deleted)")
    client.ok("EXPUNGE")                                # UIDs 1 3 5 6

    def uids(command):
        return [int(items["UID"]) for _, items in sorted(fetched(client.ok(command)).items())]
    assert uids("FETCH 1:* UID") == [1, 3, 5, 6]
    assert uids("FETCH *:1 UID") == [1, 3, 5, 6]
    assert uids("FETCH 4,1:2,2 UID") == [1, 3, 6]
    assert uids("FETCH * UID") == [6]
    assert uids("UID FETCH 2:5 FLAGS") == [3, 5]
    assert uids("UID FETCH 2,4 FLAGS") == []
    assert uids("UID FETCH 100:* FLAGS") == [6]
    assert uids("UID FETCH 4294967295 FLAGS") == []
    assert uids("FETCH 3:2 UID") == [3, 5]


@pytest.mark.parametrize("bad", [
    "FETCH", "FETCH 1", "FETCH 0 FLAGS", "FETCH 2 FLAGS", "FETCH 1:2: FLAGS", "FETCH x FLAGS",
    "FETCH 1, FLAGS", "FETCH 4294967296 FLAGS", "FETCH 1 ()", "FETCH 1 (FLAGS", "FETCH 1 NONSENSE",
    "FETCH 1 (ALL FLAGS NONSENSE)", "FETCH 1 BODY[", "FETCH 1 BODY[]]", "FETCH 1 BODY[0]",
    "FETCH 1 BODY[1.]", "FETCH 1 BODY[.1]", "FETCH 1 BODY[MIME]", "FETCH 1 BODY[HEADER.FIELDS]",
    "FETCH 1 BODY[HEADER.FIELDS ()]", "FETCH 1 BODY[1.HEADERS]", "FETCH 1 BODY[99999999999]",
    "FETCH 1 BODY[]<0>", "FETCH 1 BODY[]<0.0>", "FETCH 1 BODY[]<.5>", "FETCH 1 BODY[]<-1.5>",
    "FETCH 1 BODY[]<0.99999999999999999999>", "FETCH 1 BINARY[TEXT]", "FETCH 1 BINARY.SIZE[1]<0.5>",
    "FETCH 1 FLAGS (CHANGEDSINCE x)", "FETCH 1 FLAGS (UNKNOWN 1)", "FETCH 1 FLAGS FLAGS",
    "FETCH 1 FLAGS (CHANGEDSINCE 1 VANISHED)"])
def test_bad_input_is_refused_and_the_session_lives(nested, bad):
    assert nested.no(bad).startswith("BAD ")
    assert fetch(nested, "UID") == {"UID": "1"}


def test_an_endless_section_is_refused(nested):
    nested.no("FETCH 1 BODY[" + ".".join(["1"] * 5000) + "]")
    nested.no("FETCH 1 (" + "(" * 200 + "FLAGS" + ")" * 200 + ")")
    assert fetch(nested, "UID") == {"UID": "1"}


def test_fetch_needs_a_selected_mailbox(client):
    client.ok("UNSELECT")
    assert client.no("FETCH 1 FLAGS").startswith("BAD ")


def test_nul_bytes_are_never_sent(client, server):
    """A store may hold what no client may send."""
    text = (b"Subject: ab\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\npre\0amble\r\n" +
            b"x" * 70 + b"\r\n--b\r\n\r\none\0two\r\n--b--\r\nepi\0logue\r\n")
    padding = b"".join(b"%d\r\n" % line for line in range(30000))
    large = text.replace(b"pre\0amble\r\n", b"pre\0amble\r\n" + padding)
    large_part = text.replace(b"one\0two", padding + b"one\0two")
    preamble = large.replace(b"one\0two", b"one-two").replace(b"epi\0", b"epi-")
    epilogue = large.replace(b"one\0two", b"one-two").replace(b"pre\0", b"pre-")
    folder = f"{server.dir}/home/ann/Maildir/.{client.mailbox}/new"
    header = text.replace(b"ab", b"a\0b")
    messages = [text, header, large, large_part, preamble, epilogue]
    for number, message in enumerate(messages):
        for form, stored in ((1, message), (2, message.replace(b"\r\n", b"\n"))):
            with open(f"{folder}/{number}{form}.x", "wb") as file:
                file.write(stored)
            os.utime(f"{folder}/{number}{form}.x", (1e9 + number, 1e9 + number))
    client.ok("NOOP")
    sizes = fetched(client.ok("FETCH 1:* RFC822.SIZE"))
    assert len(sizes) == 2 * len(messages)
    for number in map(str, sizes):
        clean = section(client, "", number)
        assert clean in [message.replace(b"\0", b"\x80") for message in messages]
        body = clean.partition(b"\r\n\r\n")[2]
        assert section(client, "TEXT", number) == body
        assert section(client, "1", number) == clean.split(b"\r\n\r\n")[2].split(b"\r\n--b--")[0]
        assert fetch(client, "BODY.PEEK[TEXT]<2.100000>", number) == {
            "BODY[TEXT]<2>": body[2:100002]}


def test_a_large_message_in_pieces(client):
    message = b"Subject: large\r\n\r\n" + b"".join(
        b"line %d %s\r\n" % (line, b"x" * (line % 70)) for line in range(20000))
    client.append(client.mailbox, message)
    client.ok("NOOP")
    got, size = b"", 65536
    while True:
        part, = fetch(client, f"BODY.PEEK[]<{len(got)}.{size}>").values()
        got += part
        if len(part) < size:
            break
    assert got == message
    for offset in (700000, 3, 200001, 200000, 0):        # not in order either
        part, = fetch(client, f"BODY.PEEK[]<{offset}.70000>").values()
        assert part == message[offset:offset + 70000]


@pytest.mark.skipif(not ROOT, reason="what a worker has read is shown to root alone")
def test_pieces_cost_what_the_whole_does(client, server):
    """A message stored with LF is not read from its start for each piece."""
    message = b"Subject: large\r\n\r\n" + b"0123456789abcdef\r\n" * 200000
    client.append(client.mailbox, message)
    client.ok("NOOP")
    worker, = [process for process in server.children("imap")
               if process.ids("Uid")[0] == server.uids["ann"]]

    def read_so_far():
        with open(f"/proc/{worker.pid}/io", encoding="ascii") as file:
            return int(file.read().partition("rchar: ")[2].split()[0])
    section(client, "")
    before = read_so_far()
    for offset in range(0, len(message), 100000):
        part, = fetch(client, f"BODY.PEEK[]<{offset}.100000>").values()
        assert part == message[offset:offset + 100000]
    assert read_so_far() - before < 3 * len(message) + 36 * 100000


def test_many_large_answers_in_one_command(client):
    message = b"Subject: m\r\n\r\n" + b"0123456789\r\n" * 10000
    for _ in range(5):
        client.append(client.mailbox, message)
    client.ok("NOOP")
    found = fetched(client.ok("FETCH 1:* (UID BODY.PEEK[] BODY.PEEK[TEXT] RFC822.SIZE)"))
    assert len(found) == 5
    for items in found.values():
        assert items["BODY[]"] == message and items["BODY[]"].endswith(items["BODY[TEXT]"])
        assert items["RFC822.SIZE"] == str(len(message))


# --- real mail against Python's reading of it


def payload(part):
    """The bytes of a leaf as they stand; get_payload() decodes them."""
    return part._payload.encode("ascii", "surrogateescape")


def clean(message):
    """Python reads it by the letter, and so may be asked."""
    return not any(part.defects for part in message.walk())


def leaves(message, prefix=""):
    """("1.2", part) of leaves, numbered as IMAP does."""
    if message.is_multipart() and message.get_content_maintype() == "multipart":
        for number, part in enumerate(message.get_payload(), 1):
            yield from leaves(part, f"{prefix}{number}.")
    elif message.get_content_maintype() != "message":
        yield prefix.rstrip(".") or "1", message


def shape(structure):
    """Types of a BODY in depth-first order."""
    if isinstance(structure[0], list):
        kinds = [part for part in structure if isinstance(part, list)]
        rest = [part for part in structure if not isinstance(part, list)]
        found = [b"multipart/" + rest[0].lower()]
        for part in kinds:
            found += shape(part)
        return found
    found = [structure[0].lower() + b"/" + structure[1].lower()]
    return found + (shape(structure[8]) if found == [b"message/rfc822"] else [])


def fields(head, name):
    """All fields of that name with their folds."""
    return b"".join(re.findall(rb"(?im)^" + name + rb"[ \t]*:.*\r\n(?:[ \t].*\r\n)*", head))


def test_real_mail_is_what_python_reads(client):
    messages = [message for message in corpus.messages(60) if b"\0" not in message]
    client.append_all(client.mailbox, messages)
    client.ok("NOOP")
    found = fetched(client.ok("FETCH 1:* (RFC822.SIZE BODY.PEEK[] BODY.PEEK[HEADER] BODY.PEEK[TEXT]"
                              " BODY.PEEK[HEADER.FIELDS (SUBJECT RECEIVED)] BODY)"))
    differ = asked = 0
    for number, whole in enumerate(messages, 1):
        items = found[number]
        assert items["BODY[]"] == whole
        assert items["RFC822.SIZE"] == str(len(whole))
        assert items["BODY[HEADER]"] + items["BODY[TEXT]"] == whole
        message = email.message_from_bytes(whole)
        if not clean(message):
            continue
        asked += 1
        wanted = items["BODY[HEADER.FIELDS (SUBJECT RECEIVED)]"]
        assert fields(wanted, b"Subject") == fields(items["BODY[HEADER]"], b"Subject")
        assert fields(wanted, b"Received") == fields(items["BODY[HEADER]"], b"Received")
        types = [part.get_content_type().encode() for part in message.walk()]
        differ += shape(items["BODY"]) != types
        parts = list(leaves(message))
        answer = fetch(client, "(" + " ".join(f"BODY.PEEK[{name}]" for name, _ in parts) + ")",
                       str(number)) if parts else {}
        for name, part in parts:
            if not part.is_multipart():
                differ += answer[f"BODY[{name}]"] != payload(part)
    assert asked > len(messages) / 2
    assert differ <= asked / 50, f"{differ} of {asked}"
