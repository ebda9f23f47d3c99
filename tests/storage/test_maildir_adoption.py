"""A Maildir of another server: UIDs, UIDVALIDITY, keywords, subscriptions are kept. R-MD-2..4."""
import os
import shutil

import pytest

from drive import Drive, Gone, MAILDIR


@pytest.fixture
def mail(tmp_path):
    return tmp_path / "mail"


def make(path, files, texts=()):
    """A Maildir with these messages (name in it, body) and other files."""
    for folder in ("cur", "new", "tmp"):
        (path / folder).mkdir(parents=True, exist_ok=True)
    for name in files:
        (path / name).write_bytes(name.split("/")[1].split(":")[0].encode() + b"\n\n")
    for name, text in texts:
        (path / name).write_text(text)


def bases(drive, mailbox):
    return {uid: text.decode().strip() for uid, text in drive.contents(mailbox).items()}


V3 = """3 V1234567 N105 G0123456789abcdef0123456789abcdef
7 W30 G00112233445566778899aabbccddeeff :100.h:2,S
8 :999.expunged
20 Pold O3 :200.h
104 :300.h,S=9
"""


def test_uidlist_version_3(tmp_path, mail):
    """R-MD-3: header 3 V N G, lines with keys W, P, O, G."""
    make(mail, ["cur/100.h:2,FS", "cur/200.h:2,", "new/300.h,S=9", "new/250.h"],
         [("dovecot-uidlist", V3)])
    with Drive(MAILDIR, tmp_path) as drive:
        assert bases(drive, "INBOX") == {7: "100.h", 20: "200.h", 104: "300.h,S=9", 105: "250.h"}
        assert drive.view()[7] == ("FS", frozenset())
        assert drive("guid", 7) == "00112233445566778899aabbccddeeff"
        status = drive.status("INBOX")
        assert status["uidvalidity"] == 1234567 and status["uidnext"] == 106
        assert drive.save("INBOX", b"new\n\n") == 106
    # For the other server's return: what it kept of a message it finds again, and our UIDs.
    lines = (mail / "dovecot-uidlist").read_text().splitlines()
    assert lines[0].startswith("3 V1234567 N")
    assert lines[0].endswith(" G0123456789abcdef0123456789abcdef")
    assert "20 Pold O3 :200.h" in lines
    assert [line.split()[0] for line in lines[-4:]] == ["20", "104", "105", "106"]


def test_a_uid_that_was_next_is_not_given_to_what_came_before(tmp_path, mail):
    """N says more than the lines: the highest messages may have been expunged."""
    make(mail, ["cur/100.h:2,"], [("dovecot-uidlist", "3 V99 N5000\n7 :100.h\n")])
    with Drive(MAILDIR, tmp_path) as drive:
        assert bases(drive, "INBOX") == {7: "100.h"}
        assert drive.save("INBOX", b"new\n\n") == 5000


@pytest.mark.parametrize("name", ["dovecot-uidlist", "courierimapuiddb"])
def test_uidlist_version_1(tmp_path, mail, name):
    """R-MD-3, R-MD-4: version 1, also under Courier's name."""
    make(mail, ["cur/100.h:2,S", "cur/200.h:2,", "new/300.h"],
         [(name, "1 1111 50\n40 100.h:2,S\n41 gone.h:2,\n45 200.h\n")])
    with Drive(MAILDIR, tmp_path) as drive:
        assert bases(drive, "INBOX") == {40: "100.h", 45: "200.h", 50: "300.h"}
        status = drive.status("INBOX")
        assert status["uidvalidity"] == 1111 and status["uidnext"] == 51


def test_keywords_keep_their_names(tmp_path, mail):
    """R-MD-2: lines "0 $Junk"."""
    make(mail, ["cur/100.h:2,Sac", "cur/200.h:2,Fb"],
         [("dovecot-uidlist", "3 V5 N9\n1 :100.h\n2 :200.h\n"),
          ("dovecot-keywords", "0 $Junk\n1 NonJunk\n2 $Label1\n")])
    with Drive(MAILDIR, tmp_path) as drive:
        drive.open("INBOX")
        assert drive.view() == {1: ("S", {"$Junk", "$Label1"}), 2: ("F", {"NonJunk"})}
        drive("store", 2, "+", "-", "$Junk")
    assert "200.h:2,Fab" in os.listdir(mail / "cur")
    assert (mail / "dovecot-keywords").read_text() == "0 $Junk\n1 NonJunk\n2 $Label1\n"


@pytest.mark.parametrize("text, names", [
    ("club\nLists.R\n", ["Lists.R", "club"]),
    ("V\t2\n\nclub\nLists\tR\n", ["Lists.R", "club"]),
])
def test_subscriptions(tmp_path, mail, text, names):
    """R-MD-4: lines, and version 2 of 2.3, where tabs are between levels."""
    make(mail, [], [("subscriptions", text)])
    for name in (".club", ".Lists.R"):
        make(mail / name, [])
    with Drive(MAILDIR, tmp_path) as drive:
        assert sorted(drive.names("subscriptions")) == names
        drive("create", "more")
        drive("subscribe", "more")
        assert sorted(drive.names("subscriptions")) == sorted([*names, "more"])
    with Drive(MAILDIR, tmp_path) as drive:
        assert sorted(drive.names("subscriptions")) == sorted([*names, "more"])


