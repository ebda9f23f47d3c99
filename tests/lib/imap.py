"""One IMAP connection as its client sees it."""
import itertools
import re

from mails import MESSAGE


class Imap:
    """One connection. run() gives the untagged lines and the tagged one without its tag."""

    def __init__(self, wire):
        self.wire = wire
        self.tags = itertools.count(1)
        self.greeting = wire.line()

    def begin(self, command):
        tag = f"t{next(self.tags)}"
        self.wire.say(tag.encode() + b" " + (command.encode() if isinstance(command, str)
                                             else command))
        return tag

    def response(self):
        """One response; literals are kept in it with their line end."""
        line = self.wire.line()
        while re.search(r"\{\d+\}$", line):
            size = int(line[line.rindex("{") + 1:-1])
            line += "\r\n" + self.wire.read(size).decode("utf-8", "surrogateescape")
            line += self.wire.line()
        return line

    def end(self, tag):
        lines = []
        while True:
            line = self.response()
            if line.startswith(tag + " "):
                return lines, line[len(tag) + 1:]
            lines.append(line)

    def run(self, command):
        return self.end(self.begin(command))

    def ok(self, command):
        """The untagged lines of a command that must succeed."""
        lines, tagged = self.run(command)
        assert tagged.startswith("OK "), (command, lines, tagged)
        return lines

    def no(self, command):
        lines, tagged = self.run(command)
        assert tagged.startswith(("NO ", "BAD ")), (command, lines, tagged)
        return tagged

    def login(self, user="ann", password="secret"):
        self.ok(f"LOGIN {user} {password}")
        return self

    def select(self, mailbox="INBOX"):
        """What SELECT tells, as {"EXISTS": 3, "UIDNEXT": 4 ...}."""
        found = {}
        for line in self.ok(f"SELECT {mailbox}"):
            match = re.match(r"\* (\d+) (\w+)$", line)
            if match:
                found[match[2]] = int(match[1])
            match = re.match(r"\* OK \[(\w+) (\d+)\]", line)
            if match:
                found[match[1]] = int(match[2])
        return found

    def append(self, mailbox="INBOX", message=MESSAGE, options=""):
        """The tagged line."""
        tag = self.begin(f"APPEND {mailbox} {options}{{{len(message)}+}}")
        self.wire.send(message + b"\r\n")
        return self.end(tag)[1]

    def append_all(self, mailbox, messages):
        """In one command."""
        tag = self.begin(f"APPEND {mailbox} {{{len(messages[0])}+}}")
        for message, after in zip(messages, messages[1:] + [None]):
            self.wire.send(message + (b" {%d+}\r\n" % len(after) if after else b"\r\n"))
        tagged = self.end(tag)[1]
        assert tagged.startswith("OK "), tagged

    def flags(self, uids="1:*"):
        """{uid: {flags}} without \\Recent."""
        found = {}
        for line in self.ok(f"UID FETCH {uids} (FLAGS)"):
            match = re.match(r"\* \d+ FETCH \((.*)\)$", line)
            if match:
                uid = int(re.search(r"UID (\d+)", match[1])[1])
                found[uid] = set(re.search(r"FLAGS \((.*?)\)", match[1])[1].split()) - {"\\Recent"}
        return found

    def status(self, mailbox, items):
        line = self.ok(f"STATUS {mailbox} ({items})")[-1]
        words = line[line.rindex("(") + 1:-1].split()
        return {name: int(value) for name, value in zip(words[::2], words[1::2])}

    def logout(self):
        self.run("LOGOUT")
        self.wire.closed()
