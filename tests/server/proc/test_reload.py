"""SIGHUP: new settings in new processes, nobody is lost. R-SVC-4, R-SVC-8."""
import os
import threading
import time

import pytest

from roost import alive, wait_until

SHOWN = "login_greeting"


def shown(wire):
    wire.say(f"GET {SHOWN}")
    return wire.line()


def shown_soon(echo, value):
    """A session that sees it; processes of before serve until the new ones are up."""
    def found():
        wire = echo.login()
        if shown(wire) == value:
            return wire
        wire.close()
        return None
    return wait_until(found, "the new setting")


def test_new_settings_for_new_sessions_old_ones_go_on(echo):
    echo.config(f"shutdown_clients = no\n{SHOWN} = before")
    echo.start()
    old = echo.login()
    assert shown(old) == "before"
    echo.config(f"shutdown_clients = no\n{SHOWN} = after")
    echo.reload()
    with shown_soon(echo, "after") as new:
        assert new.who.pid != old.who.pid
    assert shown(old) == "before"
    old.say("QUIT")
    old.closed()
    wait_until(lambda: not alive(old.who.pid), "the end of the old worker")


def test_sessions_are_closed_when_the_administrator_says_so(echo):
    echo.config("shutdown_clients = yes")
    echo.start()
    old = echo.login()
    echo.reload()
    assert "BYE Server shutting down." in old.closed()
    with echo.login():
        pass


def test_a_login_that_has_begun_goes_on(echo):
    echo.start()
    with echo.connect("echo") as wire:
        wire.expect("OK echo ready")
        echo.reload()
        time.sleep(0.5)
        wire.say("LOGIN ann secret")
        wire.expect("OK user=ann")


def test_no_login_is_lost_under_load(echo):
    echo.config("mail_max_userip_connections = 0\nshutdown_clients = no")
    echo.start()
    ended, problems, count = threading.Event(), [], [0]

    def log_in_all_the_time(user):
        try:
            while not ended.is_set():
                with echo.login(user) as wire:
                    wire.say("QUIT")
                    wire.closed()
                count[0] += 1
        except Exception as problem:    # pylint: disable=broad-except
            problems.append(f"{user}: {problem!r}")

    threads = [threading.Thread(target=log_in_all_the_time, args=(user,))
               for user in ("ann", "bob")]
    for thread in threads:
        thread.start()
    for _ in range(4):
        time.sleep(0.4)
        echo.reload()
    time.sleep(0.5)
    ended.set()
    for thread in threads:
        thread.join()
    assert not problems, "\n".join(problems) + echo.log()
    assert count[0] > 20


def test_a_broken_configuration_changes_nothing(echo):
    echo.config(f"{SHOWN} = before")
    echo.start()
    before = {process.pid for process in echo.children()}
    echo.config(f"{SHOWN} = after\nno_such_setting = 1")
    echo.reload()
    echo.wait_log("master: Error: .*no_such_setting")
    echo.wait_log("reload failed, going on with the configuration in use")
    assert {process.pid for process in echo.children()} == before
    with echo.login() as wire:
        assert shown(wire) == "before"
    echo.config(f"{SHOWN} = after")
    echo.reload()
    shown_soon(echo, "after").close()


@pytest.mark.skipif(os.geteuid() != 0, reason="services have users only under root")
def test_a_missing_user_changes_nothing(echo):
    echo.start()
    before = {process.pid for process in echo.children()}
    echo.config("default_login_user = no-such-user")
    echo.reload()
    echo.wait_log("reload failed, .*user no-such-user does not exist")
    assert {process.pid for process in echo.children()} == before
    with echo.login():
        pass


def test_listeners_come_and_go(echo):
    more = "service echo-login {{\n  inet_listener more {{\n    port = {}\n  }}\n}}"
    port = echo.port("more")
    echo.start()
    with pytest.raises(ConnectionRefusedError):
        echo.connect("more")
    echo.config(more.format(port))
    echo.reload()
    with echo.login(name="more"):
        pass
    echo.config("")
    echo.reload()

    def refused():
        try:
            echo.connect("more").close()
        except ConnectionRefusedError:
            return True
        return False
    wait_until(refused, "the end of the listener")
    with echo.login():
        pass
