"""Mail that flows while a test does its worst: threads that deliver and read, and book what they are told.

    flow = Flow(roost, ["ann@example.org", "bob@example.org"])
    flow.start()
    ...             kill something
    flow.finish()   ends when everything that was begun is acknowledged
    flow.check()    against what the mailboxes hold
"""
import random
import re
import threading
import time

from imap import Imap
from ledger import FLAGS, Ledger, message, name_of
from lmtp import Lmtp
from roost import wait_until
from wire import Closed

TROUBLE = (Closed, OSError)
PATIENCE = 60


class Refused(Exception):
    """A temporary failure; the client tries again with a new connection."""


class Worker(threading.Thread):
    """Goes on in spite of lost connections; anything else that fails is for the test."""

    def __init__(self, flow, number):
        super().__init__(daemon=True)
        self.flow, self.number = flow, number
        self.rng = random.Random(number)
        self.problem = None
        self.done = self.lost = 0

    def run(self):
        try:
            while not self.over():
                try:
                    self.connection()
                except TROUBLE + (Refused,):
                    self.lost += 1
                    time.sleep(0.05)
        except BaseException as problem:  # pylint: disable=broad-except
            self.problem = problem

    def over(self):
        return self.flow.stopping.is_set()


class Deliverer(Worker):
    """An LMTP client that repeats what was not acknowledged, as Postfix does."""

    def __init__(self, flow, number):
        super().__init__(flow, number)
        self.name, self.left, self.count = None, [], 0

    def over(self):
        if self.flow.stopping.is_set() and not self.left:
            return True
        assert time.monotonic() < self.flow.patience, f"{self.name} is never taken"
        return False

    def next_message(self):
        self.count += 1
        self.name = f"lmtp-{self.number}-{self.count}"
        self.left = self.rng.sample(self.flow.users, self.rng.randint(1, len(self.flow.users)))

    def connection(self):
        lmtp = Lmtp(self.flow.roost.connect("lmtp"))
        try:
            while not self.over():
                if not self.left:
                    self.next_message()
                self.deliver(lmtp)
        finally:
            lmtp.close()

    def deliver(self, lmtp):
        taken = lmtp.accepted(self.left)

        def last():
            for user in taken:
                self.flow.ledgers[user].try_to_send(self.name)
        if not taken or not lmtp.data(message(self.name), last):
            raise Refused
        for user in taken:
            if lmtp.reply().startswith("250"):
                self.flow.ledgers[user].sent(self.name)
                self.left.remove(user)
                self.done += 1


class Reader(Worker):
    """An IMAP client that appends, fetches, flags and expunges."""

    def __init__(self, flow, number, user):
        super().__init__(flow, number)
        self.user, self.ledger, self.count = user, flow.ledgers[user], 0
        self.client = None

    def ok(self, command):
        lines, tagged = self.client.run(command)
        if not tagged.startswith("OK"):
            # Only the loss of a process may be a reason.
            assert re.match(r"NO (\[(UNAVAILABLE|INUSE|SERVERBUG|LIMIT)\] |.*[Ii]nternal error)",
                            tagged), (command, tagged)
            raise Refused
        return lines, tagged

    def connection(self):
        self.client = Imap(self.flow.roost.connect("imap"))
        try:
            self.ok(f"LOGIN {self.user} {self.flow.roost.passwords[self.user]}")
            facts = self.client.select()
            self.ledger.selected(facts["UIDVALIDITY"], facts["UIDNEXT"])
            while not self.over():
                self.rng.choice((self.append, self.fetch, self.store, self.store,
                                 self.expunge))()
                self.done += 1
        finally:
            self.client.wire.close()

    def append(self):
        self.count += 1
        name = f"imap-{self.number}-{self.count}"
        self.ledger.try_to_send(name)
        tagged = self.client.append(message=message(name))
        if not tagged.startswith("OK"):
            raise Refused
        uid = int(re.match(r"OK \[APPENDUID \d+ (\d+)\]", tagged)[1])
        self.ledger.sent(name)
        self.ledger.is_at(uid, name)

    def fetch(self):
        found = read(self.client, f"{self.ledger.seen_to + 1}:*", self.ledger)
        self.ledger.seen_all_to(max(found, default=0))

    def store(self):
        uid, flag = self.ledger.some_uid(self.rng), self.rng.choice(FLAGS)
        if uid is None:
            return
        on = self.rng.random() < 0.7
        self.ledger.flag(uid, flag, None)
        self.ok(f"UID STORE {uid} {'+' if on else '-'}FLAGS.SILENT ({flag})")
        self.ledger.flag(uid, flag, on)

    def expunge(self):
        uid = self.ledger.some_uid(self.rng)
        if uid is None or self.rng.random() < 0.5:
            return
        self.ledger.expunged(uid, None)
        self.ok(rf"UID STORE {uid} +FLAGS.SILENT (\Deleted)")
        self.ok(f"UID EXPUNGE {uid}")
        self.ledger.expunged(uid, True)


