"""Messages that tests send."""

MESSAGE = (b"From: a@example.org\r\nTo: b@example.org\r\nSubject: hello\r\n"
           b"Date: Tue, 01 Feb 2022 10:00:00 +0000\r\nMessage-ID: <1@example.org>\r\n\r\nbody\r\n")
