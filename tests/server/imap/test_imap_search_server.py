"""SEARCH: all basic keys, sets, charsets, bad input. RFC 9051 6.4.4; Python's reading as the witness."""
import email
import email.header
import email.utils
import re

import pytest

import corpus
from imap import Imap
from imap_data import numbers

# Name: (flags, INTERNALDATE, message); sequence numbers in this order.
BOX = [
    (r"\Seen", "01-Feb-2022 10:00:00 +0000",
     b"From: Ann Smith <ann@example.org>\r\nTo: bob@example.org\r\nSubject: Hello World\r\n"
     b"Date: Tue, 01 Feb 2022 10:00:00 +0000\r\nX-Odd: one\r\n\r\nfirst body text\r\n"),
    (r"\Flagged \Answered", "02-Feb-2022 10:00:00 +0000",
     b"From: =?utf-8?q?J=C3=B6rg?= <j@example.net>\r\nCc: ann@example.org\r\n"
     b"Subject: =?iso-8859-1?q?caf=E9?= time\r\nDate: Tue, 01 Mar 2022 23:30:00 -0500\r\n"
     b"Content-Type: text/plain; charset=iso-8859-1\r\n\r\nna\xefve second BODY\r\n"),
    (r"\Deleted work", "02-Feb-2022 12:00:00 +0000",
     b"From: list@example.com\r\nBcc: Hidden <h@example.org>\r\nSubject: parts\r\n"
     b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n"
     b"Content-Transfer-Encoding: base64\r\n\r\nZ2VoZWltZXMgV29ydA==\r\n--x\r\n"
     b"Content-Type: message/rfc822\r\n\r\nSubject: enclosed\r\n\r\nquoted inside\r\n--x--\r\n"),
    (r"\Draft Work2", "28-Feb-2022 10:00:00 +0000",
     b"From: ann@example.org\r\nSubject: large\r\nDate: Fri, 01 Apr 2022 00:00:00 +0000\r\n\r\n"
     + b"padding line\r\n" * 1000),
    ("", "01-Mar-2022 10:00:00 +0000", b"\r\nno header at all\r\n"),
]


@pytest.fixture(scope="module")
def filled(server):
    """One mailbox for all tests that only look."""
    client = Imap(server.connect("imap")).login()
    client.ok("CREATE filled")
    for flags, date, message in BOX:
        assert client.append("filled", message, f'({flags}) "{date}" ').startswith("OK")
    client.select("filled")
    yield client
    client.wire.close()


def search(client, keys, command="SEARCH"):
    """The numbers found, in order; keys are text, or bytes with literals."""
    keys = keys.encode() if isinstance(keys, str) else keys
    line, = [line for line in client.ok(command.encode() + b" " + keys) if line.startswith("* SEARCH")]
    return [int(word) for word in line.split()[2:]]


def with_literal(client, before, text, after=""):
    """SEARCH with text as a literal."""
    return search(client, before.encode() + b" {%d+}\r\n" % len(text) + text + after.encode())


@pytest.mark.parametrize("keys, found", [
    ("ALL", [1, 2, 3, 4, 5]),
    ("SEEN", [1]), ("UNSEEN", [2, 3, 4, 5]), ("FLAGGED", [2]), ("UNFLAGGED", [1, 3, 4, 5]),
    ("ANSWERED", [2]), ("UNANSWERED", [1, 3, 4, 5]), ("DELETED", [3]), ("UNDELETED", [1, 2, 4, 5]),
    ("DRAFT", [4]), ("UNDRAFT", [1, 2, 3, 5]), ("KEYWORD work", [3]), ("KEYWORD WORK2", [4]),
    ("UNKEYWORD work", [1, 2, 4, 5]), ("KEYWORD never", []), ("UNKEYWORD never", [1, 2, 3, 4, 5]),
    ("RECENT", [1, 2, 3, 4, 5]), ("OLD", []), ("NEW", [2, 3, 4, 5]),
])
def test_flags(filled, keys, found):
    assert search(filled, keys) == found


