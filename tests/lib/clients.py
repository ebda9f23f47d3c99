"""Real IMAP clients of Debian's packages, run in a directory of their own against 127.0.0.1."""
import os
import pty
import select
import subprocess
import time


def write(path, text, mode=0o600):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)
    return path


def run(args, home, timeout=120):
    """Run to the end; its output. A failure shows what it said."""
    env = dict(os.environ, HOME=str(home), TERM="xterm", LC_ALL="C.UTF-8")
    done = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env,
                          timeout=timeout, check=False, stdin=subprocess.DEVNULL)
    text = done.stdout.decode(errors="replace")
    if done.returncode != 0:
        raise AssertionError(f"{args[0]} ended with {done.returncode}:\n{text[-4000:]}")
    return text


MBSYNC = """\
IMAPAccount server
Host 127.0.0.1
Port {port}
User {user}
Pass {password}
{tls}
AuthMechs LOGIN

IMAPStore far
Account server

MaildirStore near
Path {top}/mail/
Inbox {top}/mail/INBOX
SubFolders Verbatim

Channel all
Far :far:
Near :near:
Patterns *
Create Both
Remove Both
Expunge Both
CopyArrivalDate yes
SyncState *
"""


class Mbsync:
    """isync's mbsync, all mailboxes in both directions; local copies are Maildirs below mail/."""

    def __init__(self, top, port, user, password, certificate=None):
        self.top = str(top)
        tls = f"SSLType IMAPS\nCertificateFile {certificate}" if certificate else "SSLType None"
        os.makedirs(self.top + "/mail", exist_ok=True)
        self.rc = write(self.top + "/mbsyncrc",
                        MBSYNC.format(port=port, user=user, password=password, tls=tls,
                                      top=self.top))

    def sync(self):
        return run(["mbsync", "-c", self.rc, "-a"], self.top)

    def files(self, mailbox="INBOX"):
        """Paths of the local messages."""
        found = []
        for part in ("cur", "new"):
            folder = os.path.join(self.top, "mail", mailbox, part)
            found += [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
        return found

    def messages(self, mailbox="INBOX"):
        """Their bytes, without the field that mbsync keeps track with."""
        result = []
        for path in self.files(mailbox):
            with open(path, "rb") as file:
                lines = file.read().split(b"\n")
            result.append(b"\n".join(line for line in lines if not line.startswith(b"X-TUID: ")))
        return result


FETCHMAIL = """\
set invisible
set no bouncemail
poll 127.0.0.1 proto imap port {port}
  user "{user}" password "{password}" is "{user}" here
  sslproto ""
  keep
  no rewrite
  mda "{top}/take"
"""


class Fetchmail:
    """Fetches INBOX; each message becomes a file below got/."""

    def __init__(self, top, port, user, password):
        self.top = str(top)
        os.makedirs(self.top + "/got", exist_ok=True)
        write(self.top + "/take", f'#!/bin/sh\nexec cat >"$(mktemp {self.top}/got/XXXXXXXX)"\n',
              0o700)
        self.rc = write(self.top + "/fetchmailrc",
                        FETCHMAIL.format(port=port, user=user, password=password, top=self.top))

    def fetch(self):
        return run(["fetchmail", "-f", self.rc, "-a", "--nodetach", "--nosyslog",
                    "--idfile", self.top + "/ids", "--pidfile", self.top + "/pid"], self.top)

    def messages(self):
        result = []
        for name in sorted(os.listdir(self.top + "/got")):
            with open(os.path.join(self.top, "got", name), "rb") as file:
                result.append(file.read())
        return result


MUTTRC = """\
set imap_pass = "{password}"
set ssl_starttls = no
set ssl_force_tls = no
set mbox_type = Maildir
set folder = "{top}/mail"
set header_cache = ""
set confirmcreate = no
set confirmappend = no
set copy = no
set move = no
set delete = yes
set quit = yes
set wait_key = no
set imap_check_subscribed = no
"""


class Mutt:
    """mutt without a person: key strokes pushed into a terminal of its own."""

    def __init__(self, top, port, user, password):
        self.top, self.url = str(top), f"imap://{user}@127.0.0.1:{port}/"
        os.makedirs(self.top + "/mail", exist_ok=True)
        self.rc = write(self.top + "/muttrc", MUTTRC.format(password=password, top=self.top))

    def keys(self, mailbox, keys, timeout=60):
        """Open the mailbox, push keys (mutt's syntax), wait for the end; what the screen got."""
        args = ["mutt", "-n", "-F", self.rc, "-f", self.url + mailbox, "-e", f'push "{keys}"']
        pid, master = pty.fork()
        if pid == 0:
            os.environ.update(HOME=self.top, TERM="xterm", LC_ALL="C.UTF-8", LINES="24",
                              COLUMNS="80")
            os.execvp(args[0], args)
        screen, end = b"", time.monotonic() + timeout
        try:
            while time.monotonic() < end:
                ready, _, _ = select.select([master], [], [], 1)
                if ready:
                    part = os.read(master, 65536)
                    if not part:
                        break
                    screen += part
        except OSError:
            pass				# the terminal goes with mutt
        else:
            if time.monotonic() >= end:
                os.kill(pid, 9)
        finally:
            os.close(master)
            _, status = os.waitpid(pid, 0)
        if status != 0:
            raise AssertionError(f"mutt ended with {status}:\n{screen[-3000:]!r}")
        return screen

    def copy_all(self, mailbox="INBOX"):
        """All messages into a local Maildir; their bytes without the two fields that mutt adds."""
        self.keys(mailbox, "<tag-pattern>~A<enter><tag-prefix><copy-message>"
                           f"<kill-line>{self.top}/mail/copy<enter><exit>")
        result = []
        for part in ("cur", "new"):
            folder = f"{self.top}/mail/copy/{part}"
            for name in sorted(os.listdir(folder)):
                with open(os.path.join(folder, name), "rb") as file:
                    lines = file.read().split(b"\n")
                result.append(b"\n".join(line for line in lines if not line.startswith(
                    (b"Content-Length: ", b"Lines: "))))
        return result
