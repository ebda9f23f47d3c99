#!/usr/bin/env python3
"""A server to play with: ./autogen.sh run

A temporary directory, two users with random passwords, a self-signed certificate, a welcome message
in each mailbox. As root the users have uids of their own; otherwise all runs as you. Ctrl-C ends it
and removes everything; --once does so as soon as the welcome has arrived.
"""
import os
import secrets
import signal
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
os.environ.setdefault("ROOST_BUILD", os.path.join(
    os.path.dirname(os.path.dirname(HERE)), sys.argv[1] if len(sys.argv) > 1 else "build"))
sys.path.insert(0, HERE)

from roost import ROOT, Roost, program  # noqa: E402  the build directory comes first

USERS = ("ann", "bob")
WELCOME = """From: Roost <postmaster@localhost>
To: {user}@localhost
Subject: Welcome
Date: Thu, 01 Jan 2026 12:00:00 +0000
Message-ID: <welcome.{user}@localhost>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

This mailbox lives in {home}.
Nothing of it remains when the sandbox ends.
"""


def available(roost):
    """The protocols whose modules are built."""
    return [name for name, module in (("imap", "imap"), ("pop3", "pop3"), ("lmtp", "lmtp"),
                                      ("sieve", "managesieve"))
            if os.path.exists(f"{roost.modules}/{module}.so")]


def configure(roost, protocols):
    roost.protocols = " ".join(protocols)
    for user in USERS:
        roost.user(user, secrets.token_urlsafe(9))
    text = "ssl = yes\n" + roost.certificate()
    if os.path.exists(f"{roost.modules}/maildir.so"):
        text += "mail_location = maildir:~/Maildir\n"
    if "lmtp" in protocols and os.path.exists(f"{roost.modules}/sieve.so"):
        text += "protocol lmtp {\n  mail_plugins = $mail_plugins sieve\n}\n"
    roost.config(text)


def deliver(roost, user):
    """The welcome, by LMTP; says what the server answered when it was not taken."""
    text = WELCOME.format(user=user, home=f"{roost.dir}/home/{user}")
    with roost.connect("lmtp") as lmtp:
        lmtp.expect("220 ")
        for line, answer in (("LHLO sandbox", "250 "), ("MAIL FROM:<postmaster@localhost>", "250"),
                             (f"RCPT TO:<{user}>", "250"), ("DATA", "354")):
            lmtp.say(line)
            last = lmtp.until(r"\d\d\d ")[-1]
            if not last.startswith(answer.strip()):
                return last
        lmtp.send(text.replace("\n", "\r\n") + ".\r\n")
        last = lmtp.line()
        return None if last.startswith("250") else last


def show(roost, protocols):
    """Lines to paste."""
    print(f"\nroost runs in {roost.dir}")
    print(f"  log      tail -f {roost.log_path}")
    print("  users    " + "   ".join(f"{user} {roost.passwords[user]}" for user in USERS))
    for protocol in protocols:
        if protocol == "lmtp":
            print(f"  lmtp     {roost.base_dir}/lmtp")
        elif protocol == "sieve":
            print(f"  sieve    127.0.0.1:{roost.ports[protocol]}")
        else:
            print(f"  {protocol:8} 127.0.0.1:{roost.ports[protocol]}, with TLS "
                  f"127.0.0.1:{roost.ports[protocol + 's']}")
    print("\nTo paste:")
    if "imap" in protocols:
        print(f"  openssl s_client -quiet -crlf -connect 127.0.0.1:{roost.ports['imaps']}\n"
              f"      a LOGIN ann {roost.passwords['ann']}\n      b SELECT INBOX\n"
              f"      c FETCH 1 BODY[]\n      d LOGOUT")
        print(f"  mbsync -c {roost.dir}/mbsyncrc -a")
        print(f"  mutt -f imap://ann@127.0.0.1:{roost.ports['imap']}/")
    if "lmtp" in protocols:
        print(f"  swaks --protocol LMTP --socket {roost.base_dir}/lmtp --to bob "
              "--from you@localhost --body 'Hello'")
    admin = f"{roost.dir}/roostadm"
    for command in ("who", "user ann", "auth test ann", "module list", "reload"):
        print(f"  {admin} {command}")
    print("\nCtrl-C ends it and removes everything.", flush=True)


def write_helpers(roost, protocols):
    """Configuration of clients, and roostadm with the right environment."""
    env = " ".join(f"{name}='{value}'" for name, value in roost.environment().items()
                   if name.startswith("ROOST_"))
    path = f"{roost.dir}/roostadm"
    with open(path, "w", encoding="utf-8") as script:
        script.write(f"#!/bin/sh\nexec env {env} {program('roostadm')} "
                     f"-c {roost.conf_path} \"$@\"\n")
    os.chmod(path, 0o755)
    if "imap" not in protocols:
        return
    os.makedirs(roost.dir + "/mbsync", mode=0o777, exist_ok=True)
    os.chmod(roost.dir + "/mbsync", 0o777)
    with open(roost.dir + "/mbsyncrc", "w", encoding="utf-8") as conf:
        conf.write(f"""IMAPAccount ann
Host 127.0.0.1
Port {roost.ports['imaps']}
User ann
Pass {roost.passwords['ann']}
SSLType IMAPS
CertificateFile {roost.dir}/localhost.pem

IMAPStore far
Account ann

MaildirStore near
Path {roost.dir}/mbsync/
Inbox {roost.dir}/mbsync/INBOX
SubFolders Verbatim

Channel all
Far :far:
Near :near:
Patterns *
Create Near
SyncState *
""")


def main():
    once = "--once" in sys.argv
    roost = Roost()
    try:
        protocols = available(roost)
        configure(roost, protocols)
        roost.start()
        write_helpers(roost, protocols)
        if "lmtp" in protocols:
            for user in USERS:
                refused = deliver(roost, user)
                if refused is not None:
                    print(f"The welcome of {user} was not taken: {refused}", file=sys.stderr)
        show(roost, protocols)
        if not once:
            signal.sigwait({signal.SIGINT, signal.SIGTERM})
            print("\nStopping.", flush=True)
    except KeyboardInterrupt:
        print("\nStopping.", flush=True)
    finally:
        try:
            roost.close()
        except AssertionError as problem:
            print(problem, file=sys.stderr)
    return 0


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    if not ROOT and os.getuid() < 1:
        sys.exit("who are you?")
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as failed:
        sys.exit(f"{failed.cmd[0]}: {failed.stderr.decode(errors='replace')}")
