"""A connection's way: front, auth, anvil, worker."""


def test_login_is_served_by_a_worker_of_the_user(server):
    with server.login() as wire:
        assert wire.who.user == "ann"
        assert wire.who.uid == server.uids["ann"]
        assert wire.who.tag == "tag"
        assert wire.who.rip == "127.0.0.1"
        wire.say("ECHO hello")
        wire.expect("hello$")
        wire.say("QUIT")
        assert "BYE" in wire.closed()
