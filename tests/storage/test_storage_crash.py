"""
The process is killed at every call that changes a file, and at random moments. What was acknowledged is
there afterwards, nothing is there twice, UIDs are neither changed nor given again, the mailbox opens.
"""
import random
import tempfile
import time

import pytest

from drive import Drive, Gone, MAILDIR
from mailmodel import Model, check, send, snapshot

MAILBOXES = ["INBOX", "club"]
SCRIPT = [
    ("create", "club"),
    ("save", "INBOX", b"one\n\n"),
    ("save", "INBOX", b"two\n\n", "FS", ("work",)),
    ("batch", "INBOX", 3, "three"),
    ("store", "1:2", "S", "late"),
    ("copy", "1:3", "club"),
    ("move", "2,4", "club"),
    ("store", "1,5", "D"),
    ("expunge", "1"),
    ("save", "club", b"four\n\n", "D"),
]
STEP = 2        # every other call, which ones is random


def run(drive, script, model):
    """The model before the first command that was not acknowledged, and that one or None."""
    done = 0
    try:
        drive.send("open", "INBOX")
        for op in script:
            send(drive, op)
    except Gone:
        pass
    try:
        drive.answer()
        for op in script:
            drive.answer()
            model = model.after(op)
            done += 1
    except Gone:
        return model, script[done]
    return model, None


def look(driver, home, before, op, shim=None):
    """Recover, look, save one more in each mailbox, and look again: what is there now stays."""
    after = before.after(op) if op else before
    with Drive(driver, home) as drive:
        real = snapshot(drive, MAILBOXES)
        check(real, before, after, exact_flags=driver is MAILDIR)
        drive.open("INBOX")
        assert drive.sync("scan") == {"expunged": 0, "changed": 0, "count": len(real["INBOX"])}
        for mailbox, box in real.items():
            if box is None:
                continue
            uid = drive.save(mailbox, b"probe\n\n")
            assert uid >= before.next.get(mailbox, 1) and uid > max(box, default=0)
            box[uid] = (b"probe\n\n", "", frozenset())
    with Drive(driver, home) as drive:
        assert snapshot(drive, MAILBOXES) == real


def test_killed_at_any_call(driver):
    choose = random.Random(driver.name)
    at, op = 1, True
    while op:
        with tempfile.TemporaryDirectory(dir="/dev/shm") as home:
            drive = Drive(driver, home, shim=(at, "kill"))
            before, op = run(drive, SCRIPT, Model())
            if drive.end() == 0:
                break
            # Who recovers may be killed too.
            again = Drive(driver, home, shim=(choose.randrange(1, 12), "kill"))
            try:
                snapshot(again, MAILBOXES)
            except Gone:
                pass
            again.end()
            look(driver, home, before, op)
        at += choose.randrange(1, 2 * STEP)
    assert at > 100
