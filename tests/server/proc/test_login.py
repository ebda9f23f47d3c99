"""A connection's way: front, auth, anvil, worker."""
import re
import time

from roost import ROOT


def test_login_is_served_by_a_worker_of_the_user(server):
    with server.login() as wire:
        assert wire.who.user == "ann"
        assert wire.who.uid == wire.who.gid == server.uids["ann"] or not ROOT
        assert wire.who.tag == "tag"
        assert wire.who.rip == "127.0.0.1"
        assert wire.who.home == f"{server.dir}/home/ann"
        wire.say("ECHO hello")
        wire.expect("hello$")
        wire.say("QUIT")
        assert "BYE" in wire.closed()


def test_wrong_password_is_refused_and_the_conversation_goes_on(server):
    with server.connect("echo") as wire:
        wire.expect("OK echo ready")
        wire.say("LOGIN ann wrong")
        wire.expect("NO 2")
        wire.say("LOGIN nobody wrong")
        wire.expect("NO 2")
        wire.say("LOGIN ann secret")
        wire.expect("OK user=ann")
    server.wait_log(r"Login: user=<ann>, method=PLAIN, rip=127.0.0.1, lip=127.0.0.1, "
                    r"mpid=\d+, secured, session=<")


def test_input_behind_the_login_travels_along(server):
    with server.connect("echo") as wire:
        wire.expect("OK echo ready")
        wire.send("LOGIN ann secret\r\nECHO one\r\nECHO two\r\nWH")
        wire.expect("OK user=ann")
        wire.expect("one$")
        wire.expect("two$")
        wire.send("O\r\n")
        wire.expect("OK user=ann")


def test_the_greeting_knows_what_auth_offers(server):
    with server.connect("echo") as wire:
        wire.send("CAPA\r\n")
        wire.expect("OK echo ready")
        wire.expect("PLAIN .*tls=0")


def test_sessions_of_one_user_share_a_worker_and_others_have_their_own(server):
    with server.login() as one, server.login() as two, server.login("bob") as other:
        assert one.who.pid == two.who.pid
        assert other.who.pid != one.who.pid


def test_a_worker_is_used_again_for_the_next_of_the_same_ids(echo):
    echo.user("carl", uid=echo.uids["ann"])
    echo.start()
    with echo.login() as wire:
        first = wire.who
        wire.say("QUIT")
        wire.closed()
    with echo.login("carl") as wire:
        assert wire.who.user == "carl"
        assert wire.who.pid == first.pid


def test_output_leaves_before_the_connection_closes(server):
    with server.login() as wire:
        wire.say("FLOOD 4000000")
        time.sleep(0.5)
        assert len(wire.closed()) == 4000000


def test_a_notice_reaches_other_workers(echo):
    echo.start()
    guid = "0123456789abcdef0123456789abcdef"
    with echo.login() as watcher, echo.login() as same, echo.login("bob") as other:
        watcher.say(f"WATCH {guid}")
        watcher.expect("OK")
        time.sleep(0.2)
        other.say(f"NOTICE {guid} 42")
        other.expect("OK")
        watcher.expect(rf"\* {guid} 42")
        same.say(f"NOTICE {guid} 43")
        same.expect("OK")
        watcher.expect(rf"\* {guid} 43")
        assert watcher.quiet()


def test_tls_from_the_first_byte_and_by_command(echo):
    echo.config("ssl = yes\n" + echo.certificate())
    echo.start()
    with echo.login(name="echos", tls=True) as wire:
        assert wire.who.tls == "1"
        wire.say("ECHO through the relay")
        wire.expect("through the relay$")
        wire.say("FLOOD 3000000")
        assert len(wire.closed()) == 3000000
    with echo.connect("echo") as wire:
        wire.expect("OK echo ready")
        wire.send("STARTTLS\r\nCAPA\r\n")        # what came before the handshake is dropped
        wire.expect("OK begin TLS")
        wire.start_tls()
        wire.say("LOGIN ann secret")
        assert "tls=1" in wire.expect("OK user=ann").string
    assert re.search(r"Login: .*, TLS, session=<", echo.log())


def test_many_at_once(echo):
    echo.config("mail_max_userip_connections = 200")
    echo.start()
    wires = []
    for n in range(100):
        wire = echo.connect("echo")
        wire.say(f"LOGIN {'ann' if n % 2 else 'bob'} secret")
        wires.append(wire)
    for wire in wires:
        wire.expect("OK echo ready")
        wire.expect("OK user=")
    for wire in wires:
        wire.close()
