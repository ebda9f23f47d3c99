"""STATUS. RFC 9051 6.3.11, RFC 8438."""
from mails import MESSAGE


def test_all_items_in_the_order_asked_for(connect):
    c = connect()
    c.append(options="(\\Seen) ")
    c.append(options="(\\Deleted) ")
    got = c.status("INBOX", "UNSEEN MESSAGES DELETED UIDNEXT SIZE")
    assert list(got.items()) == [("UNSEEN", 1), ("MESSAGES", 2), ("DELETED", 1), ("UIDNEXT", 3),
                                 ("SIZE", 2 * len(MESSAGE))]
    assert c.status("INBOX", "UIDVALIDITY")["UIDVALIDITY"] == c.select()["UIDVALIDITY"]


def test_what_it_refuses(connect):
    c = connect()
    assert c.no("STATUS nope (MESSAGES)") == "NO Mailbox doesn't exist: nope"
    assert c.no("STATUS INBOX ()").startswith("BAD ")
    assert c.no("STATUS INBOX (FOO)").startswith("BAD ")
    assert c.no("STATUS INBOX MESSAGES").startswith("BAD ")
