"""kill -9 of any process: the server goes on. DESIGN section 2, "Loss of a process"; R-SVC-7."""
import os
import signal
import time

import pytest

from roost import wait_until
from wire import Closed


def kill(server, service, number=signal.SIGKILL):
    """All processes of that name; returns when the newest of those that follow runs."""
    old = [process.pid for process in server.children(service)]
    assert old, [process.argv for process in server.children()]
    for pid in old:
        os.kill(pid, number)
    wait_until(lambda: [process for process in server.children(service)
                        if process.pid not in old], f"a new {service}")
    server.allow(rf"service\({service}\): child \d+ killed with signal")


def log_in_somehow(server, user="ann"):
    """Within a few seconds; temporary failures may come before."""
    end = time.monotonic() + 15
    while True:
        try:
            with server.login(user):
                return
        except (Closed, ConnectionError, AssertionError):
            assert time.monotonic() < end, server.log()
            time.sleep(0.1)


@pytest.mark.parametrize("service", ["echo-login", "auth", "anvil", "log"])
def test_a_process_that_is_killed_comes_back(server, service):
    with server.login():
        pass
    kill(server, service)
    log_in_somehow(server)
    log_in_somehow(server, "bob")
    server.wait_log(rf"service\({service}\): child \d+ killed with signal 9")
    server.wait_log("Login: user=<bob>")


def test_sessions_outlive_auth_anvil_log_and_front(server):
    with server.login() as wire:
        for service in ("auth", "anvil", "log", "echo-login"):
            kill(server, service)
            wire.say(f"ECHO after {service}")
            wire.expect(f"after {service}$")
        # The new anvil knows the session, and counts it.
        time.sleep(0.3)
        log_in_somehow(server)


def test_limits_hold_over_a_new_anvil(echo):
    echo.config("mail_max_userip_connections = 2")
    echo.start()
    with echo.login(), echo.login():
        kill(echo, "anvil")
        time.sleep(0.5)
        with echo.connect("echo") as third:
            third.say("LOGIN ann secret")
            third.expect("OK echo ready")
            third.expect("NO 8")


def test_workers_of_an_anvil_that_is_gone_end_with_their_sessions(server):
    with server.login() as wire:
        kill(server, "anvil")
        pid = wire.who.pid
    wait_until(lambda: pid not in [process.pid for process in server.children()],
               "the end of the worker")


def worker_and_template(server, who):
    """Both are named echo; the worker is the one that serves."""
    return [process.pid for process in server.children("echo") if process.pid != who.pid]


def test_a_template_that_is_killed_comes_back(server):
    with server.login() as wire:
        template = worker_and_template(server, wire.who)[0]
        os.kill(template, signal.SIGKILL)
        server.allow(r"service\(echo\): child \d+ killed with signal 9")
        wire.say("ECHO still here")
        wire.expect("still here$")
        log_in_somehow(server, "bob")


def test_a_crash_costs_one_user_a_reconnect(server):
    server.allow(r"service\(echo\): child \d+ killed with signal 6")
    with server.login("bob") as bob:
        ann = server.login()
        template = [pid for pid in worker_and_template(server, bob.who) if pid != ann.who.pid]
        ann.say("CRASH")
        ann.closed()
        server.wait_log(r"service\(echo\): child \d+ killed with signal 6 \(core not dumped\)")
        # The next workers come from a new template, with a new address layout.
        wait_until(lambda: template[0] not in [process.pid for process in
                                               server.children("echo")], "a new template")
        bob.say("ECHO untouched")
        bob.expect("untouched$")
        begin = time.monotonic()
        with server.login():
            assert time.monotonic() - begin > 0.4       # crash and reconnect is no oracle


def test_a_front_that_crashes_takes_nobody_along(server):
    server.allow(r"service\(echo-login\): child \d+ killed with signal 6")
    with server.login() as session, server.connect("echo") as wire:
        wire.expect("OK echo ready")
        wire.say("CRASH")
        wire.closed()
        session.say("ECHO untouched")
        session.expect("untouched$")
        log_in_somehow(server, "bob")


def test_what_fails_again_and_again_is_started_less_often(server):
    server.allow(r"service\(auth\): child \d+ killed with signal 9")
    kill(server, "auth")                # the first time at once
    os.kill(server.children("auth")[0].pid, signal.SIGKILL)
    server.wait_log(r"service\(auth\): failing, next try in 2 s")
    assert not server.children("auth")
    log_in_somehow(server)


def test_children_end_when_the_master_is_killed(server):
    pids = [process.pid for process in server.children()]
    with server.login():
        server.master.kill()
        server.master.wait()
        server.master = None
        server.output.close()
        wait_until(lambda: not [pid for pid in pids if os.path.exists(f"/proc/{pid}")],
                   "the end of all children")


def test_it_starts_again_after_the_master_was_killed(server):
    server.children()
    server.master.kill()
    server.master.wait()
    server.output.close()
    server.start()
    with server.login():
        pass
