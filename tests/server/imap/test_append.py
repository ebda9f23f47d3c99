"""APPEND. RFC 9051 6.3.12, RFC 3502, APPENDUID of RFC 4315, literals of RFC 7888."""
import re

from mails import MESSAGE


def test_the_message_comes_back_as_it_went(connect):
    c = connect()
    tagged = c.append(options=r'(\Seen $Mark) "17-Jul-1996 02:44:25 -0700" ')
    match = re.match(r"OK \[APPENDUID (\d+) 1\] Append completed", tagged)
    assert match and int(match[1]) == c.select()["UIDVALIDITY"]
    lines = c.ok("FETCH 1 (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[])")
    text = lines[0]
    assert "UID 1" in text and f"RFC822.SIZE {len(MESSAGE)}" in text
    assert '"17-Jul-1996 ' in text and MESSAGE.decode() in text
    assert c.flags() == {1: {"\\Seen", "$Mark"}}


def test_the_selected_mailbox_tells_of_it(connect):
    c = connect()
    c.select()
    tag = c.begin(f"APPEND INBOX {{{len(MESSAGE)}+}}")
    c.wire.send(MESSAGE + b"\r\n")
    lines, tagged = c.end(tag)
    assert "* 1 EXISTS" in lines and tagged.startswith("OK [APPENDUID ")


def test_a_missing_mailbox_is_trycreate_before_the_literal_is_sent(connect):
    c = connect()
    tag = c.begin("APPEND nope {100}")
    assert c.end(tag)[1] == "NO [TRYCREATE] Mailbox doesn't exist: nope"
    c.ok("NOOP")
    assert c.append("nope").startswith("NO [TRYCREATE]")
    c.ok("NOOP")


def test_several_at_once_or_none(connect):
    c = connect()
    c.wire.send(b"a APPEND INBOX {5+}\r\na\r\nb\n (\\Seen) {6+}\r\nx\r\n\r\ny\r\n")
    assert re.match(r"a OK \[APPENDUID \d+ 1:2\]", c.wire.line())
    c.wire.send(b"b APPEND INBOX {5+}\r\na\r\nb\n {0+}\r\n\r\n")
    assert c.wire.line().startswith("b NO ")
    assert c.status("INBOX", "MESSAGES") == {"MESSAGES": 2}


def test_large_messages(connect):
    c = connect()
    big = MESSAGE + b"x" * 70 + b"\r\n"
    big += (b"0123456789abcdef" * 4 + b"\r\n") * 60000
    assert c.append(message=big).startswith("OK ")
    c.select()
    lines = c.ok("FETCH 1 (RFC822.SIZE BODY.PEEK[])")
    assert f"RFC822.SIZE {len(big)}" in lines[0]
    assert big.decode() in lines[0]


def test_hanging_up_in_the_middle_leaves_nothing(connect):
    c = connect()
    c.begin("APPEND INBOX {1000+}")
    c.wire.send(b"half a message")
    c.wire.close()
    assert connect().status("INBOX", "MESSAGES") == {"MESSAGES": 0}
