"""A Postfix of our own, from Debian's package: its configuration and queue in a temporary directory."""
import os
import shutil
import smtplib
import subprocess
import time

from roost import free_port

MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup    unix n - n 60  1 pickup
cleanup   unix n - n -   0 cleanup
qmgr      unix n - n 300 1 qmgr
rewrite   unix - - n -   - trivial-rewrite
bounce    unix - - n -   0 bounce
defer     unix - - n -   0 bounce
trace     unix - - n -   0 bounce
verify    unix - - n -   1 verify
flush     unix n - n 1000? 0 flush
proxymap  unix - - n -   - proxymap
error     unix - - n -   - error
retry     unix - - n -   - error
lmtp      unix - - n -   - lmtp
anvil     unix - - n -   1 anvil
scache    unix - - n -   1 scache
postlog   unix-dgram n - n - 1 postlogd
"""

MAIN = """\
compatibility_level = 3.6
queue_directory = {top}/queue
data_directory = {top}/data
maillog_file = {top}/log
maillog_file_prefixes = /
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.example.org
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
inet_interfaces = loopback-only
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
virtual_mailbox_domains = {domains}
virtual_transport = {transport}
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
disable_dns_lookups = yes
message_size_limit = {size_limit}
minimal_backoff_time = 2s
maximal_backoff_time = 4s
queue_run_delay = 2s
lmtp_destination_recipient_limit = 50
{extra}
"""


def missing():
    """Why it cannot run here; None when it can."""
    if os.geteuid() != 0:
        return "Postfix's master has to be root"
    return None if shutil.which("postfix") else "Postfix is not installed"


class Postfix:
    """Accepts SMTP on 127.0.0.1:port and hands mail for the domains to the transport."""

    def __init__(self, top, transport, domains="example.org", size_limit=50_000_000, extra=""):
        self.top, self.port = str(top), free_port()
        self.etc = os.path.join(self.top, "etc")
        for name in ("etc", "queue", "data"):
            os.makedirs(os.path.join(self.top, name))
        shutil.chown(os.path.join(self.top, "data"), "postfix")
        self._write("main.cf", MAIN.format(top=self.top, transport=transport, domains=domains,
                                           size_limit=size_limit, extra=extra))
        self._write("master.cf", MASTER.format(port=self.port))

    def _write(self, name, text):
        with open(os.path.join(self.etc, name), "w", encoding="ascii") as file:
            file.write(text)

    def _run(self, *args, check=True):
        done = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              check=False)
        if check and done.returncode != 0:
            raise RuntimeError(f"{' '.join(args)}: {done.stdout}\n{self.log()}")
        return done.stdout

    def start(self):
        self._run("postfix", "-c", self.etc, "start")
        end = time.monotonic() + 10
        while time.monotonic() < end:
            try:
                smtplib.SMTP("127.0.0.1", self.port, timeout=5).quit()
                return self
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("Postfix does not answer:\n" + self.log())

    def stop(self):
        self._run("postfix", "-c", self.etc, "stop", check=False)

    __enter__ = start

    def __exit__(self, *_):
        self.stop()

    def smtp(self):
        return smtplib.SMTP("127.0.0.1", self.port, timeout=60)

    def queue(self):
        """Queue files that still wait for delivery."""
        waiting = []
        for name in ("incoming", "active", "deferred", "maildrop"):
            for _, _, files in os.walk(os.path.join(self.top, "queue", name)):
                waiting += files
        return waiting

    def wait_empty(self, seconds=60):
        """Until everything was delivered or bounced."""
        end = time.monotonic() + seconds
        while self.queue():
            if time.monotonic() > end:
                raise AssertionError(f"{len(self.queue())} messages still wait:\n" + self.log())
            self._run("postqueue", "-c", self.etc, "-f", check=False)
            time.sleep(0.2)

    def log(self):
        try:
            with open(os.path.join(self.top, "log"), encoding="utf-8", errors="replace") as file:
                return file.read()[-6000:]
        except FileNotFoundError:
            return ""
