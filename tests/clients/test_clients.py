"""mbsync, mutt, fetchmail and imaplib read back the bytes that LMTP took."""
import email
import imaplib
import shutil
import smtplib

import pytest

from clients import Fetchmail, Mbsync, Mutt

MESSAGES = [
    b"From: s@example.org\r\nTo: ann@example.org\r\nSubject: plain\r\nMessage-ID: <1@x>\r\n"
    b"Date: Tue, 01 Feb 2022 10:00:00 +0000\r\n\r\nfirst\r\n\r\nFrom the start of a line\r\n",
    b"From: =?utf-8?q?J=C3=B6rg?= <j@example.org>\r\nTo: ann@example.org\r\n"
    b"Subject: =?utf-8?b?w7xiZXI=?=\r\nMessage-ID: <2@x>\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: multipart/mixed; boundary=bb\r\n\r\n--bb\r\nContent-Type: text/plain; "
    b"charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\xc3\xbcber alles\r\n--bb\r\n"
    b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + b"QUJDREVGRw==\r\n" * 2000 + b"--bb--\r\n",
    b"From: s@example.org\r\nTo: ann@example.org\r\nSubject: dots\r\nMessage-ID: <3@x>\r\n\r\n"
    b".\r\n..\r\n.end\r\n" + b"x" * 900 + b"\r\nthe last line\r\n",
]


def deliver(roost, user, messages):
    with smtplib.LMTP(f"{roost.base_dir}/lmtp") as lmtp:
        for message in messages:
            assert lmtp.sendmail("s@example.org", [f"{user}@example.org"], message,
                                 ["BODY=8BITMIME"]) == {}


def sent_part(stored):
    """What was sent: the stored message behind the trace headers that delivery put in front."""
    text = stored.replace(b"\r\n", b"\n")
    return text[text.index(b"\nFrom: ") + 1:]


def lf(message):
    return message.replace(b"\r\n", b"\n")


def imap(roost, user="ann"):
    client = imaplib.IMAP4("127.0.0.1", roost.ports["imap"])
    client.login(f"{user}@example.org", "secret")
    return client


def test_imaplib_reads_what_lmtp_took(roost):
    deliver(roost, "ann", MESSAGES)
    client = imap(roost)
    assert client.select("INBOX") == ("OK", [b"3"])
    for number, message in enumerate(MESSAGES, 1):
        _, data = client.fetch(str(number), "(RFC822.SIZE BODY.PEEK[])")
        whole = data[0][1]
        assert sent_part(whole) == lf(message)
        assert f"RFC822.SIZE {len(whole)}".encode() in data[0][0]
        assert whole.startswith(b"Return-Path: <s@example.org>\r\n")
        assert email.message_from_bytes(whole)["Delivered-To"] == "ann@example.org"
    client.logout()


@pytest.mark.skipif(not shutil.which("fetchmail"), reason="fetchmail is not installed")
def test_fetchmail_reads_the_same_bytes(roost, tmp_path):
    deliver(roost, "ann", MESSAGES)
    fetchmail = Fetchmail(tmp_path, roost.ports["imap"], "ann@example.org", "secret")
    fetchmail.fetch()
    assert sorted(map(sent_part, fetchmail.messages())) == sorted(map(lf, MESSAGES))


@pytest.mark.skipif(not shutil.which("mutt"), reason="mutt is not installed")
def test_mutt_copies_the_same_bytes(roost, tmp_path):
    deliver(roost, "ann", MESSAGES)
    mutt = Mutt(tmp_path, roost.ports["imap"], "ann@example.org", "secret")
    assert sorted(map(sent_part, mutt.copy_all())) == sorted(map(lf, MESSAGES))


@pytest.mark.skipif(not shutil.which("mbsync"), reason="isync is not installed")
def test_mbsync_in_both_directions_comes_to_rest(roost, tmp_path):
    deliver(roost, "ann", MESSAGES)
    mbsync = Mbsync(tmp_path, roost.ports["imap"], "ann@example.org", "secret")
    mbsync.sync()
    assert sorted(map(sent_part, mbsync.messages())) == sorted(map(lf, MESSAGES))

    # A message and a mailbox made there, one deleted and one flagged there; one made here.
    client = imap(roost)
    client.create("Archive")
    client.append("Archive", r"(\Seen $Label1)", None, MESSAGES[0])
    client.select("INBOX")
    client.store("1", "+FLAGS", r"(\Deleted)")
    client.store("2", "+FLAGS", r"(\Flagged)")
    client.expunge()
    (tmp_path / "mail/INBOX/new/1.local").write_bytes(b"From: l@x\nSubject: local\n\nhere\n")
    mbsync.sync()
    assert len(mbsync.files()) == 3
    assert lf(MESSAGES[0]) in mbsync.messages("Archive")
    client.select("INBOX")
    assert client.search(None, "SUBJECT", "local")[1] != [b""]
    assert client.search(None, "ALL")[1] == [b"1 2 3"]

    before = sorted(mbsync.files()), client.fetch("1:*", "(UID FLAGS)")
    mbsync.sync()
    mbsync.sync()
    client.select("INBOX")
    assert (sorted(mbsync.files()), client.fetch("1:*", "(UID FLAGS)")) == before
    client.logout()
