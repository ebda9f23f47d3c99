"""A Maildir that other programs change while it is in use: R-MD-1, R-MD-2, R-MD-4."""
import os
import shutil

import pytest

from drive import Drive, MAILDIR, No

PLAIN = b"Subject: x\n\nbody\n"


@pytest.fixture
def mail(tmp_path):
    return tmp_path / "mail"


@pytest.fixture
def drive(tmp_path, mail):
    with Drive(MAILDIR, tmp_path) as running:
        running.open("INBOX")
        yield running


def names(folder):
    return sorted(os.listdir(folder))


def only(folder):
    assert len(names(folder)) == 1, names(folder)
    return folder / names(folder)[0]


def rename(path, flags):
    """As a mail reader does it: to cur, with these flags."""
    base = path.name.split(":")[0]
    new = path.parent.parent / "cur" / f"{base}:2,{flags}"
    path.rename(new)
    return new


def test_a_delivery_is_noticed_without_a_scan_being_asked_for(drive, mail):
    """R-MD-4: other deliverers write to tmp and rename to new."""
    (mail / "tmp" / "1.other").write_bytes(PLAIN)
    os.rename(mail / "tmp" / "1.other", mail / "new" / "1.other")
    assert drive.sync()["count"] == 1
    assert drive.fetch(1) == PLAIN
    # It stays where it is: nothing was done to it.
    assert names(mail / "new") == ["1.other"]


def test_deliveries_get_their_uids_in_order_of_arrival(drive, mail):
    for name in ["20.M5P1.h", "3.M9P1.h", "20.M4P1.h", "100.h"]:
        (mail / "new" / name).write_bytes(name.encode() + b"\n\n")
    assert drive.sync()["count"] == 4
    assert [drive.fetch(uid).decode().strip() for uid in (1, 2, 3, 4)] == \
        ["3.M9P1.h", "20.M4P1.h", "20.M5P1.h", "100.h"]


def test_flags_renamed_by_others_are_taken_over(drive, mail):
    """R-MD-2: D F P R S T."""
    uid = drive.save("INBOX", PLAIN)
    drive.sync()
    path = rename(only(mail / "new"), "DFPRST")
    assert drive.sync()["changed"] == 1
    assert drive.view() == {uid: ("AFDST", {"$Forwarded"})}
    assert drive.fetch(uid) == PLAIN
    path = rename(path, "S")
    drive.sync()
    assert drive.view() == {uid: ("S", frozenset())}
    # And what we do is shown to them.
    drive("store", uid, "+", "F")
    assert only(mail / "cur").name == path.name.replace(":2,S", ":2,FS")


def test_both_change_flags_of_one_message(drive, mail):
    uid = drive.save("INBOX", PLAIN)
    drive.sync()
    rename(only(mail / "new"), "R")
    # Not synced in between: the file is found under its new name, and what we say of it counts.
    drive("store", uid, "+", "F")
    drive.sync("scan")
    assert drive.view() == {uid: ("F", frozenset())}
    assert only(mail / "cur").name.endswith(":2,F")


def test_unknown_letters_of_others_stay(drive, mail):
    uid = drive.save("INBOX", PLAIN)
    drive.sync()
    rename(only(mail / "new"), "SXz")
    drive.sync()
    drive("store", uid, "+", "F")
    assert only(mail / "cur").name.endswith(":2,FSXz")


def test_keywords_named_by_others(drive, mail):
    """R-MD-2: dovecot-keywords names the letters."""
    uid = drive.save("INBOX", PLAIN, "S", keywords=["mine"])
    drive.sync()
    assert (mail / "dovecot-keywords").read_text() == "0 mine\n"
    (mail / "keywords.new").write_text("0 mine\n1 $Junk\n5 theirs\n")
    os.rename(mail / "keywords.new", mail / "dovecot-keywords")
    rename(only(mail / "cur"), "Sabf")
    drive.sync()
    assert drive.view() == {uid: ("S", {"mine", "$Junk", "theirs"})}
    drive("store", uid, "+", "-", "fourth")
    assert "2 fourth\n" in (mail / "dovecot-keywords").read_text()
    assert only(mail / "cur").name.endswith(":2,Sabcf")


def test_a_file_deleted_by_others_is_expunged(drive, mail):
    drive.batch("INBOX", 3)
    drive.sync()
    os.unlink(mail / "new" / names(mail / "new")[1])
    assert drive.sync()["expunged"] == 1
    assert drive.save("INBOX", PLAIN) == 4


