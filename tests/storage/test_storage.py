"""What every storage driver promises, in its usual place and elsewhere; last what only some can."""
import os
import random

import pytest

from drive import DRIVERS, ELSEWHERE, MAILDIR, No, ONEFILE, POSTCARD

PLAIN = b"From: a@example\nSubject: hello\n\nbody\n"
ODD = {
    "empty body": b"Subject: x\n\n",
    "no header": b"\nbody only\n",
    "no line end": b"Subject: x\n\nno end",
    "nul bytes": b"Subject: x\n\na\0b\0\n",
    "eight bits": bytes(range(256)).replace(b"\r", b""),
    "looks like others' formats": b"From me\nonefile + 1 2 3\n\nFrom you\n.\n",
    "large": b"Subject: large\n\n" + random.Random(1).randbytes(300000).replace(b"\r", b""),
}


@pytest.fixture(params=DRIVERS + ELSEWHERE, ids=repr)
def driver(request):
    return request.param


# --- mailboxes ---

def test_a_fresh_user_has_an_empty_inbox(start):
    drive = start()
    assert drive.names() == ["INBOX"]
    assert drive.open("INBOX") == 0
    status = drive.status("INBOX")
    assert status["messages"] == 0 and status["uidnext"] == 1 and status["uidvalidity"] > 0


def test_mailboxes_are_created_listed_and_deleted(start, driver):
    drive = start()
    for name in ["club", "archive"]:
        drive("create", name)
    assert sorted(drive.names()) == ["INBOX", "archive", "club"]
    with pytest.raises(No) as no:
        drive("create", "club")
    assert no.value.kind == "EXISTS"
    drive("delete", "club")
    assert sorted(drive.names()) == ["INBOX", "archive"]
    for words in [("delete", "club"), ("open", "club"), ("status", "club"), ("rename", "club", "x")]:
        with pytest.raises(No) as no:
            drive(*words)
        assert no.value.kind == "NOTFOUND", words
    with pytest.raises(No) as no:
        drive("delete", "INBOX")
    assert no.value.kind == "NOPERM"


def test_deep_names_and_names_beyond_ascii(start, driver):
    drive = start()
    deep = driver.mailbox(*(f"level{i}" for i in range(12)))
    names = [deep, driver.mailbox("Entwürfe", "日本"), "a&b", "with%percent", driver.mailbox("x", "~y")]
    for name in names:
        drive("create", name)
        drive.save(name, PLAIN)
    listed = [name for name in drive.names() if not name.endswith("(no)")]
    assert sorted(listed) == sorted(["INBOX", *names])
    again = start()
    for name in names:
        assert again.contents(name) == {1: PLAIN}, name


def test_deleting_a_parent_keeps_its_children(start, driver):
    drive = start()
    child = driver.mailbox("parent", "child")
    drive("create", "parent")
    drive("create", child)
    drive.save("parent", PLAIN)
    drive.save(child, PLAIN)
    drive("delete", "parent")
    assert "parent" not in drive.names()
    assert drive.contents(child) == {1: PLAIN}
    drive("create", "parent")
    assert drive.contents("parent") == {}
    assert drive.contents(child) == {1: PLAIN}


def test_renaming_takes_messages_and_children_along(start, driver):
    drive = start()
    box = driver.mailbox
    for name in ["old", box("old", "child"), "other"]:
        drive("create", name)
    validity, uid = drive.saved("old", PLAIN, "F", keywords=["work"])
    drive.save(box("old", "child"), b"child\n\n")
    with pytest.raises(No) as no:
        drive("rename", "old", "other")
    assert no.value.kind == "EXISTS"
    drive("rename", "old", box("fresh", "place"))
    listed = [name for name in drive.names() if not name.endswith("(no)")]
    assert sorted(listed) == sorted(["INBOX", "other", box("fresh", "place"),
                                     box("fresh", "place", "child")])
    for seen in (drive, start()):
        assert seen.contents(box("fresh", "place")) == {uid: PLAIN}
        assert seen.view() == {uid: ("F", {"work"})}
        assert seen.status(box("fresh", "place"))["uidvalidity"] == validity
        assert seen.contents(box("fresh", "place", "child")) == {1: b"child\n\n"}


