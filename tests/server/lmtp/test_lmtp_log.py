"""What the log has of LMTP connections: their beginning, and how they ended. R-LM-10."""
import os

import pytest

from lmtp import Lmtp

MESSAGE = b"Message-ID: <1@x>\r\n\r\nhello\r\n"


@pytest.fixture
def roost(make_roost):
    server = make_roost("lmtp")
    server.user("ann")
    server.config("mail_location = maildir:~/Maildir\nssl = yes\n" + server.certificate() +
                  f"service lmtp {{\n  inet_listener lmtp {{\n    port = {server.port('lmtp')}\n"
                  f"  }}\n  inet_listener lmtps {{\n    port = {server.port('lmtps')}\n"
                  "    ssl = yes\n  }\n}\n")
    return server.start()


def ended(roost, reason):
    pids = "|".join(str(child.pid) for child in roost.children("lmtp"))
    line = roost.wait_log(rf"lmtp\(({pids})\): Info: Disconnect from 127\.0\.0\.1: {reason}$")
    assert roost.log().count("Info: Disconnect from ") == 1
    assert f"lmtp({line[1]}): Info: Connect from 127.0.0.1\n" in roost.log()


def test_quit_after_a_delivery(roost):
    lmtp = Lmtp(roost.connect("lmtp"))
    assert lmtp.send(["ann"], MESSAGE)[0].startswith("250")
    assert lmtp.run("QUIT").startswith("221")
    lmtp.wire.closed()
    ended(roost, r"Logged out \(state=READY\)")
    roost.wait_log(r"lmtp\(ann\)<\d+><\S+>: Info: msgid=<1@x>: saved mail to INBOX$")


@pytest.mark.parametrize("commands, state", [
    ([], "READY"), (["MAIL FROM:<>"], "MAIL FROM"), (["MAIL FROM:<>", "RCPT TO:<ann>"], "RCPT TO"),
    (["MAIL FROM:<>", "RCPT TO:<ann>", "DATA"], "DATA"),
    (["MAIL FROM:<>", "RCPT TO:<ann>", "RSET"], "READY")])
def test_a_client_that_goes_without_a_word(roost, commands, state):
    lmtp = Lmtp(roost.connect("lmtp"))
    for command in commands:
        assert lmtp.run(command)[0] in "23"
    lmtp.close()
    ended(roost, rf"Connection closed \(state={state}\)")


def test_a_client_that_does_not_greet(roost):
    with roost.connect("lmtp") as wire:
        wire.expect("220 ")
    ended(roost, r"Connection closed \(state=GREETING\)")


def test_too_many_mistakes(roost):
    lmtp = Lmtp(roost.connect("lmtp"))
    lmtp.wire.send("WHAT\r\n" * 11)
    assert "421 4.7.0 " in lmtp.wire.closed()
    ended(roost, r"Too many invalid commands\. \(state=READY\)")


def test_a_server_that_stops(roost):
    lmtp = Lmtp(roost.connect("lmtp"))
    roost.stop()
    assert "421 4.3.2 Server shutting down." in lmtp.wire.closed()
    assert "Disconnect from 127.0.0.1: Server shutting down. (state=READY)\n" in roost.log()


def descriptor(pid):
    """What 0 is: a session that was never begun has that number everywhere."""
    return os.readlink(f"/proc/{pid}/fd/0")


def test_a_handshake_that_fails_ends_one_connection_only(roost):
    """Nothing was greeted, so nothing of the session may be given back."""
    files = {child.pid: descriptor(child.pid) for child in roost.children("lmtp")}
    for _ in range(2):
        with roost.connect("lmtps") as wire:
            wire.send("LHLO in.the.clear\r\n\r\n")
            wire.closed()
    lmtp = Lmtp(roost.connect("lmtps", tls=True))
    assert lmtp.send(["ann"], MESSAGE)[0].startswith("250")
    assert all(descriptor(pid) == file for pid, file in files.items())
    lmtp.close()
    ended(roost, r"Connection closed \(state=READY\)")
