"""ESEARCH and the saved result: RFC 4731, RFC 5182, RFC 9051 6.4.4."""
import re

import pytest

from imap_data import fetched, numbers


@pytest.fixture
def sparse(client):
    """Sequence numbers 1 to 5 are UIDs 1 3 5 6 7; the even subjects are flagged."""
    for number in range(1, 8):
        client.append(client.mailbox, b"Subject: s%d\r\n\r\ntext\r\n" % number,
                      r"(\Flagged) " if number % 2 == 0 else "")
    client.select(client.mailbox)
    client.ok(r"STORE 2,4 +FLAGS.SILENT (\Deleted)")
    client.ok("EXPUNGE")
    return client


def esearch(client, rest, command="SEARCH"):
    """(is it UIDs, {option: value}); the tag must be the command's."""
    tag = client.begin(f"{command} RETURN {rest}")
    lines, tagged = client.end(tag)
    assert tagged.startswith("OK "), tagged
    line, = [line for line in lines if line.startswith("* ESEARCH")] or [None]
    match = re.match(rf'\* ESEARCH \(TAG "{tag}"\)( UID)?((?: \w+ \S+)*)$', line)
    words = match[2].split()
    return bool(match[1]), dict(zip(words[::2], words[1::2]))


def uids(client, which):
    return [int(items["UID"]) for _, items in sorted(fetched(client.ok(f"FETCH {which} UID")).items())]


def test_they_are_advertised(client):
    listed = client.ok("CAPABILITY")[0].split()
    assert "ESEARCH" in listed and "SEARCHRES" in listed


def test_options(sparse):
    assert esearch(sparse, "(MIN MAX COUNT ALL) ALL") == (
        False, {"MIN": "1", "MAX": "5", "COUNT": "5", "ALL": "1:5"})
    assert esearch(sparse, "(MIN) UNFLAGGED") == (False, {"MIN": "1"})
    assert esearch(sparse, "(MAX) UNFLAGGED") == (False, {"MAX": "5"})
    assert esearch(sparse, "(COUNT) FLAGGED") == (False, {"COUNT": "1"})
    assert esearch(sparse, "() FLAGGED") == (False, {"ALL": "4"})
    assert esearch(sparse, "(MIN MAX) ALL") == (False, {"MIN": "1", "MAX": "5"})
    assert esearch(sparse, "(all count) OR FLAGGED 1") == (False, {"ALL": "1,4", "COUNT": "2"})


def test_uids(sparse):
    is_uid, found = esearch(sparse, "(MIN MAX COUNT ALL) ALL", "UID SEARCH")
    assert is_uid and found["MIN"] == "1" and found["MAX"] == "7" and found["COUNT"] == "5"
    assert numbers(found["ALL"]) == {1, 3, 5, 6, 7}
    assert esearch(sparse, "(MAX) FLAGGED", "UID SEARCH") == (True, {"MAX": "6"})


def test_nothing_found(sparse):
    assert esearch(sparse, "(MIN MAX ALL) DRAFT") == (False, {})
    assert esearch(sparse, "(COUNT MIN) DRAFT") == (False, {"COUNT": "0"})
    assert esearch(sparse, "() DRAFT", "UID SEARCH") == (True, {})


def test_with_a_charset(sparse):
    assert esearch(sparse, "(COUNT) CHARSET UTF-8 SUBJECT s3") == (False, {"COUNT": "1"})
    assert sparse.no("SEARCH RETURN (ALL) CHARSET X-NO ALL").startswith("NO [BADCHARSET")


def test_modseq_is_that_of_what_is_told(sparse):
    """RFC 4731 section 3.2: of the first, the last, the higher of both, or all that was found."""
    sparse.ok(r"STORE 3 +FLAGS.SILENT (\Seen)")
    values = [int(items["MODSEQ"][0]) for _, items in
              sorted(fetched(sparse.ok("FETCH 1:* MODSEQ")).items())]
    assert max(values) == values[2]
    for options, modseq in (("MIN", values[0]), ("MAX", values[4]),
                            ("MIN MAX", max(values[0], values[4])), ("COUNT", values[2]),
                            ("ALL", values[2]), ("MIN COUNT", values[2])):
        assert esearch(sparse, f"({options}) MODSEQ 1")[1]["MODSEQ"] == str(modseq), options


@pytest.mark.parametrize("bad", ["RETURN ALL ALL", "RETURN (NONSENSE) ALL", "RETURN (MIN",
                                 "RETURN (MIN)", "RETURN ((MIN)) ALL", "RETURN"])
def test_bad_input_is_refused(sparse, bad):
    assert sparse.no(f"SEARCH {bad}").startswith("BAD ")
    assert esearch(sparse, "(COUNT) ALL")[1] == {"COUNT": "5"}


# --- the saved result


