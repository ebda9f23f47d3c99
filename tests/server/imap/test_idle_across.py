"""IDLE hears at once of deliveries and of other sessions, in its own worker and in others."""
import ctypes
import errno
import os
import resource
import signal
import time

import pytest

from imap import Imap
from lmtp import Lmtp
from mails import MESSAGE
from roost import ROOT, Roost, wait_until

AT_ONCE = 2		# seconds; mailbox_idle_check_interval is 30
CONFIG = """\
mail_location = maildir:~/Maildir
service lmtp {
  unix_listener lmtp {
    mode = 0666
  }
}
"""


@pytest.fixture(scope="module")
def both():
    """IMAP and LMTP."""
    roost = Roost("imap lmtp")
    roost.user("ann")
    roost.config(CONFIG)
    roost.start()
    yield roost
    roost.close()


@pytest.fixture
def connect(both):
    made = []

    def make(mailbox="INBOX"):
        made.append(Imap(both.connect("imap")).login())
        made[-1].select(mailbox)
        return made[-1]
    yield make
    for client in made:
        client.logout()


def workers(roost):
    """Those of ann that speak IMAP."""
    return {process.pid for process in roost.children("imap")
            if process.ids("Uid")[0] == roost.uids["ann"]}


def deliver(roost):
    lmtp = Lmtp(roost.connect("lmtp"))
    assert lmtp.send(["ann"], MESSAGE)[0].startswith("250")
    lmtp.close()


class Idle:
    """A client that idles; hears() waits for a line."""

    def __init__(self, client):
        self.client = client
        self.tag = client.begin("IDLE")
        client.wire.expect(r"\+ ")

    def hears(self, pattern):
        began = time.monotonic()
        self.client.wire.until(pattern, AT_ONCE)
        assert time.monotonic() - began < AT_ONCE

    def done(self):
        self.client.wire.say("DONE")
        assert self.client.end(self.tag)[1].startswith("OK")


def check_all(idle, other, count):
    """Everything that another session can do to a mailbox; count messages are there."""
    other.append()
    idle.hears(rf"\* {count + 1} EXISTS$")
    other.ok("NOOP")
    other.ok(rf"STORE {count + 1} +FLAGS.SILENT (\Flagged)")
    idle.hears(rf"\* {count + 1} FETCH \(.*\\Flagged")
    other.ok(rf"STORE {count + 1} FLAGS.SILENT (work)")
    idle.hears(rf"\* {count + 1} FETCH \(FLAGS \((?!.*\\Flagged).*work")
    other.ok(rf"STORE {count + 1} +FLAGS.SILENT (\Deleted)")
    idle.hears(rf"\* {count + 1} FETCH \(.*\\Deleted")
    other.ok("EXPUNGE")
    idle.hears(rf"\* {count + 1} EXPUNGE$")


def test_a_delivery_is_heard(both, connect):
    client = connect()
    count = client.status("INBOX", "MESSAGES")["MESSAGES"]
    idle = Idle(client)
    for number in range(count + 1, count + 4):
        deliver(both)
        idle.hears(rf"\* {number} EXISTS$")
    idle.done()


def test_a_session_in_the_same_worker_is_heard(both, connect):
    one, two = connect(), connect()
    if ROOT:
        assert len(workers(both)) == 1
    idle = Idle(one)
    check_all(idle, two, two.status("INBOX", "MESSAGES")["MESSAGES"])
    idle.done()


@pytest.mark.skipif(not ROOT, reason="the workers of a user are told by his uid")
def test_a_session_in_another_worker_is_heard(both, connect):
    """A worker that a former anvil knew gets no new sessions: the next goes to a second one."""
    one = connect()
    first = workers(both)
    both.allow(r"service\(anvil\): child \d+ killed with signal 9")
    anvil, = both.children("anvil")
    os.kill(anvil.pid, signal.SIGKILL)
    wait_until(lambda: [process for process in both.children("anvil")
                        if process.pid != anvil.pid], "a new anvil")
    time.sleep(0.3)
    two = connect()
    assert len(workers(both)) == 2 and workers(both) > first
    idle = Idle(one)
    check_all(idle, two, two.status("INBOX", "MESSAGES")["MESSAGES"])
    deliver(both)
    idle.hears(r"\* \d+ EXISTS$")
    idle.done()


@pytest.fixture
def no_inotify(both):
    """Another process of ann's uid has all instances that she may have."""
    if not ROOT:
        pytest.skip("only root becomes ann")
    ready, hold = os.pipe(), os.pipe()
    pid = os.fork()
    if pid == 0:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        os.close(hold[1])
        os.setuid(both.uids["ann"])
        libc = ctypes.CDLL(None, use_errno=True)
        while libc.inotify_init1(0) >= 0:
            pass
        os.write(ready[1], b"%d" % ctypes.get_errno())
        os.read(hold[0], 1)
        os._exit(0)
    assert os.read(ready[0], 10) == b"%d" % errno.EMFILE
    yield
    for end in ready + hold:
        os.close(end)
    os.waitpid(pid, 0)


def test_where_the_system_cannot_tell_anvil_does(both, connect, no_inotify):
    one, two = connect(), connect()
    idle = Idle(one)
    count = two.status("INBOX", "MESSAGES")["MESSAGES"]
    check_all(idle, two, count)
    deliver(both)
    idle.hears(rf"\* {count + 1} EXISTS$")
    idle.done()


def test_another_mailbox_is_silent(connect):
    one = connect()
    one.ok("CREATE other")
    idle = Idle(one)
    two = connect("other")
    two.append("other")
    two.ok("NOOP")
    two.ok(r"STORE 1 +FLAGS.SILENT (\Seen)")
    assert one.wire.quiet(0.5)
    idle.done()


def test_many_changes_come_together(both, connect):
    """Not a line for each of a hundred deliveries, but the sum soon."""
    one, two = connect(), connect()
    count = one.status("INBOX", "MESSAGES")["MESSAGES"]
    idle = Idle(one)
    two.append_all("INBOX", [MESSAGE] * 100)
    idle.hears(rf"\* {count + 100} EXISTS$")
    idle.done()
