"""Postfix delivers by LMTP, a real client reads: S-01 to S-05, R-LM-2."""
import imaplib
import os
import random

import pytest

import postfix
from postfix import Postfix

pytestmark = pytest.mark.skipif(postfix.missing() is not None, reason=str(postfix.missing()))

USERS = ("ann", "bob", "cat", "dan")
COUNT = 300


def message(number, text="body"):
    return (f"From: sender@example.net\r\nTo: someone@example.org\r\n"
            f"Date: Tue, 01 Feb 2022 10:00:00 +0000\r\nSubject: number {number}\r\n"
            f"Message-ID: <{number}@test>\r\n\r\n{text} {number}\r\n").encode()


def fetch_all(roost, user):
    client = imaplib.IMAP4("127.0.0.1", roost.ports["imap"])
    client.login(f"{user}@example.org", "secret")
    client.select("INBOX", readonly=True)
    _, data = client.fetch("1:*", "(BODY.PEEK[])")
    client.logout()
    return [item[1] for item in data if isinstance(item, tuple)]


def read_all(roost, user):
    """Message-ID to the bytes behind the trace headers."""
    found = {}
    for whole in fetch_all(roost, user):
        text = whole[whole.index(b"\r\nFrom: ") + 2:]
        name = text.partition(b"Message-ID: ")[2].partition(b"\r\n")[0]
        assert name not in found, "delivered twice"
        found[name] = text
    return found


def send(mail, expected, rng, count=COUNT):
    smtp = mail.smtp()
    for number in range(count):
        to = rng.sample(USERS, rng.randint(2, 4))
        smtp.sendmail("sender@example.net", [f"{user}@example.org" for user in to],
                      message(number))
        for user in to:
            expected[user].add(number)
    smtp.quit()


def check(roost, expected):
    for user in USERS:
        found = read_all(roost, user)
        for number in expected[user]:
            assert found[f"<{number}@test>".encode()] == message(number)
        assert len(found) == len(expected[user])


def owners(roost, user):
    top = f"{roost.dir}/home/{user}@example.org/Maildir"
    return {os.lstat(os.path.join(folder, name)).st_uid
            for folder, _, names in os.walk(top) for name in names}


@pytest.mark.parametrize("kind", ["roost", "vmail"])
def test_postfix_delivers_to_several_recipients(kind, request, spool):
    server = request.getfixturevalue(kind)
    expected = {user: set() for user in USERS}
    with Postfix(spool, f"lmtp:unix:{server.base_dir}/lmtp") as mail:
        send(mail, expected, random.Random(1))
        mail.wait_empty()
        log = mail.log()
    assert "status=sent" in log and "status=bounced" not in log
    check(server, expected)
    for user in USERS:
        assert owners(server, user) == {server.uids[f"{user}@example.org"]}


def test_a_large_message_and_an_unknown_user_come_back(roost, spool):
    roost.config(roost.extra + "lmtp_max_message_size = 100k\n")
    roost.reload()
    with Postfix(spool, f"lmtp:unix:{roost.base_dir}/lmtp") as mail:
        smtp = mail.smtp()
        smtp.sendmail("dan@example.org", ["ann@example.org"],
                      message(1, ("x" * 70 + "\r\n") * 2000))
        smtp.sendmail("dan@example.org", ["ann@example.org", "nobody@example.org"], message(2))
        smtp.quit()
        mail.wait_empty()
    assert set(read_all(roost, "ann")) == {b"<2@test>"}
    returned = b"\n".join(fetch_all(roost, "dan"))
    assert returned.count(b"Undelivered Mail Returned to Sender") >= 2
    assert b"User doesn't exist: nobody@example.org" in returned.replace(b"\r\n    ", b" ")
    assert b"5.3.4" in returned
