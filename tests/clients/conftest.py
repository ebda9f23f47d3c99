"""Servers for real clients: IMAP and LMTP over Maildir, users of uids of their own or of one."""
import os
import shutil
import tempfile

import pytest

from roost import ROOT, Roost

USERS = ("ann", "bob", "cat", "dan")
DOMAIN = "example.org"
CONFIG = """\
mail_location = maildir:~/Maildir
disable_plaintext_auth = no
service lmtp {
  unix_listener lmtp {
    mode = 0666
  }
}
mail_max_userip_connections = 50
"""


def start(one_uid):
    server = Roost("imap lmtp")
    for name in USERS:
        server.user(f"{name}@{DOMAIN}", "secret", uid=30000 if one_uid and ROOT else None)
    server.config(CONFIG)
    return server.start()


@pytest.fixture
def roost():
    server = start(one_uid=False)
    yield server
    server.close()


@pytest.fixture
def vmail():
    server = start(one_uid=True)
    yield server
    server.close()


@pytest.fixture
def spool():
    """A directory that Postfix's user can reach: pytest closes those that it makes to all others."""
    top = tempfile.mkdtemp(prefix="postfix-", dir="/tmp")
    os.chmod(top, 0o755)
    yield top
    shutil.rmtree(top, ignore_errors=True)
