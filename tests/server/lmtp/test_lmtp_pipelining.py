"""What a peer sends behind a command before it knows that it is refused. RFC 2033, RFC 2920, R-LM-2."""
from lmtp import Lmtp


def test_refused_transactions_are_no_reason_to_part(make_roost):
    server = make_roost("lmtp")
    server.user("ann")
    server.config("mail_location = maildir:~/Maildir\n")
    server.start()
    lmtp = Lmtp(server.connect("lmtp"))
    for _ in range(15):
        lmtp.wire.send(b"MAIL FROM:<s@example.org>\r\nRCPT TO:<nobody>\r\nDATA\r\nRSET\r\n")
        assert [lmtp.reply()[:3] for _ in range(4)] == ["250", "550", "503", "250"]
    lmtp.wire.send(b"MAIL FROM:<s@example.org> SIZE=999999999999\r\n" + b"RCPT TO:<ann>\r\n" * 50 + b"DATA\r\n")
    assert [lmtp.reply()[:3] for _ in range(52)] == ["552"] + ["503"] * 51
    assert lmtp.send(["ann"], b"Subject: x\r\n\r\nx\r\n")[0].startswith("250")
    lmtp.close()
