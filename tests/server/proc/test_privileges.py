"""What /proc says of every process, against the table of DESIGN section 2."""
import grp
import os
import pwd

import pytest

from roost import ROOT, Process

CAP_SETGID, CAP_SETUID = 1 << 6, 1 << 7


def real_ids(name):
    entry = pwd.getpwnam(name)
    return entry.pw_uid, entry.pw_gid


def by_role(server):
    """log, anvil, auth, echo-login, template, worker."""
    roles = {}
    for process in server.settle():
        role = process.service
        if role == "echo":
            role = "worker" if process.pid == server.session.who.pid else "template"
        roles[role] = process
    return roles


@pytest.fixture
def roles(echo):
    echo.user("carl", uid=None)
    echo.start()
    echo.session = echo.login()
    # Read again: what a process gave up, it may have given up since.
    yield {role: Process(process.pid) for role, process in by_role(echo).items()}
    echo.session.close()


def capabilities(process):
    return {name: int(process.status[name], 16) for name in ("CapPrm", "CapEff", "CapInh",
                                                             "CapAmb")}


def test_all_are_there(roles):
    assert set(roles) == {"log", "anvil", "auth", "echo-login", "template", "worker"}


@pytest.mark.skipif(not ROOT, reason="one uid for all")
def test_nobody_but_the_master_is_root(roles, echo):
    internal, login = real_ids("daemon"), real_ids("nobody")
    mail = (echo.uids["ann"], echo.uids["ann"])
    expected = {"log": internal, "anvil": internal, "auth": internal, "echo-login": login,
                "template": internal, "worker": mail}
    for role, process in roles.items():
        uid, gid = expected[role]
        assert process.ids("Uid") == [uid] * 4, role
        assert process.ids("Gid") == [gid] * 4, role
        assert 0 not in process.ids("Groups"), role
    assert roles["worker"].ids("Groups") in ([], [mail[1]])
    known = {group.gr_gid for group in grp.getgrall() if "nobody" in group.gr_mem}
    assert set(roles["echo-login"].ids("Groups")) <= known | {login[1]}


@pytest.mark.skipif(not ROOT, reason="one uid for all")
def test_capabilities_are_gone_but_for_the_template_that_forks(roles):
    for role, process in roles.items():
        held = capabilities(process)
        if role == "template":
            assert held["CapEff"] == held["CapPrm"] == CAP_SETUID | CAP_SETGID
        else:
            assert held == {"CapPrm": 0, "CapEff": 0, "CapInh": 0, "CapAmb": 0}, role


def test_no_new_privileges_and_filtered_calls(roles):
    for role, process in roles.items():
        assert process.status["NoNewPrivs"] == "1", role
        if role != "log":
            assert process.status["Seccomp"] == "2", role


@pytest.mark.skipif(not ROOT, reason="whoever may look at others' memory")
def test_memory_is_readable_by_nobody(roles):
    """Not dumpable: /proc belongs to root, whoever the process is."""
    for role, process in roles.items():
        assert os.stat(f"/proc/{process.pid}/environ").st_uid == 0, role
        assert os.stat(f"/proc/{process.pid}/mem").st_uid == 0, role


@pytest.mark.skipif(not ROOT, reason="chroot is root's")
def test_the_front_sees_an_empty_root(roles, echo):
    assert os.readlink(f"/proc/{roles['echo-login'].pid}/root") == echo.base_dir + "/empty"
    assert os.listdir(echo.base_dir + "/empty") == []


def descriptors(process):
    folder = f"/proc/{process.pid}/fd"
    return sorted((int(fd), os.readlink(f"{folder}/{fd}")) for fd in os.listdir(folder))


@pytest.mark.skipif(not ROOT, reason="the processes are not dumpable")
def test_descriptors_are_sockets_and_pipes(roles, echo):
    for role, process in roles.items():
        for number, target in descriptors(process):
            kind = target.split(":")[0]
            known = ("socket", "pipe", "anon_inode") + (
                ("/dev/null",) if number < 3 else ()) + (
                (echo.log_path, echo.dir + "/output") if role == "log" else ()) + (
                ("/tmp",) if role == "echo-login" else ()) + (
                (echo.users_path,) if role == "auth" else ())
            assert kind in known or target in known, (role, number, target)
    # Listeners are where they are served, and nowhere else.
    assert len(descriptors(roles["worker"])) < 15
    assert len(descriptors(roles["template"])) < 8


@pytest.mark.parametrize("what", ["exec", "kill", "ptrace", "root", "other"])
def test_a_worker_that_was_broken_into_cannot(echo, what):
    echo.start()
    with echo.login() as wire:
        wire.say(f"TRY {what}")
        wire.expect("EPERM$")


@pytest.mark.skipif(not ROOT, reason="one uid for all")
def test_a_service_with_an_user_serves_nobody_else(echo):            # S-05
    uid, gid = real_ids("mail")
    echo.user("mia", uid=uid)
    echo.config(f"first_valid_uid = {uid}\nservice echo {{\n  user = mail\n}}")
    echo.start()
    with echo.login("mia") as mia:
        assert (mia.who.uid, mia.who.gid) == (uid, gid)
        for process in echo.children("echo"):
            assert process.ids("Uid") == [uid] * 4
            assert not any(capabilities(process).values())
    with echo.connect("echo") as ann:
        ann.say("LOGIN ann secret")
        ann.expect("OK echo ready")
        ann.expect("NO 4 Internal error occurred")
    echo.wait_log(r"service\(echo\): a worker as uid \d+, gid \d+ was refused: the service's user, "
                  rf"or mail_uid and mail_gid, are {uid}, {gid}")
