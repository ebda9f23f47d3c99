"""One user's mail, driven through tests/storage/drive: a line there, an answer back."""
import os
import signal
import subprocess

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("ROOST_BUILD", os.path.join(TOP, "build"))
PROGRAM = os.path.join(BUILD, "tests/storage/drive")
SHIM = os.path.join(BUILD, "tests/storage/.libs/shim.so")
# Flushes are the disk's business: where it can be mail lies in memory, and tests are ten times as fast.
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


class No(Exception):
    """The answer was NO; kind is the error's."""

    def __init__(self, text):
        super().__init__(text)
        self.kind = text.split()[0]


class Gone(Exception):
    """The process has ended."""


class Driver:
    """What the suite knows of a storage driver."""

    def __init__(self, name, separator="/", foreign=False, options=""):
        self.name, self.separator = name, separator
        self.foreign = foreign      # other programs may change its store
        self.location = f"{name}:~/mail{options}"

    def __repr__(self):
        return self.name + self.location.partition("~/mail")[2]

    def mailbox(self, *levels):
        return self.separator.join(levels)


MAILDIR = Driver("maildir", separator=".", foreign=True)
POSTCARD = Driver("postcard", foreign=True)     # the short form
ONEFILE = Driver("onefile")                     # the full form in one file
DRIVERS = [MAILDIR, POSTCARD, ONEFILE]
# The same in other places.
ELSEWHERE = [
    Driver("maildir", foreign=True, options=":LAYOUT=fs"),
    Driver("maildir", separator=".", foreign=True, options=":INDEX=~/index:CONTROL=~/control"),
    Driver("postcard", foreign=True, options=":INDEX=~/index"),
    Driver("onefile", options=":DIRNAME=store:MAILBOXDIR=boxes"),
    Driver("flatfile"),         # onefile with mailboxes that are files
]


def uids(text):
    """ "1:3,5" as a list."""
    ranges = [[int(end) for end in part.split(":")] for part in text.split(",") if part]
    return [uid for ends in ranges for uid in range(ends[0], ends[-1] + 1)]


class Drive:
    """
    A process with the mail of home in it. shim: (at, what) for tests/storage/shim.c; flushes: the
    file in which it counts them.
    """

    def __init__(self, driver, home, shim=None, location=None, settings=(), flushes=None):
        # A sanitizer would rather come before the shim.
        env = dict(os.environ, ASAN_OPTIONS="verify_asan_link_order=0")
        if shim:
            env.update(LD_PRELOAD=SHIM, SHIM_AT=str(shim[0]), SHIM_DO=shim[1])
        if flushes:
            env.update(LD_PRELOAD=SHIM, SHIM_FLUSHES=str(flushes))
        self.driver, self.home = driver, str(home)
        location = location or driver.location
        self.process = subprocess.Popen(
            [PROGRAM, self.home, f"mail_location={location}", *settings],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        code = self.end()
        if kind is None:
            assert code == 0, code

    def end(self):
        """Close its stdin and wait; the exit status. What it complains of is in self.log."""
        out, self.log = b"", getattr(self, "log", b"")
        try:
            out, self.log = self.process.communicate()
        except (BrokenPipeError, ValueError):
            self.process.wait()
        assert out == b"", out
        return self.process.returncode

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        for pipe in (self.process.stdout, self.process.stderr):
            pipe.close()
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass

    def send(self, *words, text=b""):
        """Without waiting for the answer."""
        line = " ".join(str(word) for word in words).encode() + b"\n" + text
        try:
            self.process.stdin.write(line)
            self.process.stdin.flush()
        except BrokenPipeError:
            raise Gone(words[0]) from None

    def answer(self):
        line = self.process.stdout.readline()
        if not line.endswith(b"\n"):
            raise Gone(line)
        status, _, rest = line.decode().rstrip("\n").partition(" ")
        if status != "OK":
            raise No(rest)
        return rest

    def __call__(self, *words, text=b""):
        self.send(*words, text=text)
        return self.answer()

    # --- commands whose answers are more than text ---

    def save(self, mailbox, text, flags="-", date=0, keywords=()):
        """The UID."""
        return self.saved(mailbox, text, flags, date, keywords)[1]

    def saved(self, mailbox, text, flags="-", date=0, keywords=()):
        """UIDVALIDITY and UID."""
        validity, given = self("save", mailbox, flags, date, len(text), *keywords, text=text).split()
        return int(validity), uids(given)[0]

    def batch(self, mailbox, count, word="batch"):
        return uids(self("batch", mailbox, count, word).split()[1])

    def copy(self, which, mailbox, command="copy"):
        words = self(command, which, mailbox).split()
        return uids(words[1]) if len(words) > 1 else []

    def move(self, which, mailbox):
        return self.copy(which, mailbox, "move")

    def fetch(self, uid):
        size = int(self("fetch", uid))
        return self.process.stdout.read(size)

    def view(self):
        """UID to (flags, set of keywords), as the open mailbox shows them."""
        result = {}
        for word in self("view").split():
            uid, flags, *keywords = word.split("/")
            assert int(uid) not in result
            result[int(uid)] = (flags, frozenset(keywords))
        return result

    def numbers(self, command, *words):
        """ "a=1 b=2" as a dict."""
        pairs = [word.split("=") for word in self(command, *words).split()]
        return {name: int(value) for name, value in pairs}

    def status(self, mailbox):
        return self.numbers("status", mailbox)

    def sync(self, command="sync"):
        return self.numbers(command)

    def names(self, command="list"):
        return self(command).split()

    def open(self, mailbox):
        return int(self("open", mailbox))

    def contents(self, mailbox):
        """UID to bytes."""
        self.open(mailbox)
        return {uid: self.fetch(uid) for uid in self.view()}
