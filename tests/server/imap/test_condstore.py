"""CONDSTORE: MODSEQ told, asked for and relied upon. RFC 7162 section 3.1."""
import re

import pytest

from imap_data import fetched, numbers


def fill(client, count=4):
    for number in range(count):
        client.append(client.mailbox, b"Subject: %d\r\n\r\ntext\r\n" % number)
    client.facts = client.select(client.mailbox)
    return client


def modseqs(client):
    """{UID: MODSEQ}"""
    found = fetched(client.ok("UID FETCH 1:* MODSEQ"))
    return {int(items["UID"]): int(items["MODSEQ"][0]) for items in found.values()}


def highest(client):
    return client.status(client.mailbox, "HIGHESTMODSEQ")["HIGHESTMODSEQ"]


def told(lines):
    """{sequence number: (MODSEQ or None, flags or None)} of untagged FETCHes."""
    return {number: (int(items["MODSEQ"][0]) if "MODSEQ" in items else None,
                     set(items["FLAGS"]) - {"\\Recent"} if "FLAGS" in items else None)
            for number, items in fetched(lines).items()}


def test_it_is_advertised(client):
    assert " CONDSTORE " in client.ok("CAPABILITY")[0] + " "


def test_select_tells_the_highest(client):
    fill(client)
    lines = client.ok(f"SELECT {client.mailbox} (CONDSTORE)")
    value, = [int(found[1]) for line in lines
              for found in [re.match(r"\* OK \[HIGHESTMODSEQ (\d+)\]", line)] if found]
    assert value == highest(client) == max(modseqs(client).values())
    lines = client.ok(f"EXAMINE {client.mailbox} (CONDSTORE)")
    assert [line for line in lines if line.startswith(f"* OK [HIGHESTMODSEQ {value}]")]


def test_each_change_gets_a_higher_one(client):
    fill(client)
    seen = [highest(client)]
    for command in (r"STORE 1 +FLAGS.SILENT (\Seen)", r"STORE 1 -FLAGS.SILENT (\Seen)",
                    "STORE 2:3 FLAGS.SILENT (work)", r"STORE 4 +FLAGS.SILENT (\Deleted)", "EXPUNGE"):
        client.ok(command)
        seen.append(highest(client))
    client.append(client.mailbox)
    seen.append(highest(client))
    assert seen == sorted(set(seen))
    assert modseqs(client)[5] == seen[-1]


def test_what_changes_nothing_need_not_count(client):
    fill(client)
    client.ok(r"STORE 1 +FLAGS.SILENT (\Seen)")
    before = modseqs(client)
    client.ok(r"STORE 2 +FLAGS.SILENT (\Seen)")
    after = modseqs(client)
    assert {uid: value for uid, value in after.items() if uid != 2} == {
        uid: value for uid, value in before.items() if uid != 2}
    assert after[2] > max(before.values())


@pytest.mark.parametrize("command", [
    "SELECT {0} (CONDSTORE)", "EXAMINE {0} (CONDSTORE)", "STATUS {0} (HIGHESTMODSEQ)",
    "FETCH 1 MODSEQ", "FETCH 1 FLAGS (CHANGEDSINCE 1)", "SEARCH MODSEQ 1",
    r"STORE 2 (UNCHANGEDSINCE 99999999999999999) +FLAGS (\Draft)", "ENABLE CONDSTORE"])
def test_enabling_commands_make_the_server_tell(clients, command):
    a, b = clients(), clients()
    fill(a)
    b.select(b.mailbox)
    b.ok(r"STORE 1 +FLAGS.SILENT (\Seen)")
    assert told(a.ok("NOOP"))[1] == (None, {"\\Seen"})
    a.ok(command.format(a.mailbox))
    if "EXAMINE" in command:
        a.ok(f"SELECT {a.mailbox}")
    b.ok(r"STORE 1 -FLAGS.SILENT (\Seen)")
    assert told(a.ok("NOOP"))[1] == (modseqs(b)[1], set())


def test_enabling_amid_a_mailbox_tells_the_highest(client):
    fill(client)
    lines = client.ok("FETCH 1 MODSEQ")
    assert [line for line in lines if line.startswith(f"* OK [HIGHESTMODSEQ {highest(client)}]")]
    assert not [line for line in client.ok("FETCH 1 MODSEQ") if "HIGHESTMODSEQ" in line]


def test_store_tells_the_new_modseq_silent_or_not(client):
    fill(client)
    client.ok("ENABLE CONDSTORE")
    lines = client.ok(r"STORE 1 +FLAGS (\Seen)")
    assert told(lines)[1] == (modseqs(client)[1], {"\\Seen"})
    lines = client.ok(r"STORE 2 +FLAGS.SILENT (\Seen)")
    assert told(lines)[2] == (modseqs(client)[2], None)
    lines = client.ok(r"UID STORE 3 +FLAGS.SILENT (\Seen)")
    assert told(lines)[3] == (modseqs(client)[3], None)
    assert "UID 3" in "".join(lines)


def test_reading_a_body_tells_the_new_modseq(client):
    fill(client)
    client.ok("ENABLE CONDSTORE")
    lines = client.ok("FETCH 2 BODY[]")
    assert told(lines)[2] == (modseqs(client)[2], {"\\Seen"})


