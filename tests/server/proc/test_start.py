"""Starting, stopping, logs: R-SVC-4, R-SVC-5, R-SVC-7, R-LG-1, exit codes of section 24."""
import os
import re
import signal
import subprocess

from roost import alive, program, wait_until


def test_the_start_is_said_and_files_are_there(server):
    server.wait_log(r"master: Info: Roost v\S+ starting up for echo \(core dumps disabled\)")
    assert os.path.realpath(server.base_dir + "/dovecot.conf") == server.conf_path
    with open(server.base_dir + "/master.pid", encoding="utf-8") as pid:
        assert int(pid.read()) == server.master.pid
    for name, mode in (("auth-userdb", 0o666), ("auth-client", 0o600), ("anvil", 0o600)):
        assert os.stat(f"{server.base_dir}/{name}").st_mode & 0o777 == mode, name


def test_stop_says_goodbye_and_leaves_nothing(server):
    session, talking = server.login(), server.connect("echo")
    talking.expect("OK echo ready")
    pids = [process.pid for process in server.children()]
    assert server.stop() == 0
    assert "BYE Server shutting down." in session.closed()
    assert "BYE Server shutting down." in talking.closed()
    assert not [pid for pid in pids if alive(pid)]
    assert not os.path.exists(server.base_dir + "/master.pid")
    assert not os.path.exists(server.base_dir + "/auth-client")
    assert "Killed with signal 15" in server.log()


def test_it_does_not_start_twice(server):
    second = server.run("roost", "-F", "-c", server.conf_path)
    assert second.returncode == 89
    assert f"already running with PID {server.master.pid}" in second.stderr
    with server.login():
        pass


def test_stop_and_reload_by_command(server):
    assert server.run("roost", "-c", server.conf_path, "reload").returncode == 0
    server.wait_log("SIGHUP received")
    assert server.run("roost", "-c", server.conf_path, "stop").returncode == 0
    server.master.wait(timeout=10)
    done = server.run("roost", "-c", server.conf_path, "stop")
    assert done.returncode == 75
    assert f"Roost is not running (read from {server.base_dir}/master.pid)" in done.stderr


def test_in_the_background_it_lets_go_of_its_starter(echo):
    echo.write_config()
    done = echo.run("roost", "-c", echo.conf_path)      # would wait for the pipes' end
    assert done.returncode == 0, done.stderr
    # It is there, and locked, before the pid is in it.
    wait_until(lambda: os.path.exists(echo.base_dir + "/master.pid") and
               os.path.getsize(echo.base_dir + "/master.pid"), "the pid file")
    with open(echo.base_dir + "/master.pid", encoding="utf-8") as pid:
        master = int(pid.read())
    with echo.login():
        pass
    assert echo.run("roost", "-c", echo.conf_path, "stop").returncode == 0
    # It has let go of all when its lock is free, and ends within a moment.
    wait_until(lambda: not alive(master), "the end of the master")


def test_a_refused_configuration_ends_with_89_and_all_errors(echo):
    echo.config("no_such = 1\nneither = 2")
    done = echo.run("roost", "-F", "-c", echo.conf_path)
    assert done.returncode == 89
    assert "no_such" in done.stderr and "neither" in done.stderr


def test_a_port_that_is_taken_ends_with_89(echo, make_roost):
    other = make_roost("echo")
    other.ports["echo"] = echo.port("echo")
    echo.start()
    other.write_config()
    done = other.run("roost", "-F", "-c", other.conf_path)
    assert done.returncode == 89
    assert "Address already in use" in done.stderr
    with echo.login():
        pass


def test_sigusr1_reopens_the_log(server):
    with server.login():
        pass
    server.wait_log("Login: user=<ann>")
    os.rename(server.log_path, server.log_path + ".1")
    server.master.send_signal(signal.SIGUSR1)
    wait_until(lambda: os.path.exists(server.log_path), "a new log file")
    with server.login("bob"):
        pass
    server.wait_log("Login: user=<bob>")
    assert "Login: user=<ann>" not in server.log()


def test_what_is_said_last_is_still_logged(server):
    wires = [server.login("ann" if n % 2 else "bob") for n in range(8)]
    server.stop()
    assert len(re.findall(r"Info: Server shutting down\.", server.log())) == len(wires)


def test_the_master_links_neither_loop_nor_tls():
    """It runs as root for ever: what it does not link cannot be turned against it."""
    linked = subprocess.run(["ldd", program("roost")], capture_output=True, text=True,
                            check=True).stdout
    for name in ("libuv", "libssl", "libcrypto", "libroost", "libltdl", "libseccomp"):
        assert name not in linked


def test_children_inherit_no_foreign_environment(server):
    os.environ["SECRET_OF_THE_STARTER"] = "1"
    if os.geteuid() == 0:
        for child in server.children():
            with open(f"/proc/{child.pid}/environ", "rb") as environ:
                names = {entry.split(b"=")[0].decode() for entry in environ.read().split(b"\0")}
            assert not names & {"SECRET_OF_THE_STARTER", "HOME", "LD_PRELOAD"}, child.service


def test_versions_and_usage(echo):
    assert re.match(r"\d+\.\d+", echo.run("roost", "--version").stdout)
    assert echo.run("roost", "--hostdomain").stdout.strip()
    assert echo.run("roost", "--no-such-option").returncode == 64
    assert echo.run("roost", "-c", "/nonexistent/roost.conf").returncode == 89
