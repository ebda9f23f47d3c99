#!/usr/bin/env python3
"""System calls of a real server, by strace -c -f of all its processes: one row for each thing a client does.

    ROOST_BUILD=$PWD/build python3 tests/bench/syscalls.py [--each] [ROW...]

Root only, as users have uids of their own. Each figure is the mean of several turns, warm: the worker
runs and the mailbox was opened before. --each shows the calls by name. Calls alone are counted:
the machine's load makes no difference.
"""
import collections
import os
import re
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "lib"))

from imap import Imap  # noqa: E402  the path comes first
from lmtp import Lmtp  # noqa: E402
from roost import ROOT, Roost  # noqa: E402

MESSAGES = 1000
TURNS = 20
CONFIG = """\
mail_location = maildir:~/Maildir
service lmtp {
  unix_listener lmtp {
    mode = 0666
  }
}
"""
SETTLE = 1.5		# what is done a second later (flushes of the index) belongs to what was done


def message(number, size=8000):
    line = b"The quick brown fox jumps over the lazy dog, number %d.\r\n" % number
    return (b"From: a@example.org\r\nTo: ann@example.org\r\nSubject: number %d\r\n"
            b"Date: Tue, 01 Feb 2022 10:00:00 +0000\r\nMessage-ID: <%d@bench>\r\n\r\n"
            % (number, number) + line * (size // len(line)))


class Strace:
    """Counts the calls of all processes of a server between start() and stop()."""

    def __init__(self, roost):
        self.roost = roost

    def __enter__(self):
        self.file = tempfile.NamedTemporaryFile()
        pids = [self.roost.master.pid] + [process.pid for process in self.roost.children()]
        self.strace = subprocess.Popen(
            ["strace", "-c", "-f", "-U", "calls,name", "-o", self.file.name] +
            [word for pid in pids for word in ("-p", str(pid))],
            stderr=subprocess.PIPE)
        attached = 0
        while attached < len(pids):
            attached += b" attached" in self.strace.stderr.readline()
        return self

    def __exit__(self, *_):
        time.sleep(SETTLE)
        self.strace.terminate()
        self.strace.communicate()
        with open(self.file.name, encoding="ascii") as file:
            rows = re.findall(r"^\s*(\d+)\s+(\w+)$", file.read(), re.M)
        self.calls = collections.Counter({name: int(count) for count, name in rows
                                          if name != "total"})
        self.file.close()


def connect(roost):
    client = Imap(roost.connect("imap"))
    return client.login("ann")


class Bench:
    """The things that are measured: each prepares, and gives what is counted and how often."""

    def __init__(self, roost):
        self.roost = roost

    def login(self):
        def turn():
            connect(self.roost).logout()
        return turn, TURNS

    def delivery(self):
        lmtp = Lmtp(self.roost.connect("lmtp"))
        number = iter(range(10 ** 6, 10 ** 7))

        def turn():
            text = message(next(number))
            # In one go, as Postfix does.
            lmtp.wire.send(f"MAIL FROM:<s@example.org> SIZE={len(text)}\r\nRCPT TO:<ann>\r\nDATA\r\n")
            assert [lmtp.reply()[:3] for _ in range(3)] == ["250", "250", "354"]
            lmtp.wire.send(text + b".\r\n")
            assert lmtp.reply().startswith("250")
        turn()
        return turn, TURNS

    def select(self):
        client = connect(self.roost)
        client.select("many")
        return lambda: client.select("many"), TURNS

    def fetch_flags(self):
        return self.fetch("FLAGS")

    def fetch_bodies(self):
        return self.fetch("BODY.PEEK[]")

    def fetch(self, items):
        client = connect(self.roost)
        client.select("many")

        def turn():
            tag = client.begin(f"FETCH 1:* ({items})")
            end = b"\r\n" + tag.encode() + b" OK"
            tail = b""
            while end not in tail:
                tail = tail[-100:] + client.wire.socket.recv(1 << 20)
        turn()
        return turn, 3

    def append(self):
        client = connect(self.roost)
        client.select("INBOX")
        client.append("INBOX", message(1))
        return lambda: client.append("INBOX", message(1)), TURNS

    def store(self):
        client = connect(self.roost)
        client.select("many")
        signs = iter("+-" * 10000)
        return lambda: client.ok(rf"STORE 1:* {next(signs)}FLAGS.SILENT (\Flagged)"), 4

    def search(self):
        client = connect(self.roost)
        client.select("many")
        client.ok("SEARCH SUBJECT fox")
        return lambda: client.ok("SEARCH SUBJECT fox"), TURNS

    def noop(self):
        client = connect(self.roost)
        client.select("many")
        return lambda: client.ok("NOOP"), TURNS


ROWS = {
    "login": "LOGIN and LOGOUT",
    "delivery": "one LMTP delivery of 8 kB",
    "append": "one APPEND of 8 kB",
    "select": "SELECT of 1000 messages, the same again",
    "noop": "NOOP",
    "fetch_flags": "FETCH 1:* (FLAGS) of 1000",
    "fetch_bodies": "FETCH 1:* (BODY.PEEK[]) of 1000 of 8 kB",
    "search": "SEARCH SUBJECT of 1000",
    "store": "STORE 1:* +FLAGS.SILENT of 1000",
}
FLUSHES = ("fsync", "fdatasync", "sync_file_range", "syncfs")


def start():
    roost = Roost("imap lmtp")
    roost.user("ann")
    roost.config(CONFIG)
    roost.start()
    client = connect(roost)
    client.ok("CREATE many")
    client.append_all("many", [message(number) for number in range(MESSAGES)])
    client.select("many")
    client.logout()
    return roost


def measure(roost, row, each):
    turn, turns = getattr(Bench(roost), row)()
    time.sleep(SETTLE)
    with Strace(roost) as strace:
        for _ in range(turns):
            turn()
    calls = strace.calls
    total = sum(calls.values()) / turns
    flushes = sum(calls[name] for name in FLUSHES) / turns
    print(f"| {ROWS[row]} | {total:.1f} | {flushes:.2f} |", flush=True)
    if each:
        print("    " + ", ".join(f"{name} {count / turns:.2g}"
                                 for name, count in calls.most_common()), flush=True)


def main():
    if not ROOT:
        sys.exit("only root can look at all processes")
    each = "--each" in sys.argv
    rows = [word for word in sys.argv[1:] if not word.startswith("-")] or list(ROWS)
    roost = start()
    try:
        print("| what | system calls | flushes |\n|---|---|---|")
        for row in rows:
            measure(roost, row, each)
    finally:
        roost.close()


if __name__ == "__main__":
    main()
