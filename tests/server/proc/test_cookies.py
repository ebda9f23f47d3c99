"""A front that was broken into cannot log anybody in. DESIGN sections 2 and 8."""
import pytest


def steal(server, what):
    with server.connect("echo") as wire:
        wire.expect("OK echo ready")
        wire.say(f"STEAL {what}")
        return wire.line()


def test_a_made_up_cookie_is_refused(server):
    answer = steal(server, "made-up")
    assert answer in ("result 4, closed", "no answer")
    server.wait_log("auth approved no such cookie")


@pytest.mark.parametrize("what", ["other-service", "as-job"])
def test_a_cookie_is_good_for_what_it_was_given_for(server, what):
    assert steal(server, what) in ("result 4, closed", "no answer")
    server.wait_log("with a cookie that is not its own; refused")


def test_a_front_cannot_get_cookies_of_other_services(server):
    """It may ask; but anvil and the worker hold the cookie against the front's own service."""
    answer = steal(server, "foreign-service")
    assert answer in ("no cookie", "a cookie for imap")


def test_a_cookie_is_good_once(server):
    answer = steal(server, "replay")
    assert answer in ("no answer", "result 4, closed")


def test_what_looks_like_a_theft_is_one_of_a_valid_cookie(server):
    """The attempts above fail for the reason that they name: the same thief with his own is served."""
    assert steal(server, "own") == "result 0, served"
