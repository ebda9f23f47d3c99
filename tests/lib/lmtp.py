"""One LMTP connection as its client sees it: a reply per recipient, which smtplib does not read."""


class Lmtp:
    """Greets; send() delivers one message to several recipients."""

    def __init__(self, wire, name="test.example.org"):
        self.wire = wire
        wire.expect("220 ")
        wire.say(f"LHLO {name}")
        self.reply()

    def reply(self):
        """The last line of one reply."""
        return self.wire.until(r"\d\d\d ")[-1]

    def run(self, line):
        self.wire.say(line)
        return self.reply()

    def accepted(self, recipients, sender="s@example.org", size=0):
        """MAIL and RCPT: those recipients that were taken."""
        size = f" SIZE={size}" if size else ""
        if not self.run(f"MAIL FROM:<{sender}>{size}").startswith("250"):
            return []
        return [to for to in recipients if self.run(f"RCPT TO:<{to}>").startswith("250")]

    def data(self, message, last=lambda: None):
        """DATA up to its end; last() is called before the server can know that it is the end."""
        if not self.run("DATA").startswith("354"):
            return False
        self.wire.send(b"".join(b"." + line if line.startswith(b".") else line
                                for line in message.splitlines(keepends=True)))
        last()
        self.wire.send(b".\r\n")
        return True

    def send(self, recipients, message, sender="s@example.org"):
        """The replies after DATA, one for each recipient; all must be known."""
        taken = self.accepted(recipients, sender, len(message))
        assert taken == list(recipients), "a recipient was refused"
        assert self.data(message), "DATA was refused"
        return [self.reply() for _ in taken]

    def close(self):
        self.wire.close()