@pytest.mark.parametrize("keys, found", [
    ("BEFORE 2-Feb-2022", [1]), ("ON 2-Feb-2022", [2, 3]), ("ON 02-Feb-2022", [2, 3]),
    ("SINCE 2-Feb-2022", [2, 3, 4, 5]), ('SINCE "28-feb-2022"', [4, 5]), ("ON 1-Jan-2022", []),
    # The Date field's own day, whatever its zone (RFC 9051: disregarding time and timezone); without
    # one the INTERNALDATE, as RFC 5256 has it for SORT.
    ("SENTON 1-Mar-2022", [2, 5]), ("SENTBEFORE 1-Mar-2022 SUBJECT hello", [1]),
    ("SENTSINCE 1-Mar-2022 UNDELETED SUBJECT \"\" NOT SUBJECT parts", [2, 4]),
    ("SENTON 1-Apr-2022", [4]), ("SENTON 2-Mar-2022", []),
])
def test_dates(filled, keys, found):
    assert search(filled, keys) == found


@pytest.mark.parametrize("keys, found", [
    ('FROM "ann"', [1, 4]), ("FROM smith", [1]), ("FROM EXAMPLE.ORG", [1, 4]),
    ("TO bob@", [1]), ("CC ann@example.org", [2]), ("BCC hidden", [3]), ("BCC ann", []),
    ("SUBJECT hello", [1]), ('SUBJECT "hello world"', [1]), ('SUBJECT "LO WO"', [1]),
    ("HEADER X-Odd one", [1]), ('HEADER X-Odd ""', [1]), ("HEADER X-Odd two", []),
    ("HEADER x-odd ONE", [1]), ('HEADER Date "2022"', [1, 2, 4]), ('HEADER Cc ""', [2]),
    ("SUBJECT enclosed", []),
])
def test_headers(filled, keys, found):
    assert search(filled, keys) == found


@pytest.mark.parametrize("keys, found", [
    ("BODY first", [1]), ('BODY "second body"', [2]), ("BODY geheimes", [3]), ("BODY Z2Vo", []),
    ('BODY "quoted inside"', [3]), ("BODY enclosed", [3]), ("BODY hello", []), ("TEXT hello", [1]),
    ("TEXT geheimes", [3]), ("TEXT smith", [1]), ("TEXT padding", [4]), ('BODY "no header"', [5]),
    ("TEXT nowhere-to-be-found", []),
])
def test_text(filled, keys, found):
    assert search(filled, keys) == found


def test_sizes(filled):
    sizes = [len(message) for _, _, message in BOX]
    large = max(sizes)
    assert search(filled, f"LARGER {large - 1}") == [4]
    assert search(filled, f"LARGER {large}") == []
    assert search(filled, f"SMALLER {large}") == [1, 2, 3, 5]
    assert search(filled, f"SMALLER {sizes[4]}") == []
    assert search(filled, f"SMALLER {sizes[4] + 1}") == [5]
    assert search(filled, "SMALLER 0") == []
    assert search(filled, "LARGER 0") == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("keys, found", [
    ("1", [1]), ("2:4", [2, 3, 4]), ("4:2", [2, 3, 4]), ("*", [5]), ("5:*", [5]), ("1,3,5", [1, 3, 5]),
    ("*:4", [4, 5]), ("UID 2:3", [2, 3]), ("UID 100:200", []), ("UID 100:*", [5]),
    ("UID 1,5 ALL", [1, 5]), ("1:3 UNSEEN", [2, 3]), ("NOT 1:3", [4, 5]), ("NOT UID 1", [2, 3, 4, 5]),
])
def test_sets(filled, keys, found):
    assert search(filled, keys) == found
    if "UID" not in keys:
        assert search(filled, keys, "UID SEARCH") == found


