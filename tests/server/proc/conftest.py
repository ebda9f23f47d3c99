"""A server that speaks the toy protocol, with two users."""
import re

import pytest


class Who:
    """What a worker says of itself: user, uid, pid ..."""

    def __init__(self, line):
        self.__dict__.update(re.findall(r"(\w+)=(\S*)", line))
        self.uid, self.gid, self.pid = int(self.uid), int(self.gid), int(self.pid)
        self.groups = sorted(int(group) for group in self.groups.split(",") if group)


def login(roost, user="ann", password=None, name="echo", tls=False, source=None):
    """A connection whose worker has answered, with .who."""
    wire = roost.connect(name, tls, source)
    wire.expect("OK echo ready")
    wire.say(f"LOGIN {user} {password or roost.passwords[user]}")
    wire.who = Who(wire.expect("OK user=.*").string)
    return wire


@pytest.fixture
def echo(make_roost):
    """Not yet started: for tests with settings of their own."""
    roost = make_roost("echo")
    roost.user("ann")
    roost.user("bob")
    roost.login = lambda *args, **options: login(roost, *args, **options)
    return roost


@pytest.fixture
def server(echo):
    return echo.start()
