"""COPY and MOVE. RFC 9051 6.4.7, 6.4.8, RFC 6851, COPYUID of RFC 4315."""
import re


def fill(c, count=3):
    for _ in range(count):
        c.append()
    c.select()


def test_copy_keeps_flags_and_tells_the_uids(connect):
    c = connect()
    fill(c)
    c.ok("CREATE Archive")
    c.ok(r"STORE 3 +FLAGS.SILENT (\Flagged Work)")
    lines, tagged = c.run("COPY 1,3 Archive")
    assert re.match(r"OK \[COPYUID \d+ 1,3 1:2\]", tagged)
    c.select("Archive")
    assert c.flags() == {1: set(), 2: {"\\Flagged", "Work"}}


def test_copy_to_a_missing_mailbox(connect):
    c = connect()
    fill(c, 1)
    assert c.no("COPY 1 nope") == "NO [TRYCREATE] Mailbox doesn't exist: nope"
    assert c.no("COPY 2 INBOX").startswith("BAD ")
    assert c.run("UID COPY 99 INBOX")[1] == "OK No messages found."


def test_move_takes_them_away(connect):
    c = connect()
    fill(c)
    c.ok("CREATE Archive")
    lines, tagged = c.run("UID MOVE 1:2 Archive")
    assert re.match(r"\* OK \[COPYUID \d+ 1:2 1:2\]", lines[0])
    assert [line for line in lines if "EXPUNGE" in line] == ["* 1 EXPUNGE", "* 1 EXPUNGE"]
    assert tagged.startswith("OK ")
    assert c.status("INBOX", "MESSAGES") == {"MESSAGES": 1}
    assert c.status("Archive", "MESSAGES") == {"MESSAGES": 2}


def test_copy_within_the_mailbox(connect):
    c = connect()
    fill(c, 1)
    lines, tagged = c.run("COPY 1 INBOX")
    assert re.match(r"OK \[COPYUID \d+ 1 2\]", tagged) and "* 2 EXISTS" in lines


def test_copy_of_what_another_session_expunged(connect):
    a, b = connect(), connect()
    fill(a)
    b.select()
    a.ok("CREATE Archive")
    b.ok(r"STORE 2 +FLAGS.SILENT (\Deleted)")
    b.ok("EXPUNGE")
    assert a.no("COPY 1:3 Archive").startswith("NO [EXPUNGEISSUED] ")
    assert a.status("Archive", "MESSAGES") == {"MESSAGES": 0}
    a.ok("NOOP")
    # Gone before the set was resolved: passed over.
    assert re.match(r"OK \[COPYUID \d+ 1,3 \d+:\d+\]", a.run("UID COPY 1:3 Archive")[1])