@pytest.mark.parametrize("keys, found", [
    ("OR SEEN FLAGGED", [1, 2]), ("OR OR SEEN FLAGGED DELETED", [1, 2, 3]),
    ("NOT SEEN", [2, 3, 4, 5]), ("NOT NOT SEEN", [1]), ("NOT OR SEEN FLAGGED", [3, 4, 5]),
    ("NOT (SEEN FLAGGED)", [1, 2, 3, 4, 5]), ("(OR (1:2 UNSEEN) (5)) UNDELETED", [2, 5]),
    ("OR NOT UNSEEN NOT UNFLAGGED", [1, 2]), ("OR SUBJECT hello BODY geheimes", [1, 3]),
    ("NOT BODY first NOT SUBJECT parts", [2, 4, 5]), ("FROM ann NOT BODY padding", [1]),
    ("OR (FROM ann BODY padding) (FROM list)", [3, 4]), ("SEEN UNSEEN", []),
])
def test_logic(filled, keys, found):
    assert search(filled, keys) == found


def test_charsets(filled):
    assert with_literal(filled, "CHARSET UTF-8 SUBJECT", "CAFÉ".encode()) == [2]
    assert with_literal(filled, "CHARSET ISO-8859-1 SUBJECT", "café".encode("latin-1")) == [2]
    assert with_literal(filled, "CHARSET utf-8 BODY", "NAÏVE".encode()) == [2]
    assert with_literal(filled, "CHARSET UTF-8 FROM", "jörg".encode()) == [2]
    assert search(filled, "CHARSET US-ASCII SUBJECT hello") == [1]
    assert with_literal(filled, "FROM", "jörg".encode(), " FLAGGED") == [2]
    assert filled.no("SEARCH CHARSET X-NONSENSE ALL").startswith("NO [BADCHARSET (")
    assert search(filled, "SEEN") == [1]


def test_uid_search_tells_uids(clients):
    client = clients()
    for number in range(4):
        client.append(client.mailbox, b"Subject: %d\r\n\r\n" % number)
    client.select(client.mailbox)
    client.ok(r"STORE 2 +FLAGS.SILENT (\Deleted)")
    client.ok("EXPUNGE")
    assert search(client, "ALL") == [1, 2, 3]
    assert search(client, "ALL", "UID SEARCH") == [1, 3, 4]
    assert search(client, "UID 3:4") == [2, 3]
    assert search(client, "2:3", "UID SEARCH") == [3, 4]
    assert search(client, "SUBJECT 3", "UID SEARCH") == [4]


def test_an_empty_mailbox(client):
    assert search(client, "ALL") == []
    assert search(client, "ALL", "UID SEARCH") == []
    assert search(client, "UID 1:*") == []
    assert client.no("SEARCH 1").startswith("BAD ")


@pytest.mark.parametrize("bad", [
    "SEARCH", "SEARCH NONSENSE", "SEARCH ()", "SEARCH (SEEN", "SEARCH NOT", "SEARCH OR SEEN",
    "SEARCH FROM", "SEARCH HEADER X-A", "SEARCH KEYWORD", "SEARCH KEYWORD \\Seen", "SEARCH LARGER",
    "SEARCH LARGER x", "SEARCH LARGER -1", "SEARCH SMALLER 99999999999999999999", "SEARCH ON",
    "SEARCH ON 32-Jan-2022", "SEARCH ON 1-Foo-2022", "SEARCH ON 2022-01-01", "SEARCH ON 1-Jan-22",
    "SEARCH SINCE 30-Feb-2022", "SEARCH 0", "SEARCH 6", "SEARCH 1:2:3", "SEARCH UID", "SEARCH UID x",
    "SEARCH CHARSET", "SEARCH CHARSET UTF-8", "SEARCH RETURN ALL", "SEARCH RETURN (NONSENSE) ALL",
    "SEARCH MODSEQ", "SEARCH MODSEQ x", "UID SEARCH", "SEARCH " + "(" * 300 + "ALL" + ")" * 300,
    "SEARCH " + "(OR SEEN " * 200 + "ALL" + ")" * 200])
def test_bad_input_is_refused_and_the_session_lives(filled, bad):
    filled.no(bad)
    assert search(filled, "SEEN") == [1]


