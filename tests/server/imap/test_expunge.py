"""EXPUNGE, UID EXPUNGE, and when expunges may be told. RFC 9051 6.4.3, 7.5.1; RFC 4315."""


def fill(c, count):
    for _ in range(count):
        c.append()
    c.select()


def test_numbers_slide(connect):
    c = connect()
    fill(c, 5)
    c.ok(r"STORE 1,3:4 +FLAGS.SILENT (\Deleted)")
    assert c.ok("EXPUNGE")[:3] == ["* 1 EXPUNGE", "* 2 EXPUNGE", "* 2 EXPUNGE"]
    assert set(c.flags()) == {2, 5}


def test_uid_expunge_takes_only_those_named(connect):
    c = connect()
    fill(c, 3)
    c.ok(r"STORE 1:3 +FLAGS.SILENT (\Deleted)")
    c.ok("UID EXPUNGE 2")
    assert set(c.flags()) == {1, 3}


def test_others_are_told_only_when_numbers_may_change(connect):
    a, b = connect(), connect()
    fill(a, 3)
    b.select()
    a.ok(r"STORE 1 +FLAGS.SILENT (\Deleted)")
    a.ok("EXPUNGE")
    assert not [line for line in b.ok("FETCH 3 (FLAGS)") if "EXPUNGE" in line]
    assert "* 1 EXPUNGE" in b.ok("NOOP")
    assert set(b.flags()) == {2, 3}
