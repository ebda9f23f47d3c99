"""A delivery under way when the server stops is told of: a client that is not sends it again."""
import fcntl
import glob
import os
import signal
import struct
import time

from lmtp import Lmtp
from roost import wait_until

F_OFD_SETLK = 37
USER = "ann@example.org"
MESSAGE = b"From: a@example.org\r\nSubject: one\r\n\r\nbody\r\n"


def hold(roost):
    """Lock the log of the INBOX's index: whoever delivers there waits."""
    path, = glob.glob(f"{roost.dir}/home/{USER}/Maildir/roost.index/log*")
    log = os.open(path, os.O_RDWR)
    fcntl.fcntl(log, F_OFD_SETLK, struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0))
    return log


def test_a_stop_waits_for_the_reply_of_a_delivery(roost):
    client = Lmtp(roost.connect("lmtp"))
    assert client.send([USER], MESSAGE)[0].startswith("250")
    log = hold(roost)
    assert client.accepted([USER]) == [USER]
    assert client.data(MESSAGE)
    assert client.wire.quiet(0.3)
    roost.children()
    roost.master.send_signal(signal.SIGTERM)
    roost.wait_log(r"master: Warning: Killed with signal 15")
    time.sleep(0.3)                     # the stop has come everywhere
    os.close(log)
    assert client.reply().startswith("250 2.0.0 <ann@example.org>")
    assert client.reply().startswith("421 4.3.2 ")
    client.wire.closed()
    wait_until(lambda: roost.master.poll() is not None, "the end of the master")
    assert roost.master.returncode == 0
    assert len(glob.glob(f"{roost.dir}/home/{USER}/Maildir/new/*")) == 2
    assert not [line for line in roost.log().splitlines() if "did not stop" in line]