def read(client, uids, ledger):
    """{uid: (name, flags)} of whole messages, as they are booked."""
    tag = client.begin(f"UID FETCH {uids} (FLAGS INTERNALDATE BODY.PEEK[])")
    lines, tagged = client.end(tag)
    if not tagged.startswith("OK"):
        raise Refused
    found = {}
    for line in lines:
        match = re.match(r"\* \d+ FETCH \((.*)\)$", line, re.S)
        if not match or "BODY[]" not in match[1]:
            continue
        head, _, rest = match[1].partition("BODY[] {")
        size, _, whole = rest.partition("}\r\n")
        after = whole.encode("utf-8", "surrogateescape")[int(size):].decode()
        whole = whole.encode("utf-8", "surrogateescape")[:int(size)]
        uid = int(re.search(r"UID (\d+)", head + after)[1])
        name = name_of(whole)
        ledger.is_at(uid, name)
        ledger.dated(uid, re.search(r'INTERNALDATE "(.*?)"', head + after)[1])
        flags = set(re.search(r"FLAGS \((.*?)\)", head + after)[1].split())
        found[uid] = name, flags - {"\\Recent"}
    return found


class Flow:
    """Deliverers to several users at a time, and a reader for each."""

    def __init__(self, roost, users, deliverers=3):
        self.roost, self.users = roost, users
        self.ledgers = {user: Ledger() for user in users}
        self.stopping = threading.Event()
        self.patience = float("inf")
        self.deliverers = [Deliverer(self, number) for number in range(deliverers)]
        self.readers = [Reader(self, number, user) for number, user in enumerate(users)]

    def start(self):
        for worker in self.deliverers + self.readers:
            worker.start()
        return self

    def look(self):
        """Fails as soon as one of them has."""
        for worker in self.deliverers + self.readers:
            if worker.problem is not None:
                raise worker.problem

    def flows(self, count):
        """So many more are delivered."""
        wanted = self.delivered + count

        def enough():
            self.look()
            return self.delivered >= wanted
        wait_until(enough, f"{count} messages to be delivered", PATIENCE)

    def finish(self):
        self.patience = time.monotonic() + PATIENCE
        self.stopping.set()
        for worker in self.deliverers + self.readers:
            worker.join(PATIENCE + 10)
            assert not worker.is_alive(), f"{worker} hangs"
        self.look()

    def mailbox(self, user):
        """{uid: (name, flags)}"""
        client = Imap(self.roost.connect("imap"))
        try:
            client.login(user, self.roost.passwords[user])
            facts = client.select()
            self.ledgers[user].selected(facts["UIDVALIDITY"], facts["UIDNEXT"])
            found = read(client, "1:*", self.ledgers[user])
            assert len(found) == facts["EXISTS"]
            return found
        finally:
            client.wire.close()

    def check(self):
        """All mailboxes; returns what they hold."""
        found = {user: self.mailbox(user) for user in self.users}
        for user, ledger in self.ledgers.items():
            ledger.check(found[user])
        return found

    @property
    def delivered(self):
        return sum(worker.done for worker in self.deliverers)

    @property
    def lost(self):
        """Connections that the worst has cost."""
        return sum(worker.lost for worker in self.deliverers + self.readers)