def test_changedsince(client):
    fill(client)
    before = highest(client)
    client.ok(r"STORE 2,4 +FLAGS.SILENT (\Flagged)")
    values = modseqs(client)
    found = fetched(client.ok(f"FETCH 1:* (UID FLAGS) (CHANGEDSINCE {before})"))
    assert sorted(found) == [2, 4]
    assert {int(items["UID"]): int(items["MODSEQ"][0]) for items in found.values()} == {
        uid: values[uid] for uid in (2, 4)}
    assert fetched(client.ok(f"FETCH 1:* FLAGS (CHANGEDSINCE {max(values.values())})")) == {}
    assert sorted(fetched(client.ok("UID FETCH 1:3 FLAGS (CHANGEDSINCE 1)"))) == [1, 2, 3]


def test_unchangedsince_stores_what_nobody_changed(clients):
    a, b = clients(), clients()
    fill(a)
    b.select(b.mailbox)
    before = highest(a)
    b.ok(r"STORE 2 +FLAGS.SILENT (\Flagged)")
    b.ok(r"STORE 3 +FLAGS.SILENT (\Flagged)")
    lines, tagged = a.run(rf"STORE 1:4 (UNCHANGEDSINCE {before}) +FLAGS.SILENT (\Seen)")
    assert re.match(r"OK \[MODIFIED 2:3\]", tagged)
    assert a.flags() == {1: {"\\Seen"}, 2: {"\\Flagged"}, 3: {"\\Flagged"}, 4: {"\\Seen"}}
    # The client learns the MODSEQ of all four: of those it changed and of those that others did.
    news, values = told(lines), modseqs(a)
    assert {number: news[number][0] for number in news} == values
    assert news[2][1] == {"\\Flagged"}
    lines, tagged = a.run(rf"STORE 1:4 (UNCHANGEDSINCE {max(values.values())}) FLAGS (\Draft)")
    assert tagged.startswith("OK Store") and len(told(lines)) == 4


def test_modified_uids_in_a_uid_store(clients):
    a, b = clients(), clients()
    fill(a)
    a.ok(r"STORE 1 +FLAGS.SILENT (\Deleted)")
    a.ok("EXPUNGE")
    b.select(b.mailbox)
    before = highest(a)
    b.ok(r"UID STORE 3 +FLAGS.SILENT (\Flagged)")
    assert a.run(rf"UID STORE 2:3 (UNCHANGEDSINCE {before}) +FLAGS.SILENT (\Seen)")[1].startswith(
        "OK [MODIFIED 3]")
    b.ok(r"UID STORE 3 -FLAGS.SILENT (\Flagged)")
    assert a.run(rf"STORE 2 (UNCHANGEDSINCE {before}) +FLAGS.SILENT (\Seen)")[1].startswith(
        "OK [MODIFIED 2]")


def test_unchangedsince_zero_fails_for_all_that_is_there(client):
    fill(client, 2)
    assert client.run(r"STORE 1:2 (UNCHANGEDSINCE 0) +FLAGS (\Seen)")[1].startswith(
        "OK [MODIFIED 1:2]")
    assert client.flags() == {1: set(), 2: set()}


def test_search_by_modseq(client):
    fill(client)
    before = highest(client)
    client.ok(r"STORE 2,3 +FLAGS.SILENT (\Flagged)")
    value = highest(client)

    def search(keys, command="SEARCH"):
        return [line for line in client.ok(f"{command} {keys}") if "SEARCH" in line][0]
    assert search(f"MODSEQ {before + 1}") == f"* SEARCH 2 3 (MODSEQ {value})"
    assert search(f"MODSEQ {before + 1}", "UID SEARCH") == f"* SEARCH 2 3 (MODSEQ {value})"
    assert search(rf'MODSEQ "/flags/\\draft" all {before + 1}') == f"* SEARCH 2 3 (MODSEQ {value})"
    assert search(f"MODSEQ {before} 1") == f"* SEARCH 1 (MODSEQ {modseqs(client)[1]})" or (
        modseqs(client)[1] < before)
    assert search(f"MODSEQ {value + 1}") == "* SEARCH"
    assert search("OR MODSEQ 1 SEEN 1") == f"* SEARCH 1 (MODSEQ {modseqs(client)[1]})"
    assert search(f"RETURN (COUNT ALL) MODSEQ {before + 1}").endswith(
        f"ALL 2:3 COUNT 2 MODSEQ {value}")
    assert " MODSEQ " not in search("ALL")


@pytest.mark.parametrize("bad", [
    "SELECT {0} (NONSENSE)", "SELECT {0} CONDSTORE", "FETCH 1 (MODSEQ) (CHANGEDSINCE)",
    "FETCH 1 FLAGS (CHANGEDSINCE -1)", "FETCH 1 FLAGS CHANGEDSINCE 1",
    r"STORE 1 (UNCHANGEDSINCE) +FLAGS (\Seen)", r"STORE 1 (UNCHANGEDSINCE x) +FLAGS (\Seen)",
    r"STORE 1 (UNCHANGEDSINCE 99999999999999999999) +FLAGS (\Seen)", r"STORE 1 (X 1) FLAGS ()",
    'SEARCH MODSEQ "/flags/x" nobody 1'])
def test_bad_input_is_refused(client, bad):
    fill(client, 1)
    assert client.no(bad.format(client.mailbox)).startswith("BAD ")
    assert client.flags() == {1: set()}


def test_modseqs_stay_over_sessions_and_processes(clients, server):
    a = clients()
    fill(a)
    a.ok(r"STORE 1 +FLAGS.SILENT (\Seen)")
    before = modseqs(a), highest(a)
    a.logout()
    server.admin("kick", "ann")
    b = clients()
    assert (modseqs(b), highest(b)) == before
    assert numbers("1:4") == set(before[0])
