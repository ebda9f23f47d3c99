"""QRESYNC: what a client missed, told when it comes back. RFC 7162 section 3.2."""
import re

import pytest

from imap_data import fetched, numbers
from mails import MESSAGE


def fill(client, count=6):
    for _ in range(count):
        client.append(client.mailbox, MESSAGE)
    client.facts = client.select(client.mailbox)
    return client


def vanished(lines, earlier=True):
    """UIDs of the VANISHED responses of one kind."""
    pattern = r"\* VANISHED \(EARLIER\) (\S+)$" if earlier else r"\* VANISHED (\d\S*)$"
    found = set()
    for line in lines:
        match = re.match(pattern, line)
        found |= numbers(match[1]) if match else set()
    return found


def expunge(client, uids):
    client.ok(rf"UID STORE {uids} +FLAGS.SILENT (\Deleted)")
    return client.run(f"UID EXPUNGE {uids}")


def changed(lines):
    """{UID: flags} of the FETCH responses, which must have UID and MODSEQ."""
    return {int(items["UID"]): set(items["FLAGS"]) - {"\\Recent"}
            for items in fetched(lines).values() if int(items["MODSEQ"][0]) > 0}


@pytest.fixture
def left(clients):
    """A client that has been away while others changed things; .facts are what it knows."""
    a = clients()
    fill(a)
    a.facts["HIGHESTMODSEQ"] = a.select(a.mailbox)["HIGHESTMODSEQ"]
    a.ok("UNSELECT")
    b = clients()
    expunge(b, "2,5")
    b.ok(r"UID STORE 3 +FLAGS.SILENT (\Flagged)")
    b.append(b.mailbox, MESSAGE)
    b.logout()
    a.ok("ENABLE QRESYNC")
    return a


def resync(client, rest="", uidvalidity=None, modseq=None, command="SELECT"):
    uidvalidity = uidvalidity or client.facts["UIDVALIDITY"]
    modseq = modseq or client.facts["HIGHESTMODSEQ"]
    return client.ok(f"{command} {client.mailbox} (QRESYNC ({uidvalidity} {modseq}{rest}))")


def test_it_is_advertised_and_enabled(client):
    assert " QRESYNC " in client.ok("CAPABILITY")[0] + " "
    assert [line for line in client.ok("ENABLE QRESYNC") if line.startswith("* ENABLED")] == [
        "* ENABLED QRESYNC"]


def test_select_tells_what_was_missed(left):
    lines = resync(left)
    assert vanished(lines) == {2, 5}
    assert changed(lines) == {3: {"\\Flagged"}, 7: set()}
    assert "* 5 EXISTS" in lines
    assert [line for line in lines if "HIGHESTMODSEQ" in line]
    # Behind the VANISHED, so that the client can count (3.2.5.1).
    order = [line.split()[1] if "VANISHED" in line else line.split()[2] for line in lines
             if "VANISHED" in line or " FETCH " in line]
    assert order[0] == "VANISHED" and set(order[1:]) == {"FETCH"}


def test_examine_does_so_too(left):
    lines = resync(left, command="EXAMINE")
    assert vanished(lines) == {2, 5} and set(changed(lines)) == {3, 7}


def test_only_what_is_known_is_of_interest(left):
    lines = resync(left, " 1:3")
    assert vanished(lines) == {2} and changed(lines) == {3: {"\\Flagged"}}
    lines = resync(left, " 4:6 (1:3 4:6)")
    assert vanished(lines) == {5} and changed(lines) == {}


def test_message_sequence_match_data_is_understood(left):
    lines = resync(left, " 1:6 (1,3 1,3)")
    assert vanished(lines) >= {5} and vanished(lines) <= {2, 5}
    lines = resync(left, " (1,2,3 1,2,3)")
    assert vanished(lines) >= {5} and changed(lines)[3] == {"\\Flagged"}


def test_another_uidvalidity_means_nothing_is_told(left):
    lines = resync(left, uidvalidity=left.facts["UIDVALIDITY"] + 1)
    assert vanished(lines) == set() and fetched(lines) == {}
    assert [line for line in lines if f"[UIDVALIDITY {left.facts['UIDVALIDITY']}]" in line]


def test_nothing_missed_is_nothing_told(left):
    value = left.status(left.mailbox, "HIGHESTMODSEQ")["HIGHESTMODSEQ"]
    lines = resync(left, modseq=value)
    assert vanished(lines) == set() and fetched(lines) == {}


def test_all_of_the_history_is_there(left):
    lines = resync(left, modseq=1)
    assert vanished(lines) == {2, 5} and set(changed(lines)) == {1, 3, 4, 6, 7}


def test_it_has_to_be_enabled_first(clients):
    client = clients()
    fill(client, 1)
    assert client.no(f"SELECT {client.mailbox} (QRESYNC (1 1))").startswith("BAD ")
    assert client.no("UID FETCH 1:* FLAGS (CHANGEDSINCE 1 VANISHED)").startswith("BAD ")