def test_every_mailbox_has_a_list_of_its_own(tmp_path, mail):
    make(mail, ["cur/1.h:2,"], [("dovecot-uidlist", "3 V10 N9\n3 :1.h\n")])
    make(mail / ".Sent", ["cur/1.h:2,S"], [("dovecot-uidlist", "3 V20 N9\n8 :1.h\n")])
    make(mail / ".Sent.2024", ["cur/1.h:2,S"])
    with Drive(MAILDIR, tmp_path) as drive:
        for name, validity, uid in [("INBOX", 10, 3), ("Sent", 20, 8), ("Sent.2024", None, 1)]:
            assert list(drive.contents(name)) == [uid], name
            assert validity in (None, drive.status(name)["uidvalidity"])


def test_adoption_happens_before_the_first_delivery(tmp_path, mail):
    """A delivery that comes before the first SELECT takes no UID that others have."""
    make(mail, ["cur/100.h:2,S"], [("dovecot-uidlist", "3 V77 N300\n299 :100.h\n")])
    with Drive(MAILDIR, tmp_path) as drive:
        assert drive.saved("INBOX", b"new\n\n") == (77, 300)
        assert bases(drive, "INBOX") == {299: "100.h", 300: "new"}


def test_a_control_directory_of_its_own(tmp_path, mail):
    """R-LOC-1: CONTROL= is where dovecot-uidlist and dovecot-keywords are."""
    make(mail, ["cur/100.h:2,a"])
    control = tmp_path / "control" / "INBOX"
    control.mkdir(parents=True)
    (control / "dovecot-uidlist").write_text("3 V77 N300\n299 :100.h\n")
    (control / "dovecot-keywords").write_text("0 work\n")
    with Drive(MAILDIR, tmp_path, location=f"maildir:~/mail:CONTROL={tmp_path}/control") as drive:
        drive.open("INBOX")
        assert drive.view() == {299: ("", {"work"})}


def test_a_broken_list_costs_the_uids_and_nothing_else(tmp_path, mail):
    make(mail, ["cur/100.h:2,S", "cur/200.h:2,F"], [("dovecot-uidlist", "garbage\n1 :100.h\n")])
    with Drive(MAILDIR, tmp_path) as drive:
        assert bases(drive, "INBOX") == {1: "100.h", 2: "200.h"}
        assert drive.view() == {1: ("S", frozenset()), 2: ("F", frozenset())}


@pytest.mark.parametrize("text", ["3 V1 N4294967295\n1 :100.h\n", "3 V1 N9\n4294967290 :100.h\n"])
def test_a_list_that_has_given_nearly_all_uids_begins_anew(tmp_path, mail, text):
    make(mail, ["cur/100.h:2,S", "cur/200.h:2,F"], [("dovecot-uidlist", text)])
    with Drive(MAILDIR, tmp_path) as drive:
        assert bases(drive, "INBOX") == {1: "100.h", 2: "200.h"}
        validity, uid = drive.saved("INBOX", b"Subject: next\n\n")
        assert validity != 1 and uid == 3


def test_the_other_server_comes_back_for_a_while(tmp_path, mail):
    """It wrote its list meanwhile: UIDs that it gave to messages new to us are kept."""
    with Drive(MAILDIR, tmp_path) as drive:
        validity, uid = drive.saved("INBOX", b"ours\n\n")
    text = (mail / "dovecot-uidlist").read_text()
    assert text.splitlines()[0].startswith(f"3 V{validity} N{uid + 1}")
    make(mail, ["new/500.theirs"])
    theirs = text.replace(f" N{uid + 1}", " N43") + "42 :500.theirs\n"
    (mail / "uidlist.new").write_text(theirs)
    os.rename(mail / "uidlist.new", mail / "dovecot-uidlist")
    with Drive(MAILDIR, tmp_path) as drive:
        assert bases(drive, "INBOX") == {uid: "ours", 42: "500.theirs"}
        assert drive.saved("INBOX", b"more\n\n") == (validity, 43)


def test_layout_fs(tmp_path, mail):
    """R-MD-1: LAYOUT=fs uses plain directories."""
    make(mail, ["cur/1.h:2,"])
    make(mail / "a" / "b", ["cur/2.h:2,F"], [("dovecot-uidlist", "3 V3 N9\n4 :2.h\n")])
    with Drive(MAILDIR, tmp_path, location="maildir:~/mail:LAYOUT=fs") as drive:
        assert sorted(drive.names()) == ["INBOX", "a(no)", "a/b"]
        assert bases(drive, "a/b") == {4: "2.h"}


def test_killed_while_adopting(mail, tmp_path):
    """At each call that changes a file: who comes next still finds what the other server left."""
    before = {7: "100.h", 20: "200.h", 104: "300.h,S=9", 105: "250.h"}
    at = 1
    while True:
        shutil.rmtree(mail, ignore_errors=True)
        make(mail, ["cur/100.h:2,FSb", "cur/200.h:2,", "new/300.h,S=9", "new/250.h"],
             [("dovecot-uidlist", V3), ("dovecot-keywords", "0 $Junk\n1 work\n")])
        killed = Drive(MAILDIR, tmp_path, shim=(at, "kill"))
        try:
            killed.open("INBOX")
            killed("close")
        except Gone:
            pass
        if killed.end() == 0:
            break
        with Drive(MAILDIR, tmp_path) as drive:
            assert bases(drive, "INBOX") == before
            assert drive.view()[7] == ("FS", {"work"})
            status = drive.status("INBOX")
            assert status["uidvalidity"] == 1234567 and status["uidnext"] == 106
        at += 2
    assert at > 10
