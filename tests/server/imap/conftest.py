"""A server that speaks IMAP over Maildir, with two users; and a client that shows what it hears."""
import pytest

from imap import Imap


@pytest.fixture
def roost(make_roost):
    """Not yet started."""
    server = make_roost("imap")
    server.user("ann")
    server.user("bob")
    server.config("mail_location = maildir:~/Maildir")
    return server


@pytest.fixture
def connect(roost):
    """Connections to the server, which is started by the first of them."""
    wires = []

    def make(user="ann", tls=False):
        if roost.master is None:
            roost.start()
        client = Imap(roost.connect("imaps" if tls else "imap", tls))
        wires.append(client.wire)
        return client.login(user) if user else client

    yield make
    for wire in wires:
        wire.close()
