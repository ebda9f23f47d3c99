"""STORE: flags and keywords, own changes and others'. RFC 9051 6.4.6, RFC 7162 3.1.3."""
import re


def test_add_remove_replace(connect):
    c = connect()
    for _ in range(3):
        c.append()
    c.select()
    lines = c.ok(r"STORE 1:2 +FLAGS (\Flagged Work)")
    assert len([line for line in lines if "FETCH" in line]) == 2
    c.ok(r"UID STORE 2 -FLAGS (\Flagged)")
    c.ok(r"STORE 3 FLAGS (\Draft)")
    assert c.flags() == {1: {"\\Flagged", "Work"}, 2: {"Work"}, 3: {"\\Draft"}}
    c.logout()
    c = connect()
    c.select()
    assert c.flags() == {1: {"\\Flagged", "Work"}, 2: {"Work"}, 3: {"\\Draft"}}


def test_silent_is_silent_to_itself_and_news_to_others(connect):
    a, b = connect(), connect()
    a.append()
    a.select()
    b.select()
    assert a.ok(r"STORE 1 +FLAGS.SILENT (\Seen)") == []
    lines = b.ok("NOOP")
    assert [line for line in lines if re.match(r"\* 1 FETCH \(.*FLAGS \(.*\\Seen.*\)", line)]


def test_silent_does_not_hide_what_others_changed(connect):
    a, b = connect(), connect()
    for _ in range(4):
        a.append()
    a.select()
    b.select()
    b.ok(r"STORE 1,3 +FLAGS.SILENT (\Flagged Work)")
    b.ok(r"STORE 4 +FLAGS.SILENT (\Answered)")
    lines = [line for line in a.ok(r"STORE 1:2 +FLAGS.SILENT (\Seen)") if "FETCH" in line]
    assert len(lines) == 3
    assert re.match(r"\* 1 FETCH \(FLAGS \((?=.*\\Flagged)(?=.*\\Seen)(?=.*Work).*\)\)", lines[0])
    assert lines[1].startswith("* 3 FETCH ") and lines[2].startswith("* 4 FETCH ")
    # What the client set itself is all there is to know.
    b.ok("NOOP")
    b.ok(r"STORE 4 +FLAGS.SILENT (\Draft)")
    assert a.ok(r"STORE 4 FLAGS.SILENT (\Seen)") == []
    # With CONDSTORE its MODSEQ is, too, and others' changes come whole.
    a.ok("ENABLE CONDSTORE")
    line, = a.ok(r"STORE 2 +FLAGS.SILENT (\Draft)")
    assert re.fullmatch(r"\* 2 FETCH \(MODSEQ \(\d+\)\)", line)
    b.ok(r"STORE 3 -FLAGS.SILENT (\Flagged)")
    line, = a.ok(r"STORE 3 -FLAGS.SILENT (Work)")
    assert re.match(r"\* 3 FETCH \(MODSEQ \(\d+\) FLAGS \(", line) and "Flagged" not in line


def test_unchangedsince_refuses_what_others_changed(connect):
    a, b = connect(), connect()
    a.append()
    modseq = a.select()["HIGHESTMODSEQ"]
    b.select()
    b.ok(r"STORE 1 +FLAGS (\Flagged)")
    lines, tagged = a.run(rf"UID STORE 1 (UNCHANGEDSINCE {modseq}) +FLAGS (\Seen)")
    assert tagged.startswith("OK [MODIFIED 1]")
    assert a.flags() == {1: {"\\Flagged"}}


def test_new_keywords_are_announced_before_they_are_used(connect):
    c = connect()
    c.append()
    c.select()
    lines = c.ok("STORE 1 +FLAGS (new1)")
    words = [line.split(" (")[0] for line in lines]
    assert words == ["* FLAGS", "* OK [PERMANENTFLAGS", "* 1 FETCH"]


def test_a_refused_store_makes_no_keywords(connect):
    c = connect()
    c.append()
    c.select()
    names = " ".join("kx%d" % i for i in range(100))
    assert c.no("STORE 1 +FLAGS (%s)" % names).startswith("NO [LIMIT] ")
    lines = c.ok("STORE 1 +FLAGS (other)")
    assert not [line for line in lines if "kx" in line] and c.flags() == {1: {"other"}}
