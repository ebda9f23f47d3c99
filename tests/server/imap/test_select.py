"""SELECT, EXAMINE, CLOSE, UNSELECT. RFC 9051 6.3.2, 6.4.1, RFC 3691; R-IM-4, R-IM-7."""


def test_answers_in_their_order(connect):
    c = connect()
    c.append()
    c.append(options="(\\Seen) ")
    lines, tagged = c.run("SELECT INBOX")
    assert lines[0] == r"* FLAGS (\Answered \Flagged \Deleted \Seen \Draft)"
    assert lines[1].startswith(r"* OK [PERMANENTFLAGS (\Answered \Flagged \Deleted \Seen \Draft \*)]")
    assert lines[2:5] == ["* 2 EXISTS", "* 2 RECENT", "* OK [UNSEEN 1] First unseen."]
    assert lines[5].startswith("* OK [UIDVALIDITY ")
    assert lines[6].startswith("* OK [UIDNEXT 3]")
    assert lines[7].startswith("* OK [HIGHESTMODSEQ ")
    assert tagged.startswith("OK [READ-WRITE] Select completed")


def test_only_the_first_session_sees_recent(connect):
    first = connect()
    first.append()
    assert first.select()["RECENT"] == 1
    assert connect().select()["RECENT"] == 0


def test_examine_changes_nothing(connect):
    c = connect()
    c.append()
    lines, tagged = c.run("EXAMINE INBOX")
    assert tagged.startswith("OK [READ-ONLY]")
    assert c.no(r"STORE 1 +FLAGS (\Seen)").startswith("NO ")
    assert c.no("EXPUNGE").startswith("NO ")
    assert connect().select()["RECENT"] == 1


def test_a_missing_mailbox_leaves_nothing_selected(connect):
    c = connect()
    c.select()
    assert c.no("SELECT nope") == "NO Mailbox doesn't exist: nope"
    assert c.no("FETCH 1 FLAGS") == "BAD No mailbox selected."


def test_close_expunges_and_unselect_does_not(connect):
    c = connect()
    c.append(options="(\\Deleted) ")
    c.append()
    c.select()
    c.ok("UNSELECT")
    assert c.status("INBOX", "MESSAGES") == {"MESSAGES": 2}
    c.select()
    assert c.ok("CLOSE") == []
    assert c.status("INBOX", "MESSAGES") == {"MESSAGES": 1}


def test_uids_and_validity_stay(roost, connect):
    c = connect()
    for _ in range(3):
        c.append()
    before = c.select()
    c.logout()
    after = connect().select()
    assert after["UIDVALIDITY"] == before["UIDVALIDITY"]
    assert after["UIDNEXT"] == before["UIDNEXT"] == 4


def test_a_select_that_fails_leaves_no_mailbox_selected(connect):   # RFC 3501 section 6.3.1
    client = connect()
    wire = client.wire
    client.select()
    for name in ("missing", '"a&bad"'):
        wire.say(f"a SELECT {name}")
        assert wire.until("a ")[-1].startswith("a NO")
        wire.say("b CHECK")
        assert wire.until("b ") == ["b BAD No mailbox selected."]
        client.select()