@pytest.mark.parametrize("bad", ["", "()", "(1)", "(1 x)", "(x 1)", "(1 1 *)", "(1 1 1:*)",
                                 "(1 1 1:3 (1))", "(1 1 1:3 (1 1) 2)", "(1 1 (1:* 1:*))", "1 1"])
def test_bad_parameters_are_refused(client, bad):
    client.ok("ENABLE QRESYNC")
    assert client.no(f"SELECT {client.mailbox} (QRESYNC {bad})").startswith("BAD ")
    client.ok(f"SELECT {client.mailbox}")


def test_vanished_takes_the_place_of_expunge(clients):
    a, b = clients(), clients()
    fill(a)
    a.ok("ENABLE QRESYNC")
    b.select(b.mailbox)
    expunge(b, "1:2,4")
    lines = a.ok("NOOP")
    assert vanished(lines, earlier=False) == {1, 2, 4}
    assert not [line for line in lines if "EXPUNGE" in line]
    lines, tagged = expunge(a, "5")
    assert vanished(lines, earlier=False) == {5}
    assert re.match(r"OK \[HIGHESTMODSEQ (\d+)\]", tagged)
    a.ok(r"UID STORE 6 +FLAGS.SILENT (\Deleted)")
    lines, tagged = a.run("EXPUNGE")
    assert vanished(lines, earlier=False) == {6}
    value = int(re.match(r"OK \[HIGHESTMODSEQ (\d+)\]", tagged)[1])
    assert value == a.status(a.mailbox, "HIGHESTMODSEQ")["HIGHESTMODSEQ"]


def test_move_tells_vanished(clients):
    client = clients()
    fill(client)
    client.ok(f"CREATE {client.mailbox}-to")
    client.ok("ENABLE QRESYNC")
    lines, tagged = client.run(f"UID MOVE 2:3 {client.mailbox}-to")
    assert vanished(lines, earlier=False) == {2, 3}
    assert re.match(r"OK \[HIGHESTMODSEQ (\d+)\]", tagged)
    assert [line for line in lines if "COPYUID" in line]


def test_close_tells_no_highestmodseq(client):
    """It would seem that the client knows what is gone: section 3.2.8."""
    fill(client)
    client.ok("ENABLE QRESYNC")
    client.ok(r"STORE 1 +FLAGS.SILENT (\Deleted)")
    lines, tagged = client.run("CLOSE")
    assert lines == [] and tagged.startswith("OK Close")


def test_flag_changes_come_with_uid_and_modseq(clients):
    a, b = clients(), clients()
    fill(a)
    a.ok("ENABLE QRESYNC")
    b.select(b.mailbox)
    b.ok(r"UID STORE 3 +FLAGS.SILENT (\Flagged)")
    assert changed(a.ok("NOOP")) == {3: {"\\Flagged"}}
    items = fetched(a.ok(r"STORE 4 +FLAGS (\Seen)"))[4]
    assert items["UID"] == "4" and "MODSEQ" in items
    items = fetched(a.ok(r"STORE 5 +FLAGS.SILENT (\Seen)"))[5]
    assert items["UID"] == "5" and "MODSEQ" in items


def test_uid_fetch_vanished(clients):
    client = clients()
    fill(client)
    before = client.status(client.mailbox, "HIGHESTMODSEQ")["HIGHESTMODSEQ"]
    client.ok("ENABLE QRESYNC")
    expunge(client, "2,5")
    client.ok(r"UID STORE 3 +FLAGS.SILENT (\Flagged)")
    lines = client.ok(f"UID FETCH 1:100 FLAGS (CHANGEDSINCE {before} VANISHED)")
    assert vanished(lines) == {2, 5} and changed(lines) == {3: {"\\Flagged"}}
    lines = client.ok(f"UID FETCH 4:6 FLAGS (CHANGEDSINCE {before} VANISHED)")
    assert vanished(lines) == {5} and changed(lines) == {}
    # The order of the two does not matter.
    lines = client.ok(f"UID FETCH 1:4 FLAGS (VANISHED CHANGEDSINCE {before})")
    assert vanished(lines) == {2}
    assert client.no("UID FETCH 1:4 FLAGS (VANISHED)").startswith("BAD ")
    assert client.no(f"FETCH 1:4 FLAGS (CHANGEDSINCE {before} VANISHED)").startswith("BAD ")


def test_history_outlives_sessions_and_compaction(clients, server):
    a = clients()
    fill(a, 40)
    facts = a.select(a.mailbox)
    for uid in range(1, 31):
        expunge(a, uid)
    for turn in range(60):
        a.ok(f"STORE 1:* {'+' if turn % 2 else '-'}FLAGS.SILENT (\\Seen work{turn % 7})")
    a.logout()
    server.admin("kick", "ann")
    b = clients()
    b.ok("ENABLE QRESYNC")
    b.facts = facts
    lines = resync(b)
    assert vanished(lines) == set(range(1, 31))
    assert set(changed(lines)) == set(range(31, 41))
