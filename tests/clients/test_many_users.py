"""Deliveries to several users of uids of their own at once. DESIGN section 2, R-SVC-6."""
import pytest

from ledger import message
from lmtp import Lmtp
from roost import ROOT

EVERYONE = [f"{name}@example.org" for name in ("ann", "bob", "cat", "dan")]
pytestmark = pytest.mark.skipif(not ROOT, reason="only root can have users of several uids")


def deliver(roost):
    client = Lmtp(roost.connect("lmtp"))
    replies = client.send(EVERYONE, message("one"))
    client.close()
    return [reply[:3] for reply in replies]


def test_no_delivery_waits_for_that_of_another_user(roost):
    assert deliver(roost) == ["250"] * len(EVERYONE)
    assert "process_limit" not in roost.log()


def test_the_process_limit_of_imap_counts_for_deliveries_too(roost):
    roost.stop()
    roost.config(roost.extra + "service imap {\n  process_limit = 1\n}")
    roost.start()
    assert deliver(roost) == ["250"] * len(EVERYONE)
    assert "service(lmtp): process_limit (1) reached" in roost.log()