def test_renaming_the_inbox_moves_its_messages(start, driver):
    drive = start()
    drive.save("INBOX", PLAIN, "S")
    drive("rename", "INBOX", "old")
    assert drive.contents("INBOX") == {}
    assert drive.contents("old") == {1: PLAIN}
    assert drive.view() == {1: ("S", frozenset())}


def test_a_mailbox_made_anew_has_another_uidvalidity(start):
    seen = set()
    for _ in range(3):
        drive = start()
        drive("create", "club")
        seen.add(drive.saved("club", PLAIN, keywords=["old"])[0])
        assert drive.end() == 0
        drive = start()
        drive("delete", "club")
    assert len(seen) == 3
    drive("create", "club")
    assert drive.contents("club") == {}


def test_a_mailbox_deleted_by_another_session_is_gone(start):
    drive, other = start(), start()
    drive("create", "club")
    drive.save("club", PLAIN)
    drive.open("club")
    other("delete", "club")
    with pytest.raises(No) as no:
        drive.sync()
    assert no.value.kind == "NOTFOUND"
    with pytest.raises(No) as no:
        drive.save("club", PLAIN)
    assert no.value.kind == "NOTFOUND"
    assert drive.names() == ["INBOX"]
    other("create", "club")
    drive.save("club", b"anew\n\n")
    assert other.contents("club") == {1: b"anew\n\n"}


def test_subscriptions_outlive_the_process(start):
    drive = start()
    drive("create", "club")
    drive("subscribe", "club")
    assert drive.names("subscriptions") == ["club"]
    assert start().names("subscriptions") == ["club"]


# --- messages ---

@pytest.mark.parametrize("what", ODD)
def test_what_is_fetched_is_what_was_saved(start, what):
    drive = start()
    uid = drive.save("INBOX", ODD[what])
    drive.open("INBOX")
    assert drive.fetch(uid) == ODD[what]
    again = start()
    again.open("INBOX")
    assert again.fetch(uid) == ODD[what]
    bare = ODD[what].count(b"\n")
    assert int(again("size", uid)) == len(ODD[what]) + bare


def test_crlf_is_one_line_end_of_two_bytes(start):
    """Stored with LF; the size counts CRLF (RFC 9051 2.3.4)."""
    drive = start()
    uid = drive.save("INBOX", b"a: b\r\n\r\nx\r\n")
    drive.open("INBOX")
    assert drive.fetch(uid) == b"a: b\n\nx\n"
    assert int(drive("size", uid)) == 11


def test_uids_ascend_and_stay(start):
    drive = start()
    given = [drive.save("INBOX", b"Subject: %d\n\n" % i) for i in range(5)]
    given += drive.batch("INBOX", 4)
    assert given == list(range(1, 10))
    drive.open("INBOX")
    drive("expunge", "3,9")
    validity = drive.status("INBOX")["uidvalidity"]
    again = start()
    before = again.contents("INBOX")
    assert list(before) == [1, 2, 4, 5, 6, 7, 8]
    assert before[4] == b"Subject: 3\n\n"
    assert again.saved("INBOX", PLAIN) == (validity, 10)
    assert start().contents("INBOX") == {**before, 10: PLAIN}


def test_flags_and_keywords_are_kept(start):
    drive = start()
    first = drive.save("INBOX", PLAIN, "AFDST")
    second = drive.save("INBOX", PLAIN, "F", keywords=["work", "$Forwarded"])
    drive.open("INBOX")
    assert drive.view() == {first: ("AFDST", set()), second: ("F", {"work", "$Forwarded"})}
    drive("store", first, "-", "DS")
    drive("store", first, "+", "-", "later")
    drive("store", second, "=", "S", "work")
    want = {first: ("AFT", {"later"}), second: ("S", {"work"})}
    assert drive.view() == want
    drive("close")
    again = start()
    again.open("INBOX")
    assert again.view() == want
    assert again.sync("scan")["changed"] == 0
    assert again.view() == want


