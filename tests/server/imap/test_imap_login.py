"""Greeting, LOGIN, AUTHENTICATE, CAPABILITY, LOGOUT. RFC 9051 6.1, 6.2; R-IM-1, R-IM-2, R-LG-2."""
import base64
import imaplib
import re
import time


def token(password="secret"):
    return base64.b64encode(f"\0ann\0{password}".encode()).decode()


def test_greeting_and_capabilities_before_and_after_login(connect):
    c = connect(user=None)
    assert c.greeting.startswith("* OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE "
                                 "LITERAL+ AUTH=PLAIN")
    assert c.greeting.endswith("Dovecot ready.")
    lines, tagged = c.run("LOGIN ann secret")
    assert lines == []
    assert re.match(r"OK \[CAPABILITY IMAP4rev1 .*\] Logged in$", tagged)
    assert "AUTH=" not in tagged and "UIDPLUS" in tagged


def test_who_asked_before_login_gets_the_news_apart(connect):
    c = connect(user=None)
    lines, tagged = c.run("CAPABILITY")
    assert tagged == "OK Pre-login capabilities listed, post-login capabilities have more."
    lines, tagged = c.run("LOGIN ann secret")
    assert lines[0].startswith("* CAPABILITY IMAP4rev1 ") and tagged == "OK Logged in"


def test_wrong_password_and_unknown_user_look_the_same(connect):
    c = connect(user=None)
    wrong = c.no("LOGIN ann wrong")
    assert wrong == c.no("LOGIN nobody secret")
    assert wrong == "NO [AUTHENTICATIONFAILED] Authentication failed."
    c.ok("LOGIN ann secret")


def test_authenticate_plain_with_and_without_initial_response(connect):
    c = connect(user=None)
    c.ok(f"AUTHENTICATE PLAIN {token()}")
    c.ok("NOOP")
    c = connect(user=None)
    tag = c.begin("AUTHENTICATE PLAIN")
    assert c.wire.line() == "+ "
    c.wire.say(token())
    assert c.end(tag)[1].startswith("OK ")


def test_a_cancelled_exchange_is_over(connect):
    c = connect(user=None)
    tag = c.begin("AUTHENTICATE PLAIN")
    assert c.wire.line() == "+ "
    c.wire.say("*")
    assert c.end(tag)[1].startswith("BAD ")
    c.ok("LOGIN ann secret")


def test_a_response_in_one_write_with_its_command(connect):
    c = connect(user=None)
    c.wire.send(f"a AUTHENTICATE PLAIN\r\n{token()}\r\nb NOOP\r\n")
    assert [line[:5] for line in c.wire.until("b ")] == ["+ ", "a OK ", "b OK "]


def test_a_wrong_response_in_one_write_with_its_command(connect):
    c = connect(user=None)
    c.wire.send(f"a AUTHENTICATE PLAIN\r\n{token('wrong')}\r\nb NOOP\r\n")
    assert [line[:5] for line in c.wire.until("b ")] == ["+ ", "a NO ", "b OK "]
    c.ok("LOGIN ann secret")


def test_cancel_and_bad_base64_in_one_write_with_their_command(connect):
    for response in ("*", "?!"):
        c = connect(user=None)
        c.wire.send(f"a AUTHENTICATE PLAIN\r\n{response}\r\nb NOOP\r\n")
        assert [line[:6] for line in c.wire.until("b ")] == ["+ ", "a BAD ", "b OK N"]
        c.ok("LOGIN ann secret")


def test_both_answers_of_authenticate_login_in_one_write(roost, connect):
    roost.config("mail_location = maildir:~/Maildir\nauth_mechanisms = plain login\n")
    name, password = (base64.b64encode(text).decode() for text in (b"ann", b"secret"))
    c = connect(user=None)
    c.wire.send(f"a AUTHENTICATE LOGIN\r\n{name}\r\n{password}\r\nb NOOP\r\n")
    assert [line[:5] for line in c.wire.until("b ")] == ["+ VXN", "+ UGF", "a OK ", "b OK "]


def test_the_third_refusal_ends_the_connection(roost, connect):
    """R-PDB-13."""
    c = connect(user=None)
    begun = time.monotonic()
    c.no("LOGIN ann wrong")
    time.sleep(1.1)
    c.no(f"AUTHENTICATE PLAIN {token('wrong')}")
    c.wire.send("a LOGIN ann wrong\r\nb LOGIN ann secret\r\n")
    assert c.wire.closed() == ("a NO [AUTHENTICATIONFAILED] Authentication failed.\r\n"
                               "* BYE Too many failed logins.\r\n")
    took = time.monotonic() - begun
    line = roost.wait_log(r"imap-login: Info: Disconnected: Connection closed \(auth failed, "
                          r"3 attempts in (\d+) secs\): user=<ann>, method=PLAIN, "
                          r"rip=127\.0\.0\.1, ")
    assert 1 <= int(line[1]) <= took
    assert roost.log().count("Info: Disconnected") == 1


def test_two_refusals_are_logged_when_the_client_goes(roost, connect):
    c = connect(user=None)
    c.no("LOGIN ann wrong")
    c.no("LOGIN nobody wrong")
    c.wire.close()
    roost.wait_log(r"imap-login: Info: Disconnected \(auth failed, 2 attempts in \d+ secs\): "
                   r"user=<nobody>, ")


def test_what_was_cancelled_is_no_refusal(connect):
    c = connect(user=None)
    for _ in range(4):
        c.wire.send("a AUTHENTICATE PLAIN\r\n*\r\n")
        assert c.wire.until("a ")[-1].startswith("a BAD ")
    c.ok("LOGIN ann secret")


def test_login_with_literals_and_commands_behind_it(connect):
    c = connect(user=None)
    c.wire.send("a LOGIN {3+}\r\nann {6+}\r\nsecret\r\nb SELECT INBOX\r\nc LOGOUT\r\n")
    lines = c.wire.until("c OK")
    assert lines[0].startswith("a OK ")
    assert [line for line in lines if line.startswith("b OK [READ-WRITE]")]


def test_logout_is_logged_with_its_counters(roost, connect):
    c = connect()
    lines, tagged = c.run("LOGOUT")
    assert lines == ["* BYE Logging out"] and tagged == "OK Logout completed."
    c.wire.closed()
    roost.wait_log(r"imap\(ann\)<\d+><.*>: Info: Disconnected: Logged out in=\d+ out=\d+ deleted=0 "
                   r"expunged=0 trashed=0 hdr_count=0 hdr_bytes=0 body_count=0 body_bytes=0$")


def test_the_library_of_python_gets_along(roost, connect):
    connect().logout()
    c = imaplib.IMAP4("127.0.0.1", roost.ports["imap"])
    assert c.login("ann", "secret")[0] == "OK"
    assert c.create("Archive")[0] == "OK"
    assert c.append("Archive", r"(\Seen)", imaplib.Time2Internaldate(1000000000),
                    b"Subject: x\r\n\r\nhello\r\n")[0] == "OK"
    assert c.select("Archive") == ("OK", [b"1"])
    assert c.fetch("1", "(FLAGS RFC822.SIZE)")[0] == "OK"
    assert c.store("1", "+FLAGS", r"\Deleted")[0] == "OK"
    assert c.expunge() == ("OK", [b"1"])
    assert c.list()[0] == "OK"
    assert c.logout()[0] == "BYE"


def test_stopping_the_server_says_goodbye(roost, connect):
    c = connect()
    roost.stop()
    assert "* BYE Server shutting down." in c.wire.closed()
