"""The toy protocol's server again; its users are administered here."""
import pytest


@pytest.fixture
def server(make_roost):
    roost = make_roost("echo")
    roost.user("ann")
    roost.user("bob", fields="userdb_quota_rule=*:storage=1M")
    roost.start()

    def login(user, source=None):
        wire = roost.connect("echo", source=source)
        wire.say(f"LOGIN {user} secret")
        wire.expect("OK echo ready")
        wire.pid = int(wire.expect(r"OK user=.* pid=(\d+)").group(1))
        return wire

    roost.login = login
    return roost
