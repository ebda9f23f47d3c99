"""What a user's mailbox owes its clients: all that was acknowledged, under the UID it was seen with."""
import random
import threading
from email.utils import formatdate

FLAGS = ("\\Flagged", "\\Answered", "\\Seen", "work", "$label1")


def message(name):
    """The message of that name: always the same bytes, 300 B to 200 KB."""
    rng = random.Random(name)
    size = rng.choice((1, 5, 20, 100, 100, 100, 400, 2500))
    body = "".join(f"{name} {line} {rng.getrandbits(200):x}\r\n" for line in range(size))
    return (f"From: s@example.org\r\nTo: someone@example.org\r\nSubject: {name}\r\n"
            f"Date: {formatdate(1.6e9)}\r\nMessage-ID: <{name}@flow>\r\n\r\n{body}").encode()


def name_of(whole):
    """The name of a stored message, which must have the right bytes behind the trace headers."""
    text = whole[whole.index(b"From: s@example.org\r\n"):]
    name = text.partition(b"\r\nSubject: ")[2].partition(b"\r\n")[0].decode()
    assert text == message(name), f"message {name} was changed"
    return name


class Ledger:
    """Of one mailbox; several clients write into it."""

    def __init__(self):
        self.lock = threading.RLock()
        self.tried = {}			# name: how often, acknowledged or not
        self.acked = set()
        self.names = {}			# UID: name
        self.dates = {}			# UID: INTERNALDATE
        self.flags = {}			# UID: {flag: is it set, None: nobody knows}
        self.gone = {}			# UID: True when its EXPUNGE was acknowledged, else None
        self.seen_to = 0		# no new message may come below
        self.uidvalidity = None

    def try_to_send(self, name, times=1):
        with self.lock:
            self.tried[name] = self.tried.get(name, 0) + times

    def sent(self, name):
        with self.lock:
            self.acked.add(name)

    def selected(self, uidvalidity, uidnext):
        with self.lock:
            assert self.uidvalidity in (None, uidvalidity), "UIDVALIDITY has changed"
            assert uidnext > max(self.names, default=0), "UIDNEXT went back"
            self.uidvalidity = uidvalidity

    def is_at(self, uid, name):
        """A message was seen, or put there."""
        with self.lock:
            if uid not in self.names:
                assert uid > self.seen_to, f"{name} came as UID {uid} below {self.seen_to}"
            assert self.names.setdefault(uid, name) == name, f"UID {uid} was used twice"
            assert self.gone.get(uid) is not True, f"UID {uid} is back"

    def dated(self, uid, date):
        with self.lock:
            assert self.dates.setdefault(uid, date) == date, f"INTERNALDATE of UID {uid} changed"

    def seen_all_to(self, uid):
        with self.lock:
            self.seen_to = max(self.seen_to, uid)

    def some_uid(self, rng):
        with self.lock:
            here = [uid for uid in self.names if uid not in self.gone]
            return rng.choice(here) if here else None

    def flag(self, uid, flag, state):
        with self.lock:
            self.flags.setdefault(uid, {})[flag] = state

    def expunged(self, uid, state):
        with self.lock:
            self.gone[uid] = state

    def check(self, found):
        """found: {uid: (name, flags)}, all that is there in the end."""
        for uid, (name, flags) in found.items():
            self.is_at(uid, name)
            for flag, state in self.flags.get(uid, {}).items():
                assert state is None or (flag in flags) == state, (
                    f"UID {uid} {name}: {flag} should be {state}: {flags}")
        for uid, name in self.names.items():
            assert uid in found or uid in self.gone, f"UID {uid} {name} was lost"
        for name, tried in self.tried.items():
            copies = [uid for uid, other in self.names.items() if other == name]
            assert len(copies) <= tried, f"{name} is there too often: {copies}"
            assert copies or name not in self.acked, f"{name} was acknowledged and lost"
        assert set(self.names.values()) <= set(self.tried), "messages that nobody sent"