def test_search_needs_a_selected_mailbox(clients):
    client = clients()
    client.ok("UNSELECT")
    assert client.no("SEARCH ALL").startswith("BAD ")


def test_long_chains_are_answered(filled):
    """Some clients send hundreds of keys."""
    keys = "OR SUBJECT nothing " * 200 + "SEEN"
    assert search(filled, keys) == [1]
    assert search(filled, "NOT " * 500 + "SEEN") == [1]
    assert search(filled, "UNDELETED " * 1000) == [1, 2, 4, 5]
    everything = ",".join(map(str, [1, 3, 5] * 1000))
    assert search(filled, everything) == [1, 3, 5]


# --- real mail


def decoded(value):
    """A header's text, or None where Python will not read it."""
    try:
        return str(email.header.make_header(email.header.decode_header(value)))
    except (LookupError, ValueError, UnicodeError):
        return None


def test_real_mail_is_found_where_python_sees_it(client):
    messages = [message for message in corpus.messages(60) if b"\0" not in message]
    client.append_all(client.mailbox, messages)
    client.select(client.mailbox)
    heads = [email.message_from_bytes(message) for message in messages]

    def where(true):
        return [number for number, head in enumerate(heads, 1) if true(head)]
    for word in ("spam", "the", "money", "perl", "re:", "a", "linux"):
        def in_subject(head):
            return any(word in (decoded(value) or "").lower()
                       for value in head.get_all("Subject", []))
        unread = where(lambda head: any(decoded(value) is None
                                        for value in head.get_all("Subject", [])))
        found = search(client, f'SUBJECT "{word}"')
        assert set(found) - set(unread) == set(where(in_subject)) - set(unread), word
    for size in (1000, 3000, 10000):
        assert search(client, f"LARGER {size}") == [
            number for number, message in enumerate(messages, 1) if len(message) > size]
    for name in ("Sender", "List-Id", "X-Mailer", "Reply-To", "Content-Type"):
        assert search(client, f'HEADER {name} ""') == where(lambda head: name in head), name
    for day in ("22-Aug-2002", "1-Sep-2002", "20-Sep-2002"):
        def sent_on(head):
            when = email.utils.parsedate(head["Date"] or "")
            months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
            return when and f"{when[2]}-{months[when[1] - 1]}-{when[0]}" == day
        assert search(client, f"SENTON {day}") == where(sent_on), day


def test_the_body_of_real_mail(client):
    """Plain messages of one part: the bytes say it all."""
    plain = []
    for message in corpus.messages(100):
        head = email.message_from_bytes(message)
        if (head.get_content_type() == "text/plain" and message.isascii() and
                head.get("Content-Transfer-Encoding", "7bit").lower() in ("7bit", "8bit") and
                head.get_content_charset("us-ascii") in ("us-ascii", "iso-8859-1")):
            plain.append(message)
    client.append_all(client.mailbox, plain)
    client.select(client.mailbox)
    bodies = [re.sub(rb"\s+", b" ", message.partition(b"\r\n\r\n")[2]).lower() for message in plain]
    assert len(plain) > 20
    for word in (b"free", b"wrote:", b"mailing list", b"http://", b"unsubscribe", b"zebra"):
        found = set(search(client, b'BODY "%s"' % word))
        once = {number for number, message in enumerate(plain, 1)
                if word in message.partition(b"\r\n\r\n")[2].lower()}
        folded = {number for number, body in enumerate(bodies, 1) if word in body}
        assert once <= found <= folded, word


def test_esearch_and_search_find_the_same(filled):
    for keys in ("ALL", "UNSEEN", "FROM ann", "BODY padding", "KEYWORD never"):
        line, = [line for line in filled.ok(f"SEARCH RETURN (ALL COUNT) {keys}")
                 if line.startswith("* ESEARCH")]
        listed = re.search(r" ALL (\S+)", line)
        assert sorted(numbers(listed[1] if listed else "")) == search(filled, keys)
        assert f" COUNT {len(search(filled, keys))}" in line
