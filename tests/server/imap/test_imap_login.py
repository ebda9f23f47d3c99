"""Greeting, LOGIN, AUTHENTICATE, CAPABILITY, LOGOUT. RFC 9051 6.1, 6.2; R-IM-1, R-IM-2, R-LG-2."""
import base64
import imaplib
import re


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
    token = base64.b64encode(b"\0ann\0secret").decode()
    c = connect(user=None)
    c.ok(f"AUTHENTICATE PLAIN {token}")
    c.ok("NOOP")
    c = connect(user=None)
    tag = c.begin("AUTHENTICATE PLAIN")
    assert c.wire.line() == "+ "
    c.wire.say(token)
    assert c.end(tag)[1].startswith("OK ")


def test_a_cancelled_exchange_is_over(connect):
    c = connect(user=None)
    tag = c.begin("AUTHENTICATE PLAIN")
    assert c.wire.line() == "+ "
    c.wire.say("*")
    assert c.end(tag)[1].startswith("BAD ")
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