def test_save_alone_says_nothing(sparse):
    assert [line for line in sparse.ok("SEARCH RETURN (SAVE) UNFLAGGED") if "SEARCH" in line] == []
    assert uids(sparse, "$") == [1, 3, 5, 7]


def test_the_result_is_a_set_of_messages(sparse):
    assert esearch(sparse, "(SAVE COUNT) UNFLAGGED") == (False, {"COUNT": "4"})
    assert esearch(sparse, "(ALL) $ SUBJECT s5") == (False, {"ALL": "3"})
    assert esearch(sparse, "(ALL) NOT $") == (False, {"ALL": "4"})
    assert numbers(esearch(sparse, "(ALL) UID $ NOT SUBJECT s1", "UID SEARCH")[1]["ALL"]) == {3, 5, 7}
    assert [int(items["UID"]) for items in fetched(sparse.ok("UID FETCH $ FLAGS")).values()] == [
        1, 3, 5, 7]
    sparse.ok(r"STORE $ +FLAGS.SILENT (\Answered)")
    assert sparse.flags() == {1: {"\\Answered"}, 3: {"\\Answered"}, 5: {"\\Answered"},
                              6: {"\\Flagged"}, 7: {"\\Answered"}}
    sparse.ok(f"CREATE {sparse.mailbox}-copy")
    sparse.ok(f"COPY $ {sparse.mailbox}-copy")
    sparse.ok(f"UID COPY $ {sparse.mailbox}-copy")
    assert sparse.status(f"{sparse.mailbox}-copy", "MESSAGES") == {"MESSAGES": 8}


def test_with_min_or_max_only_these_are_saved(sparse):
    """RFC 5182 section 2.4."""
    for options, saved in (("MIN", [1]), ("MAX", [7]), ("MIN MAX", [1, 7]),
                           ("MIN COUNT", [1, 3, 5, 7]), ("MAX ALL", [1, 3, 5, 7])):
        esearch(sparse, f"(SAVE {options}) UNFLAGGED")
        assert uids(sparse, "$") == saved, options


def test_it_is_empty_at_first_and_after_select(sparse):
    assert uids(sparse, "$") == []
    sparse.ok("SEARCH RETURN (SAVE) ALL")
    assert uids(sparse, "$") == [1, 3, 5, 6, 7]
    sparse.ok(f"SELECT {sparse.mailbox}")
    assert uids(sparse, "$") == []
    assert esearch(sparse, "(COUNT) $") == (False, {"COUNT": "0"})


def test_what_is_expunged_leaves_it(clients):
    a, b = clients(), clients()
    for number in range(4):
        a.append(a.mailbox, b"Subject: %d\r\n\r\n" % number)
    a.select(a.mailbox)
    b.select(b.mailbox)
    a.ok("SEARCH RETURN (SAVE) ALL")
    b.ok(r"UID STORE 2 +FLAGS.SILENT (\Deleted)")
    b.ok("EXPUNGE")
    a.ok("NOOP")
    assert uids(a, "$") == [1, 3, 4]
    a.ok(r"STORE $ +FLAGS.SILENT (\Deleted)")
    a.ok("UID EXPUNGE $")
    assert a.status(a.mailbox, "MESSAGES") == {"MESSAGES": 0}
    assert uids(a, "$") == []


def test_a_failed_search_empties_it_and_a_bad_one_does_not(sparse):
    """RFC 5182 section 2.1."""
    sparse.ok("SEARCH RETURN (SAVE) FLAGGED")
    sparse.no("SEARCH RETURN (SAVE) NONSENSE")
    assert uids(sparse, "$") == [6]
    sparse.ok("SEARCH ALL")
    assert uids(sparse, "$") == [6]
    sparse.no("SEARCH RETURN (SAVE) CHARSET X-NONSENSE ALL")
    assert uids(sparse, "$") == []


def test_pipelined_commands_use_it(sparse):
    sparse.wire.send('p1 SEARCH RETURN (SAVE) FLAGGED\r\np2 FETCH $ UID\r\n')
    assert sparse.end("p1")[1].startswith("OK")
    assert [items["UID"] for items in fetched(sparse.end("p2")[0]).values()] == ["6"]


def test_move_of_the_result(sparse):
    sparse.ok(f"CREATE {sparse.mailbox}-to")
    sparse.ok("UID SEARCH RETURN (SAVE) UNFLAGGED")
    sparse.ok(f"UID MOVE $ {sparse.mailbox}-to")
    assert sparse.flags() == {6: {"\\Flagged"}}
    assert sparse.status(f"{sparse.mailbox}-to", "MESSAGES") == {"MESSAGES": 4}


@pytest.mark.parametrize("bad", ["FETCH $,1 UID", "FETCH 1:$ UID", "FETCH $$ UID", "SEARCH $x",
                                 "UID FETCH $:* UID"])
def test_it_stands_alone_in_a_set(sparse, bad):
    assert sparse.no(bad).startswith("BAD ")