def test_a_copy_of_a_file_is_a_message_of_its_own(drive, mail):
    """Somebody copied a file back from a backup: its name carries a UID that is taken."""
    uid = drive.save("INBOX", PLAIN, "S")
    drive.sync()
    path = only(mail / "cur")
    (mail / "cur" / path.name.replace(":2,S", ":2,FS")).write_bytes(b"Subject: copy\n\n")
    assert drive.sync()["count"] == 2
    texts = drive.contents("INBOX")
    assert sorted(texts) == [uid, uid + 1]
    assert sorted(texts.values()) == sorted([PLAIN, b"Subject: copy\n\n"])
    assert len({name.split(":")[0] for name in names(mail / "cur")}) == 2


def test_a_message_brought_back_under_another_name_gets_a_new_uid(drive, mail):
    """The UID in its name was given to it before; it is not given twice."""
    uid = drive.save("INBOX", PLAIN, "S")
    drive.save("INBOX", b"other\n\n", "S")
    drive.sync()
    kept = [mail / "cur" / name for name in names(mail / "cur") if f"-{uid}:" in name][0]
    text = kept.read_bytes()
    drive("expunge", uid)
    drive.sync()
    kept.write_bytes(text)
    assert drive.sync("scan")["count"] == 2
    assert sorted(drive.view()) == [2, 3]
    assert drive.fetch(3) == PLAIN


def test_links_to_one_message_are_one_message(drive, mail):
    (mail / "new" / "5.h").write_bytes(PLAIN)
    os.link(mail / "new" / "5.h", mail / "cur" / "5.h:2,S")
    assert drive.sync("scan")["count"] == 1
    assert drive.fetch(1) == PLAIN


def test_what_is_no_message_is_none(drive, mail):
    (mail / "cur" / ".hidden").write_bytes(b"")
    (mail / "cur" / "folder").mkdir()
    os.symlink("/etc/passwd", mail / "cur" / "9.h:2,S")
    os.mkfifo(mail / "new" / "8.h")
    assert drive.sync("scan")["count"] == 0


def test_sizes_in_names_are_not_trusted_blindly(drive, mail):
    (mail / "new" / "1.h,S=99999,W=99999").write_bytes(PLAIN)
    drive.sync()
    assert drive.fetch(1) == PLAIN


def test_folders_that_vanish_come_back(drive, mail):
    drive.save("INBOX", PLAIN)
    for folder in ("tmp", "cur"):
        os.rmdir(mail / folder)
    assert drive.sync("scan")["count"] == 1
    assert drive.save("INBOX", PLAIN, "S") == 2
    assert {"tmp", "cur", "new"} <= set(names(mail))


def test_a_mailbox_made_by_others_is_listed(drive, mail):
    """R-MD-1: Maildir++, .A.B beneath the inbox."""
    for folder in ("cur", "new", "tmp"):
        (mail / ".Lists.R" / folder).mkdir(parents=True)
    (mail / ".Lists.R" / "cur" / "1.h:2,F").write_bytes(PLAIN)
    assert "Lists.R" in drive.names()
    assert drive.contents("Lists.R") == {1: PLAIN}
    assert drive.view() == {1: ("F", frozenset())}


def test_a_mailbox_removed_by_others_is_gone(drive, mail):
    drive("create", "club")
    drive.save("club", PLAIN)
    drive.open("club")
    shutil.rmtree(mail / ".club")
    with pytest.raises(No) as no:
        drive.sync("scan")
    assert no.value.kind == "NOTFOUND"
    with pytest.raises(No) as no:
        drive.save("club", PLAIN)
    assert no.value.kind == "NOTFOUND"
    assert "club" not in drive.names()


def test_many_renames_while_we_look(drive, mail):
    """Messages that are renamed all the time are neither lost nor doubled."""
    uids = drive.batch("INBOX", 40)
    drive.sync()
    for turn in range(10):
        for name in names(mail / "new") + names(mail / "cur"):
            folder = "new" if (mail / "new" / name).exists() else "cur"
            rename(mail / folder / name, "SF"[turn % 2])
        assert drive.sync("scan")["count"] == len(uids)
    assert sorted(drive.view()) == uids
    assert {flags for flags, _ in drive.view().values()} == {"F"}
