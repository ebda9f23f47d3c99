"""A full disk: saving says NOSPACE, nothing that was told is lost, expunging makes room, then all goes on."""
import os
import random
import subprocess
import tempfile

import pytest

from drive import Drive, Gone, MEMORY, No
from mailmodel import Model, check, send, snapshot

MAILBOXES = ["INBOX", "club"]
MESSAGE = b"Subject: big\n\n" + b"x" * 20000 + b"\n"
SCRIPT = [
    ("create", "club"),
    ("save", "INBOX", b"one\n\n"),
    ("batch", "INBOX", 3, "two"),
    ("save", "INBOX", b"three\n\n", "F", ("work",)),
    ("store", "1:2", "S", "work"),
    ("copy", "1:3", "club"),
    ("move", "2,4", "club"),
    ("expunge", "3"),
    ("save", "INBOX", b"four\n\n"),
]
STEP = 8        # on average every eighth call, which ones is random


@pytest.fixture
def small_disk(tmp_path):
    """A directory on a file system of 1 MB."""
    path = tmp_path / "small"
    path.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", path],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip("cannot mount a small file system: " + done.stderr.strip())
    yield path
    subprocess.run(["umount", "-l", path], check=True)


def fill(drive):
    """Save until there is no space; the UIDs."""
    uids = []
    with pytest.raises(No) as no:
        for _ in range(200):
            uids.append(drive.save("INBOX", MESSAGE, "F"))
    assert no.value.kind == "NOSPACE", no.value
    return uids


def test_a_full_disk_refuses_and_keeps(driver, small_disk):
    with Drive(driver, small_disk) as drive:
        drive("create", "club")
        (small_disk / "room").write_bytes(b"x" * 100000)
        uids = fill(drive)
        assert len(uids) > 10
        want = {uid: MESSAGE for uid in uids}
        # Every last byte.
        with open(small_disk / "ballast", "wb", buffering=0) as ballast:
            with pytest.raises(OSError):
                while True:
                    ballast.write(b"x" * 512)
        assert drive.contents("INBOX") == want
        with pytest.raises(No) as no:
            drive.save("INBOX", MESSAGE)
        assert no.value.kind == "NOSPACE"
        with pytest.raises(No) as no:
            drive.copy("1:3", "club")
        assert no.value.kind == "NOSPACE"
    with Drive(driver, small_disk) as drive:
        assert drive.contents("INBOX") == want
        assert {mark for mark, _ in drive.view().values()} == {"F"}
        # A reserve lets messages go when nothing else can be written.
        drive("expunge", "1:5")
        assert list(drive.contents("INBOX")) == uids[5:]
        os.unlink(small_disk / "ballast")
        os.unlink(small_disk / "room")
    with Drive(driver, small_disk) as drive:
        assert list(drive.contents("INBOX")) == uids[5:]
        assert drive.save("INBOX", b"small\n\n") > uids[-1]
        drive.open("INBOX")
        assert drive.copy(uids[5], "INBOX")


def run(drive, script, model):
    """As far as it goes: the model, and what was refused first or None."""
    try:
        drive.open("INBOX")
    except (No, Gone):      # Gone: the program found no space for its settings
        return model, script[0]
    for op in script:
        send(drive, op)
        try:
            drive.answer()
        except No as no:
            assert no.kind == "NOSPACE", (op, no)
            return model, op
        model = model.after(op)
    return model, None


def refuse(model, op):
    """A refused MOVE may have been a COPY: then both have the message."""
    return model.after(("copy", *op[1:])) if op and op[0] == "move" else model


def test_no_space_at_any_call(driver):
    """From some call on nothing can be written: each command is done, or refused and not done at all."""
    choose = random.Random(driver.name)
    at, refused = 1, True
    while refused:
        with tempfile.TemporaryDirectory(dir=MEMORY) as home:
            drive = Drive(driver, home, shim=(at, "nospace"))
            model, refused = run(drive, SCRIPT, Model())
            assert drive.end() in (0, 2)
            with Drive(driver, home) as after:
                check(snapshot(after, MAILBOXES), model, refuse(model, refused), exact_flags=True)
                after.open("INBOX")
                after.save("INBOX", b"room again\n\n")
        at += choose.randrange(1, 2 * STEP)
    assert at > 60