def test_a_store_that_changes_nothing_is_no_change(start):
    drive, other = start(), start()
    uid = drive.save("INBOX", PLAIN, "F")
    drive.open("INBOX")
    other.open("INBOX")
    drive("store", uid, "+", "F")
    assert other.sync()["changed"] == 0
    drive("store", uid, "+", "S")
    assert other.sync() == {"expunged": 0, "changed": 1, "count": 1}
    assert other.view() == {uid: ("FS", frozenset())}


def test_dates_and_guids_stay(start):
    drive = start()
    uid = drive.save("INBOX", PLAIN, date=1000000000)
    drive.open("INBOX")
    guid = drive("guid", uid)
    assert len(guid) == 32 and int(guid, 16) != 0
    again = start()
    again.open("INBOX")
    assert again("date", uid) == "1000000000"
    assert again("guid", uid) == guid


def test_status_counts(start):
    drive = start()
    drive.save("INBOX", PLAIN)
    drive.save("INBOX", PLAIN, "S")
    drive.save("INBOX", PLAIN, "SD")
    for seen in (drive, start()):
        status = seen.status("INBOX")
        del status["uidvalidity"]
        assert status == {"messages": 3, "unseen": 1, "deleted": 1, "recent": 3, "uidnext": 4,
                          "size": 3 * (len(PLAIN) + PLAIN.count(b"\n"))}


def test_a_batch_is_all_or_nothing(start):
    drive, other = start(), start()
    other.open("INBOX")
    assert drive.batch("INBOX", 20, "word") == list(range(1, 21))
    assert other.sync()["count"] == 20
    assert other.fetch(7) == b"Subject: word\n\n6\n"
    assert other.fetch(20) == b"Subject: word\n\n19\n"


def test_expunge_takes_the_deleted_ones(start):
    drive, other = start(), start()
    drive.batch("INBOX", 5)
    drive.open("INBOX")
    other.open("INBOX")
    drive("store", "2,4", "+", "D")
    drive("expunge")
    assert drive.sync() == {"expunged": 2, "changed": 0, "count": 3}
    assert list(drive.view()) == [1, 3, 5]
    # Who has it selected sees the same once told, and reads nothing that is gone.
    with pytest.raises(No) as no:
        other.fetch(2)
    assert no.value.kind == "EXPUNGED"
    assert other.sync()["expunged"] == 2
    assert other.sync("scan") == {"expunged": 0, "changed": 0, "count": 3}


def test_copies_bring_everything_along(start):
    drive = start()
    drive("create", "club")
    drive.save("club", b"first\n\n")
    one = drive.save("INBOX", PLAIN, "FS", date=1000000000, keywords=["work"])
    two = drive.save("INBOX", ODD["large"], date=1100000000)
    drive.open("INBOX")
    assert drive.copy(f"{one},{two}", "club") == [2, 3]
    assert drive.sync()["count"] == 2
    drive("expunge", f"{one}:{two}")
    for seen in (drive, start()):
        assert seen.contents("club") == {1: b"first\n\n", 2: PLAIN, 3: ODD["large"]}
        assert seen.view()[2] == ("FS", {"work"})
        assert seen("date", 2) == "1000000000" and seen("date", 3) == "1100000000"
        assert int(seen("size", 2)) == len(PLAIN) + PLAIN.count(b"\n")


def test_moves_leave_nothing_behind(start):
    drive = start()
    drive("create", "club")
    drive.batch("INBOX", 4, "moved")
    drive.open("INBOX")
    assert drive.move("2:3", "club") == [1, 2]
    assert drive.sync()["expunged"] == 2
    assert list(start().contents("INBOX")) == [1, 4]
    assert start().contents("club") == {1: b"Subject: moved\n\n1\n", 2: b"Subject: moved\n\n2\n"}


