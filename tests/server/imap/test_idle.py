"""IDLE. RFC 2177."""


def test_changes_come_as_they_happen(connect):
    a, b = connect(), connect()
    a.append()
    a.select()
    tag = a.begin("IDLE")
    a.wire.expect(r"\+ ")
    b.append()
    a.wire.until(r"\* 2 EXISTS$")
    b.select()
    b.ok(r"STORE 1 +FLAGS.SILENT (\Deleted)")
    a.wire.until(r"\* 1 FETCH \(.*\\Deleted")
    b.ok("EXPUNGE")
    a.wire.until(r"\* 1 EXPUNGE$")
    a.wire.say("DONE")
    assert a.end(tag)[1] == "OK Idle completed."


def test_anything_but_done_ends_it_badly(connect):
    c = connect()
    tag = c.begin("IDLE")
    c.wire.expect(r"\+ ")
    c.wire.say("what NOOP")
    assert c.end(tag)[1] == "BAD Expected DONE."


def test_still_here(roost, connect):
    roost.config("mail_location = maildir:~/Maildir\nimap_idle_notify_interval = 1 s")
    c = connect()
    c.begin("IDLE")
    c.wire.expect(r"\+ ")
    c.wire.expect(r"\* OK Still here$")
    c.wire.expect(r"\* OK Still here$")
