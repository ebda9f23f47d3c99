"""kill -9 of any process while mail flows loses nothing that was acknowledged. DESIGN sections 2, 6."""
import glob
import os
import random
import signal
import time

import pytest

import postfix
from flow import Flow
from ledger import message
from postfix import Postfix
from roost import ROOT, wait_until

DOMAIN = "example.org"
USERS = [f"{name}@{DOMAIN}" for name in ("ann", "bob", "cat", "dan")]


def role(server, process):
    """front, worker, template or the name of a service that is one process."""
    if process.service in ("log", "anvil", "auth"):
        return process.service
    if not ROOT:
        return "any"
    if os.readlink(f"/proc/{process.pid}/root").endswith("/empty"):
        return "front"
    return "worker" if process.ids("Uid")[0] in server.uids.values() else "template"


def find(server, kind):
    """Processes of a kind such as "imap worker" or "auth"."""
    service, _, wanted = kind.partition(" ")
    found = []
    for process in server.children(service):
        try:
            if role(server, process) in (wanted or service, "any"):
                found.append(process)
        except OSError:
            continue			# it has ended meanwhile
    return found


def kill_one(server, kind, rng, spared=()):
    """One of them, but of no spared uid; returns its uid."""
    def victims():
        return [process for process in find(server, kind)
                if not ROOT or process.ids("Uid")[0] not in spared]
    victim = rng.choice(wait_until(victims, f"a process {kind}"))
    server.allow(rf"service\({victim.service}\): child {victim.pid} killed with signal 9")
    os.kill(victim.pid, signal.SIGKILL)
    return victim.ids("Uid")[0]


def kill_some(server, kinds, rng, times):
    """In turn; of workers those of each user in turn, as who crashes again is served later."""
    spared = {kind: set() for kind in kinds}
    for _ in range(times):
        for kind in kinds:
            uid = kill_one(server, kind, rng, spared[kind])
            if kind.endswith("worker"):
                spared[kind].add(uid)
            if len(spared[kind]) == len(USERS):
                spared[kind].clear()
            time.sleep(rng.uniform(0.1, 0.5))


def leftovers(server):
    """Locks and half-made files, which count for nothing after two minutes."""
    left = []
    for top in glob.glob(f"{server.dir}/home/*"):
        for folder, _, names in os.walk(top):
            left += [f"{folder}/{name}" for name in names
                     if name.endswith((".lock", ".tmp", ".bad"))]
    return left


def unwritten(server):
    """Messages that were being written: they stay in tmp for 36 hours."""
    return [path for top in glob.glob(f"{server.dir}/home/*/Maildir")
            for path in glob.glob(f"{top}/tmp/*")]


def restart(server):
    assert server.stop() == 0
    return server.start()


# Each time a service fails soon after the last one it stays away for longer, so few times must do.
VICTIMS = {"workers": (["imap worker", "lmtp worker"], 5),
           "templates": (["imap template", "lmtp template"], 2),
           "fronts": (["imap-login front", "lmtp front"], 2),
           "auth and anvil": (["auth", "anvil"], 2)}


@pytest.mark.parametrize("victims", VICTIMS)
def test_nothing_acknowledged_is_lost(roost, victims):
    kinds, times = VICTIMS[victims]
    flow = Flow(roost, USERS).start()
    flow.flows(10)
    kill_some(roost, kinds, random.Random(victims), times)
    flow.flows(20)
    flow.finish()
    found = flow.check()
    # With one uid for all it may have been any process of the service.
    assert flow.lost > 0 or victims == "templates" or not ROOT
    assert roost.master.poll() is None
    workers = times * len(kinds) if victims == "workers" or not ROOT else 0
    assert len(leftovers(roost)) <= workers
    assert len(unwritten(roost)) <= workers
    restart(roost)
    assert flow.check() == found


@pytest.mark.skipif(postfix.missing() is not None, reason=str(postfix.missing()))
def test_postfix_loses_nothing_either(roost, spool):
    """It counts as taken what it has queued, and sends again what roost did not acknowledge."""
    rng = random.Random(5)
    kinds = ["lmtp worker", "lmtp front", "auth", "anvil"]
    flow = Flow(roost, USERS, deliverers=0).start()
    with Postfix(spool, f"lmtp:unix:{roost.base_dir}/lmtp") as mail:
        smtp = mail.smtp()
        for number in range(40):
            to = rng.sample(USERS, rng.randint(1, 4))
            for user in to:
                # However often Postfix tries, which it does not tell.
                flow.ledgers[user].try_to_send(f"smtp-{number}", 1000)
                flow.ledgers[user].sent(f"smtp-{number}")
            smtp.sendmail("s@example.org", to, message(f"smtp-{number}"))
            if number % 10 == 9:
                kill_some(roost, [kinds[number // 10]], rng, 1)
        smtp.quit()
        mail.wait_empty()
        assert "status=bounced" not in mail.log()
    flow.finish()
    flow.check()
    assert len(leftovers(roost)) <= 1	# of the one worker