def test_copying_within_a_mailbox_doubles(start):
    drive = start()
    drive.save("INBOX", PLAIN, "F", keywords=["work"])
    drive.open("INBOX")
    assert drive.copy(1, "INBOX") == [2]
    assert drive.sync()["count"] == 2
    assert drive.contents("INBOX") == {1: PLAIN, 2: PLAIN}
    assert drive.view()[1] == drive.view()[2]


def test_a_copy_to_nowhere_says_so(start):
    drive = start()
    drive.save("INBOX", PLAIN)
    drive.open("INBOX")
    for command in ("copy", "move"):
        with pytest.raises(No) as no:
            drive(command, 1, "nowhere")
        assert no.value.kind == "NOTFOUND"
    assert drive.contents("INBOX") == {1: PLAIN}


# --- in the usual places only: the test reaches into them ---

@pytest.mark.parametrize("driver", DRIVERS, ids=repr)
def test_a_lost_index_loses_no_message(start, driver, tmp_path):
    """UIDs stay where they travel with the message; else UIDVALIDITY says that they are others."""
    drive = start()
    validity = drive.saved("INBOX", PLAIN)[0]
    drive.batch("INBOX", 3)
    drive.open("INBOX")
    drive("expunge", "2")
    before = drive.contents("INBOX")
    assert drive.end() == 0
    path = os.path.join(tmp_path, "mail", *([] if driver is MAILDIR else ["INBOX"]))
    os.rename(os.path.join(path, "roost.index"), tmp_path / "gone")
    again = start()
    after = again.contents("INBOX")
    if driver is POSTCARD:
        assert again.status("INBOX")["uidvalidity"] != validity
        assert sorted(after.values()) == sorted(before.values())
    else:
        assert after == before
        assert again.status("INBOX")["uidvalidity"] == validity
        assert again.save("INBOX", PLAIN) > 4


@pytest.mark.parametrize("driver", [ONEFILE], ids=repr)
def test_a_store_that_is_empty_as_at_first_was_changed(start, tmp_path):
    """The stamp is the one of the last scan again; what was saved since is gone all the same."""
    drive = start()
    drive.open("INBOX")
    drive.save("INBOX", PLAIN)
    assert drive.end() == 0
    os.unlink(tmp_path / "mail" / "INBOX" / "messages")
    assert start().contents("INBOX") == {}


# --- changes by others: only drivers whose store others may change ---

FOREIGN = pytest.mark.parametrize("driver", [driver for driver in DRIVERS if driver.foreign], ids=repr)


@pytest.fixture
def folder(driver, tmp_path):
    """Where files of messages are that carry no flags."""
    return tmp_path / "mail" / ("new" if driver is MAILDIR else "INBOX")


def message_files(folder):
    return sorted(entry for entry in os.listdir(folder) if entry != "roost.index")


@FOREIGN
def test_a_file_dropped_by_others_is_a_message(start, folder):
    drive = start()
    drive.save("INBOX", PLAIN)
    drive.open("INBOX")
    (folder / "1000000000.dropped").write_bytes(b"dropped\n\n")
    assert drive.sync("scan") == {"expunged": 0, "changed": 0, "count": 2}
    assert drive.fetch(2) == b"dropped\n\n"
    assert start().contents("INBOX") == {1: PLAIN, 2: b"dropped\n\n"}


@FOREIGN
def test_a_file_removed_by_others_is_expunged(start, folder):
    drive = start()
    drive.batch("INBOX", 3)
    drive.open("INBOX")
    os.unlink(folder / message_files(folder)[1])
    with pytest.raises(No) as no:
        for uid in (1, 2, 3):
            drive.fetch(uid)
    assert no.value.kind == "EXPUNGED"
    assert drive.sync("scan")["expunged"] == 1
    assert len(drive.view()) == 2
    assert drive.save("INBOX", PLAIN) == 4
