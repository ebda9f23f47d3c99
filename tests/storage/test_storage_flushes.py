"""How often the disk is asked to flush: once for many where the driver can, or never."""
import pytest

from drive import Drive, MAILDIR, ONEFILE, POSTCARD


@pytest.fixture
def flushes(driver, tmp_path):
    """Does something in a mailbox that is open, and counts the flushes meanwhile."""
    counter = tmp_path / "flushes"

    def count(act, settings=()):
        with Drive(driver, tmp_path, flushes=counter, settings=settings) as drive:
            drive.save("INBOX", b"first\n\n")
            drive.open("INBOX")
            before = counter.stat().st_size if counter.exists() else 0
            act(drive)
            return (counter.stat().st_size if counter.exists() else 0) - before

    return count


def test_one_message_is_two_flushes(driver, flushes):
    """Content, then name or UID. Where the UID does not travel with the message its record is the third."""
    want = {MAILDIR: 2, POSTCARD: 3, ONEFILE: 3}[driver]
    assert flushes(lambda drive: drive.save("INBOX", b"x\n\n")) == want


def test_many_messages_share_flushes(driver, flushes):
    count = flushes(lambda drive: drive.batch("INBOX", 20))
    if driver is ONEFILE:
        assert count == 3           # as for one: this is what sync() is for
    elif driver is MAILDIR:
        assert count == 21          # each file, and the folder once
    else:
        assert count == 41          # the short form saves one by one


def test_flags_wait(driver, flushes):
    """mail_fsync = optimized: flags are written, and synced within a second."""
    assert flushes(lambda drive: drive("store", 1, "+", "S")) == 0
    assert flushes(lambda drive: drive("store", 1, "-", "S"), ["mail_fsync=always"]) > 0


def test_an_expunge_is_durable_before_anything_is_removed(driver, flushes):
    assert flushes(lambda drive: drive("expunge", 1)) == 1


@pytest.mark.parametrize("driver", [MAILDIR], ids=repr)
def test_never_means_never(flushes):
    assert flushes(lambda drive: drive.save("INBOX", b"x\n\n"), ["mail_fsync=never"]) == 0
