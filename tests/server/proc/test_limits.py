"""Limits are strict, and said in the log. R-SVC-6, R-SVC-9."""
import functools
import re
import resource
import subprocess
import time

import roost
from wire import Closed


def test_connections_of_a_user_from_one_address(echo):
    echo.config("mail_max_userip_connections = 3\ndisable_plaintext_auth = no")
    echo.start()
    wires = []
    for _ in range(10):                 # a burst, without any pause
        wires.append(echo.connect("echo"))
        wires[-1].say("LOGIN ann secret")
    for wire in wires:
        wire.expect("OK echo ready")
    answers = [wire.line() for wire in wires]
    assert len([line for line in answers if line.startswith("OK")]) == 3
    refused = [line for line in answers if line.startswith("NO")]
    assert refused == ["NO 8 Maximum number of connections from user+IP exceeded "
                       "(mail_max_userip_connections=3)"] * 7
    # Another user and another address count apart; who leaves makes room.
    with echo.login("bob"), echo.login("ann", source="127.0.0.2"):
        pass
    served = wires[[line.startswith("OK") for line in answers].index(True)]
    served.say("QUIT")
    served.closed()
    with echo.login("ann"):
        pass
    for wire in wires:
        wire.close()


def test_the_limit_may_differ_by_protocol(echo):
    echo.config("mail_max_userip_connections = 1\n"
                "protocol echo {\n  mail_max_userip_connections = 2\n}")
    echo.start()
    with echo.login(), echo.login(), echo.connect("echo") as wire:
        wire.say("LOGIN ann secret")
        wire.expect("OK echo ready")
        wire.expect("NO 8")


def test_process_limit_makes_the_next_wait_until_one_is_free(echo):
    echo.config("service echo {\n  process_limit = 1\n}")
    echo.start()
    ann = echo.login()
    with echo.connect("echo") as bob:
        bob.say("LOGIN bob secret")
        bob.expect("OK echo ready")
        echo.wait_log(r"service\(echo\): process_limit \(1\) reached, client connections are "
                      r"being dropped")
        assert bob.quiet(0.3)
        ann.say("QUIT")
        ann.closed()
        bob.expect("OK user=bob")
    assert len(re.findall("process_limit", echo.log())) == 1


def test_client_limit_drops_who_has_talked_longest_without_login(echo):
    echo.config("service echo-login {\n  client_limit = 5\n}")
    echo.start()
    wires = []
    for _ in range(5):
        wires.append(echo.connect("echo"))
        wires[-1].expect("OK echo ready")
    with echo.login():
        assert "BYE Connection queue full." in wires[0].closed()
        wires[4].say("CAPA")
        wires[4].expect("PLAIN")
        echo.wait_log(r"service\(echo-login\): client_limit \(5\) reached, client connections "
                      r"are being dropped")
    for wire in wires:
        wire.close()


def test_service_count_ends_a_worker(echo):
    echo.config("service echo {\n  service_count = 2\n}")
    echo.start()
    pids = []
    for _ in range(4):
        with echo.login() as wire:
            pids.append(wire.who.pid)
            wire.say("QUIT")
            wire.closed()
        time.sleep(0.05)
    assert pids[0] == pids[1] != pids[2] == pids[3]


def test_no_login_is_lost_when_workers_end_all_the_time(echo):
    echo.config("service echo {\n  service_count = 2\n}")
    echo.start()
    for n in range(60):
        with echo.login("ann" if n % 3 else "bob") as wire:
            wire.say("QUIT")
            wire.closed()


def test_too_few_descriptors_are_said_at_the_start(echo):            # R-SVC-6
    echo.config("service echo-login {\n  client_limit = 2000000\n}")
    echo.start()
    echo.wait_log(r"master: Warning: service\(echo-login\): client_limit \(2000000\) needs "
                  r"2000064 descriptors, ulimit -n gives \d+: raise the one")
    assert "service(echo): client_limit" not in echo.log()


def test_out_of_descriptors_a_front_waits_and_comes_back(echo, monkeypatch):
    def limit():
        resource.setrlimit(resource.RLIMIT_NOFILE, (60, 60))
    monkeypatch.setattr(roost.subprocess, "Popen",
                        functools.partial(subprocess.Popen, preexec_fn=limit))
    echo.start()
    monkeypatch.undo()
    wires = [echo.connect("echo") for _ in range(80)]
    echo.wait_log(r"echo-login: Error: accept on echo: Too many open files; new connections wait")
    time.sleep(1.5)
    assert len(re.findall("accept on", echo.log())) == 1
    for wire in wires:
        wire.close()
    with echo.login():
        pass


def start_with_descriptors(echo, monkeypatch, count, more=""):
    def limit():
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, count))
    monkeypatch.setattr(roost.subprocess, "Popen",
                        functools.partial(subprocess.Popen, preexec_fn=limit))
    echo.config("mail_max_userip_connections = 0\n" + more)
    echo.start()
    monkeypatch.undo()


def test_out_of_descriptors_a_worker_refuses_one_session_alone(echo, monkeypatch):
    start_with_descriptors(echo, monkeypatch, 60)
    wires, refused = [echo.login()], None
    while refused is None and len(wires) < 60:
        wire = echo.connect("echo")
        wire.say("LOGIN ann secret")
        wire.expect("OK echo ready")
        try:
            wire.expect("OK user=ann")
            wires.append(wire)
        except Closed:
            refused = wire
    assert refused is not None and len(wires) > 20
    refused.close()
    echo.wait_log("the hand-over brought no connection")
    assert wires[1].quiet(0.2)
    wires[1].say("QUIT")
    wires[1].closed()
    with echo.login() as again:
        assert again.who.pid == wires[0].who.pid
    for wire in wires:
        wire.close()


def test_no_more_wait_for_a_worker_than_there_are_descriptors(echo, monkeypatch):
    start_with_descriptors(echo, monkeypatch, 100, "service echo {\n  process_limit = 1\n}")
    ann = echo.login()
    wires = []
    for _ in range(60):
        wires.append(echo.connect("echo"))
        wires[-1].expect("OK echo ready")
        wires[-1].say("LOGIN bob secret")
    refused = [wire.line() for wire in wires[50:]]
    assert refused == ["NO 4 Too many connections are waiting"] * 10
    ann.say("QUIT")
    ann.closed()
    for wire in wires[:50]:
        wire.expect("OK user=bob")
    for wire in wires:
        wire.close()
