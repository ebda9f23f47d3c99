"""A server that speaks IMAP over Maildir, with two users; and a client that shows what it hears."""
import pytest

from imap import Imap
from roost import Roost


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


@pytest.fixture(scope="module")
def server():
    """One for all tests of a file: each has a mailbox of its own."""
    roost = Roost("imap")
    roost.user("ann")
    roost.config("mail_location = maildir:~/Maildir")
    roost.start()
    yield roost
    roost.close()


@pytest.fixture
def clients(server):
    """clients() is a new connection with a mailbox of the test's own selected; the first makes it."""
    server.boxes = getattr(server, "boxes", 0) + 1
    name = f"box{server.boxes}"
    made = []

    def make(parameters=""):
        client = Imap(server.connect("imap")).login()
        if not made:
            client.ok(f"CREATE {name}")
        made.append(client)
        client.mailbox = name
        client.facts = client.select(name + parameters)
        return client

    yield make
    for client in made:
        client.wire.close()


@pytest.fixture
def client(clients):
    return clients()
