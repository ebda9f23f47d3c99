"""Killed while mailboxes are made, renamed and deleted: no message is lost, none is in two mailboxes."""
import random
import tempfile

import pytest

from drive import DRIVERS, Drive, ELSEWHERE, Gone, MEMORY

STEP = 6        # on average every sixth call, which ones is random


def script(box):
    """Commands, and after each the mailboxes with what was saved in them."""
    a, child, b = box("a"), box("a", "x"), box("b")
    one, two = [b"one\n\n"], [b"two\n\n"]
    return [
        (("create", a), {a: []}),
        (("create", child), {a: [], child: []}),
        (("save", a, b"one\n\n"), {a: one, child: []}),
        (("save", child, b"two\n\n"), {a: one, child: two}),
        (("rename", a, b), {b: one, box("b", "x"): two}),
        (("rename", box("b", "x"), box("c", "y")), {b: one, box("c", "y"): two}),
        (("create", a), {a: [], b: one, box("c", "y"): two}),
        (("delete", b), {a: [], box("c", "y"): two}),
        (("delete", box("c", "y")), {a: []}),
    ]


def run(drive, steps):
    """What was there before the command that was not acknowledged, after it, and the command or None."""
    before = {}
    for command, after in steps:
        try:
            if command[0] == "save":
                drive.save(*command[1:])
            else:
                drive(*command)
        except Gone:
            return before, after, command
        before = after
    return before, before, None


def there(drive):
    names = [name for name in drive.names() if not name.endswith("(no)") and name != "INBOX"]
    return {name: sorted(drive.contents(name).values()) for name in names}


def check(real, before, after, command):
    if command and command[0] == "rename":
        # Where children are directories beside their parents some may be renamed, others not yet.
        assert sorted(sum(real.values(), [])) == sorted(sum(before.values(), []))
        assert set(real) <= set(before) | set(after)
        assert len(real) == len(before)
    elif command and command[0] == "delete":
        # What was about to be deleted may be half empty, if it is there at all.
        assert {name: real.get(name) for name in after} == after
        assert set(real) <= set(before)
    else:
        assert real in (before, after)


@pytest.mark.parametrize("driver", DRIVERS + ELSEWHERE, ids=repr)
def test_killed_while_mailboxes_change(driver):
    choose = random.Random(repr(driver))
    steps = script(driver.mailbox)
    at = 1
    while True:
        with tempfile.TemporaryDirectory(dir=MEMORY) as home:
            drive = Drive(driver, home, shim=(at, "kill"))
            before, after, command = run(drive, steps)
            if drive.end() == 0:
                break
            with Drive(driver, home) as again:
                real = there(again)
                check(real, before, after, command)
                for name in real:
                    again.save(name, b"probe\n\n")
                # What was to be done can be done now.
                for name in sorted(real, reverse=True):
                    again("delete", name)
                    again("create", name)
                    assert again.contents(name) == {}
        at += choose.randrange(1, 2 * STEP)
    assert at > 60
