"""roostadm beside a running server. R-DA-1, 3, 10, 11, 13, 14; exit codes of section 24."""
import json
import os
import re


def test_who_shows_sessions_by_user(server):
    with server.login("ann") as one, server.login("ann") as two, server.login("bob") as bob:
        done = server.admin("who", check=True)
        header, *lines = done.stdout.splitlines()
        assert header.split() == ["username", "#", "proto", "(pids)", "(ips)"]
        assert one.pid == two.pid
        assert sorted(line.split() for line in lines) == [
            ["ann", "2", "echo", f"({one.pid})", "(127.0.0.1)"],
            ["bob", "1", "echo", f"({bob.pid})", "(127.0.0.1)"]]
        single = server.admin("who", "-1", "a*", check=True).stdout.splitlines()
        assert [line.split() for line in single] == [
            ["username", "proto", "pid", "ip"], *[["ann", "echo", str(one.pid), "127.0.0.1"]] * 2]
        assert len(server.admin("who", "10.0.0.0/8", check=True).stdout.splitlines()) == 1
        assert len(server.admin("who", "127.0.0.0/8", "bob",
                                check=True).stdout.splitlines()) == 2
        rows = json.loads(server.admin("-f", "json", "who", "b?b", check=True).stdout)
        assert rows == [{"username": "bob", "#": "1", "proto": "echo", "(pids)": f"({bob.pid})",
                         "(ips)": "(127.0.0.1)"}]


def test_kick_ends_sessions_and_tells_them(server):
    with server.login("ann") as ann, server.login("bob") as bob:
        done = server.admin("kick", "ann", check=True)
        assert "ann" in done.stdout and "bob" not in done.stdout
        assert "BYE Kicked by administrator" in ann.closed()
        bob.say("ECHO still here")
        bob.expect("still here$")
        assert server.admin("kick", "nobody").returncode == 68
        assert server.admin("kick").returncode == 64
        server.admin("kick", "127.0.0.1", check=True)
        assert "BYE Kicked by administrator" in bob.closed()


def test_user_shows_fields_and_lists_names(server):
    lines = server.admin("user", "ann", check=True).stdout.splitlines()
    uid = str(server.uids["ann"])
    assert lines[:4] == ["field\tvalue", f"uid\t{uid}", lines[2],
                         f"home\t{server.dir}/home/ann"]
    assert lines[4].startswith("mail\t")
    assert server.admin("user", "-f", "uid", "ann", check=True).stdout == uid + "\n"
    assert server.admin("user", "-e", "%u at %h", "ann",
                        check=True).stdout == f"ann at {server.dir}/home/ann\n"
    assert server.admin("user", "*", check=True).stdout.splitlines() == ["ann", "bob"]
    both = server.admin("user", "ann", "bob", check=True).stdout
    assert "userdb: ann\n" in both and re.search(r"^  uid       : ", both, re.M)
    nobody = server.admin("user", "nope")
    assert nobody.returncode == 67
    assert nobody.stderr == "userdb lookup: user nope doesn't exist\n"


def test_auth_test_says_whether_the_password_is_right(server):
    done = server.admin("auth", "test", "ann", "secret", check=True)
    assert done.stdout.splitlines()[:2] == ["passdb: ann auth succeeded", "extra fields:"]
    wrong = server.admin("auth", "test", "ann", "wrong")
    assert wrong.returncode == 77
    assert wrong.stdout.startswith("passdb: ann auth failed\n")
    assert "secret" not in server.log()
    assert "user" in server.admin("auth", "lookup", "ann", check=True).stdout
    assert server.admin("auth", "lookup", "nope").returncode == 67


def test_module_list_says_what_is_loaded_and_why(server):
    rows = json.loads(server.admin("-f", "json", "module", "list", check=True).stdout)
    named = {(row["service"], row["module"]): row for row in rows}
    assert named[("echo", "echo")]["version"] == "1.0"
    assert named[("echo", "echo")]["abi"] == "1.0"
    assert named[("echo", "echo")]["file"].endswith("/modules/echo.so")
    assert re.search(r"roost.conf:\d+ \(protocols\)", named[("echo", "echo")]["named at"])
    assert re.search(r"roost.conf:\d+ \(passdb", named[("auth", "passwd_file")]["named at"])
    assert ("echo", "passwd_file") not in named


def test_reload_and_stop(server):
    server.admin("reload", check=True)
    server.wait_log("SIGHUP received")
    server.config("no_such_setting = 1")
    broken = server.admin("reload")
    assert broken.returncode == 89
    assert "no_such_setting" in broken.stderr
    assert server.log().count("SIGHUP received") == 1
    server.config("")
    server.admin("stop", check=True)
    server.master.wait(timeout=10)
    again = server.admin("stop")
    assert again.returncode == 75
    assert again.stderr == (f"Fatal: Roost is not running (read from "
                            f"{server.base_dir}/master.pid)\n")
    assert server.admin("reload").returncode == 75
    assert server.admin("who").returncode == 75


def test_log_commands(server):
    lines = server.admin("log", "find", check=True).stdout.splitlines()
    assert lines == [f"{level}: {server.log_path}" for level in
                     ("Debug", "Info", "Warning", "Error", "Fatal")]
    server.admin("log", "reopen", check=True)
    server.wait_log("SIGUSR1 received")


def test_usage(server):
    unknown = server.admin("frobnicate")
    assert unknown.returncode == 64
    assert "unknown command: frobnicate" in unknown.stderr and "usage:" in unknown.stderr
    assert server.admin("-f", "xml", "who").returncode == 64
    assert server.admin("who", "-Z").returncode == 64
    listed = server.admin("help", check=True).stdout
    for command in ("who", "kick", "user", "auth test", "module list", "reload", "stop"):
        assert re.search(rf"^  {command} ", listed, re.M), command
    assert "[USER MASK]" in server.admin("help", "who", check=True).stdout


def test_the_socket_is_not_for_everybody(server):
    mode = os.stat(server.base_dir + "/anvil").st_mode & 0o777
    assert mode == 0o600
