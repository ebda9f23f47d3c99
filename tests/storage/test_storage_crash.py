"""
The process is killed at every call that changes a file, and at random moments. What was acknowledged is
there afterwards, nothing is there twice, UIDs are neither changed nor given again, the mailbox opens.
"""
import glob
import os
import random
import shutil
import tempfile
import threading

from drive import Drive, Gone, MAILDIR, MEMORY
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
STEP = 6        # on average every sixth call, which ones is random


def run(drive, script, model):
    """The model before the first command that was not acknowledged, and that one or None."""
    op = script[0]
    try:
        drive("open", "INBOX")
        for op in script:
            send(drive, op)
            drive.answer()
            model = model.after(op)
    except Gone:
        return model, op
    return model, None


def look(driver, home, before, op):
    """Recover, look, save one more in each, and look again: what is there stays. The model of it."""
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
    model = Model()
    model.boxes = real
    model.next = {mailbox: max(box) + 1 for mailbox, box in real.items() if box}
    return model


def test_killed_at_any_call(driver):
    choose = random.Random(driver.name)
    at = 1
    while True:
        with tempfile.TemporaryDirectory(dir=MEMORY) as home:
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


def random_op(choose, model):
    known = list(model.boxes["INBOX"])
    which = ",".join(map(str, sorted(choose.sample(known, min(len(known), 3)))))
    text = b"%d\n\n" % choose.randrange(1 << 30)
    ops = [
        ("save", "INBOX", text, choose.choice(["", "F", "S"])),
        ("save", "INBOX", text, "", (f"word{choose.randrange(5)}",)),
        ("save", "club", text),
        ("batch", "INBOX", choose.randrange(1, 10), "word"),
    ]
    if known:
        ops += [
            ("store", which, choose.choice("AFDST"), f"word{choose.randrange(5)}"),
            ("copy", which, "club"),
            ("move", which, "club"),
            ("expunge", which),
        ]
    return choose.choice(ops)


def test_killed_at_random_moments(driver, tmp_path):
    """The same mail all the time: what recovers is killed again, and goes on."""
    choose = random.Random(driver.name)
    model = Model()
    model = model.after(("create", "club"))
    with Drive(driver, tmp_path) as drive:
        drive("create", "club")
    for _ in range(6):
        script, future = [], model
        for _ in range(60):
            script.append(random_op(choose, future))
            future = future.after(script[-1])
        drive = Drive(driver, tmp_path)
        killer = threading.Timer(choose.uniform(0.02, 0.4), drive.process.kill)
        killer.start()
        before, op = run(drive, script, model)
        killer.join()
        drive.end()
        model = look(driver, tmp_path, before, op)


def log_size(home):
    logs = glob.glob(f"{home}/mail/**/roost.index/log.*", recursive=True)
    return max((os.path.getsize(log) for log in logs), default=0)


def nearly_full(driver, home):
    """A mailbox whose log is about to be folded into a new snapshot; the model of it."""
    model = Model().after(("create", "club")).after(("batch", "INBOX", 20, "word"))
    with Drive(driver, home) as drive:
        drive("create", "club")
        drive.batch("INBOX", 20, "word")
        drive.open("INBOX")
        turn = 0
        while log_size(home) < 65536 - 1500:
            drive("store", turn % 20 + 1, "=", "FS"[turn // 20 % 2])
            turn += 1
        drive("store", "1:20", "=", "-")
    return model


def test_killed_while_the_log_is_folded(driver, tmp_path):
    script = [("store", str(i + 1), "S", "word") for i in range(15)]
    script += [("save", "INBOX", b"last\n\n", "F"), ("move", "3,5", "club"), ("expunge", "7")]
    choose = random.Random(driver.name)
    full = nearly_full(driver, tmp_path / "full")
    at = 1
    while True:
        with tempfile.TemporaryDirectory(dir=MEMORY) as home:
            shutil.copytree(tmp_path / "full" / "mail", home + "/mail")
            with Drive(driver, home) as watcher:
                watcher.open("INBOX")
                drive = Drive(driver, home, shim=(at, "kill"))
                before, op = run(drive, script, full)
                if drive.end() == 0:
                    assert log_size(home) < 32768       # it was folded
                    break
                # Who had it open all the time sees the same as who opens it now.
                watcher.sync()
                seen = watcher.contents("INBOX")
            model = look(driver, home, before, op)
            assert {uid: mail[0] for uid, mail in model.boxes["INBOX"].items()
                    if mail[0] != b"probe\n\n"} == seen
        at += choose.randrange(1, 2 * STEP)
