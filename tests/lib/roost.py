"""A real roost in a temporary directory, from the build's own installation, as root or as anybody.

    roost = Roost()
    roost.user("ann", "secret")
    roost.config("protocols = echo")
    roost.start()
    ...
    roost.close()       stops it, looks that nothing is left of it and that the log has no accidents

As root its users have uids of their own; otherwise all is one uid. $ROOST_BUILD names the build
directory (build/ beside tests/ when unset); "make install" has filled its root/.
"""
import glob
import itertools
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from wire import TIMEOUT, Wire

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.abspath(os.environ.get("ROOST_BUILD") or os.path.join(TOP, "build"))
ROOT = os.geteuid() == 0
PREFIX = BUILD + "/root"
PORTS = itertools.count(11000 + 2000 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) +
                        os.getpid() % 1000)
PROGRAMS = {"roost": "sbin", "roostadm": "bin", "roostconf": "bin"}
# What may never be in a log, unless a test says so with allow().
ACCIDENT = re.compile(r"Panic:|Fatal:|[Aa]ssert|AddressSanitizer|LeakSanitizer|runtime error:|"
                      r"stack smashing|double free|corrupted")
FIRST_UID = 20000


def program(name):
    """The path of an installed program."""
    return f"{PREFIX}/{PROGRAMS[name]}/{name}"


def free_port():
    """
    A port of the loopback that nobody has now, below those that the kernel gives to clients. Tests
    that run beside each other (pytest -n) have a range each.
    """
    while True:
        port = next(PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def wait_until(true, what, timeout=TIMEOUT):
    """Ask again and again; returns what true() returned."""
    end = time.monotonic() + timeout
    while True:
        result = true()
        if result:
            return result
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.01)


class Process:
    """One process as /proc shows it."""

    def __init__(self, pid):
        self.pid = pid
        self.status = {}
        for line in open(f"/proc/{pid}/status", encoding="utf-8"):
            name, _, value = line.partition(":")
            self.status[name] = value.strip()
        with open(f"/proc/{pid}/cmdline", "rb") as cmdline:
            self.argv = cmdline.read().decode().rstrip("\0").split("\0")
        self.parent = int(self.status["PPid"])

    @property
    def service(self):
        """As the master named it: roost-server SERVICE."""
        return self.argv[-1]

    def ids(self, name):
        return [int(word) for word in self.status[name].split()]


def processes():
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                found.append(Process(int(name)))
            except (FileNotFoundError, ProcessLookupError, KeyError):
                continue
    return found


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


class Roost:
    """One server and its directory."""

    def __init__(self, protocols=""):
        self.dir = tempfile.mkdtemp(prefix="roost-", dir="/tmp")
        os.chmod(self.dir, 0o755)
        self.base_dir = self.dir + "/run"
        self.log_path = self.dir + "/roost.log"
        self.conf_path = self.dir + "/roost.conf"
        self.users_path = self.dir + "/users"
        self.modules = self.dir + "/modules"
        self.protocols = protocols
        self.ports = {}
        self.extra = ""
        self.master = None
        self.uids = {}
        self.passwords = {}
        self.allowed = []
        self.seen = set()
        open(self.users_path, "w", encoding="utf-8").close()
        self.link_modules()

    def link_modules(self):
        """All that were built, and the toy protocol, in one directory as an installation has it."""
        os.mkdir(self.modules, 0o755)
        for path in (glob.glob(f"{PREFIX}/lib/roost/modules/*.so") +
                     glob.glob(f"{BUILD}/tests/modules/.libs/echo.so")):
            os.symlink(path, f"{self.modules}/{os.path.basename(path)}")

    # --- what it is to be

    def user(self, name, password="secret", uid=None, fields=""):
        """One more user, of an uid of his own when that can be; returns his home."""
        if uid is None:
            uid = FIRST_UID + len(self.uids) if ROOT else os.getuid()
        gid = uid if ROOT else os.getgid()
        home = f"{self.dir}/home/{name}"
        os.makedirs(home, exist_ok=True)
        if ROOT:
            os.chown(home, uid, gid)
        self.uids[name] = uid
        self.passwords[name] = password
        with open(self.users_path, "a", encoding="utf-8") as users:
            users.write(f"{name}:{{PLAIN}}{password}:{uid}:{gid}::{home}::{fields}\n")
        return home

    def port(self, name):
        """The port of an inet_listener, chosen when first asked for."""
        if name not in self.ports:
            self.ports[name] = free_port()
        return self.ports[name]

    def certificate(self, name="localhost"):
        """Make a key and a self-signed certificate; returns their settings."""
        path = f"{self.dir}/{name}"
        if not os.path.exists(path + ".pem"):
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                            "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                            f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}",
                            "-keyout", path + ".key", "-out", path + ".pem"],
                           check=True, capture_output=True)
        return f"ssl_cert = <{path}.pem\nssl_key = <{path}.key\n"

    def listeners(self):
        """The usual ports of each protocol, elsewhere."""
        text = ""
        for protocol in self.protocols.split():
            if protocol == "lmtp":
                continue
            service = "managesieve" if protocol == "sieve" else protocol
            text += (f"service {service}-login {{\n  inet_listener {protocol} {{\n"
                     f"    port = {self.port(protocol)}\n  }}\n")
            if protocol != "sieve":
                text += (f"  inet_listener {protocol}s {{\n    port = "
                         f"{self.port(protocol + 's')}\n    ssl = yes\n  }}\n")
            text += f"}}\nservice {service} {{\n}}\n"
        return text

    def base_config(self):
        text = f"""base_dir = {self.base_dir}
log_path = {self.log_path}
listen = 127.0.0.1
protocols = {self.protocols}
ssl = no
auth_failure_delay = 0
passdb {{
  driver = passwd-file
  args = scheme=plain username_format=%u {self.users_path}
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {self.users_path}
}}
"""
        if ROOT:
            # Users that every system has: these tests create none.
            text += ("default_internal_user = daemon\ndefault_internal_group = daemon\n"
                     "default_login_user = nobody\n")
        else:
            text += "first_valid_uid = 1\n"
        return text + self.listeners()

    def config(self, text=""):
        """Replace what stands after the usual settings."""
        self.extra = text
        self.write_config()

    def write_config(self):
        with open(self.conf_path, "w", encoding="utf-8") as conf:
            conf.write(self.base_config() + self.extra + "\n")

    # --- its life

    def environment(self, **more):
        env = {name: value for name, value in os.environ.items()
               if name in ("PATH", "HOME", "LANG", "TZ")}
        env.update(ROOST_MODULEDIR=self.modules,
                   # Processes that nobody may trace cannot look for leaks.
                   ASAN_OPTIONS="detect_leaks=0:abort_on_error=1",
                   UBSAN_OPTIONS="print_stacktrace=1", **more)
        return env

    def run(self, name, *args, check=False, stdin=None, **options):
        """One of our programs, to its end: "roostadm", "roost"."""
        done = subprocess.run([program(name), *args], env=self.environment(),
                              input=stdin, capture_output=True, text=True, timeout=90, check=False,
                              **options)
        if check:
            assert done.returncode == 0, (args, done.returncode, done.stdout, done.stderr)
        return done

    def admin(self, *args, **options):
        return self.run("roostadm", "-c", self.conf_path, *args, **options)

    def start(self, *args):
        """In the foreground, until it has written its pid."""
        if not os.path.exists(self.conf_path):
            self.write_config()
        self.output = open(self.dir + "/output", "a", encoding="utf-8")
        self.master = subprocess.Popen(
            [program("roost"), "-F", "-c", self.conf_path, *args], env=self.environment(),
            stdin=subprocess.DEVNULL, stdout=self.output, stderr=subprocess.STDOUT)
        wait_until(self.started, "the start")
        self.settle()
        return self

    def started(self):
        if self.master.poll() is not None:
            raise AssertionError(f"roost ended with {self.master.returncode}: {self.said()}\n"
                                 f"{self.log()}")
        try:
            with open(self.base_dir + "/master.pid", encoding="utf-8") as pid:
                return pid.read() == f"{self.master.pid}\n"
        except FileNotFoundError:
            return False

    def said(self):
        with open(self.dir + "/output", encoding="utf-8", errors="replace") as output:
            return output.read()

    def log(self):
        try:
            with open(self.log_path, encoding="utf-8", errors="replace") as log:
                return log.read()
        except FileNotFoundError:
            return ""

    def wait_log(self, pattern, timeout=TIMEOUT, count=1):
        """A log line that matches, now or soon."""
        def found():
            matches = list(re.finditer(pattern, self.log(), re.M))
            return matches[count - 1] if len(matches) >= count else None
        try:
            return wait_until(found, "a log line", timeout)
        except AssertionError:
            raise AssertionError(f"no log line like {pattern!r} in\n{self.log()}") from None

    def allow(self, pattern):
        """Log lines that are no accident here."""
        self.allowed.append(re.compile(pattern))

    def children(self, service=None):
        """Those that run now, oldest first."""
        found = [process for process in processes() if process.parent == self.master.pid and
                 process.status["State"][0] != "Z"]
        self.seen.update(process.pid for process in found)
        found.sort(key=lambda process: process.pid)
        return [process for process in found if service is None or process.service == service]

    def reload(self):
        """Until the master has decided; new processes follow on their own."""
        ends = r"configuration reloaded|reload failed"
        count = len(re.findall(ends, self.log()))
        self.master.send_signal(signal.SIGHUP)
        self.wait_log(ends, count=count + 1)

    def settle(self):
        """Until all services run, of the newest configuration alone; returns the processes."""
        services = {"log", "anvil", "auth"}
        for protocol in self.protocols.split():
            service = "managesieve" if protocol == "sieve" else protocol
            services |= {service, service if protocol == "lmtp" else service + "-login"}

        def settled():
            now = self.children()
            return now if {process.service for process in now} == services else None
        return wait_until(settled, "all services")

    def stop(self):
        """As an administrator would; returns the exit status."""
        self.children()
        self.master.send_signal(signal.SIGTERM)
        status = self.master.wait(timeout=60)
        self.master = None
        self.output.close()
        return status

    def close(self):
        """Stop, look for what is left, remove the directory."""
        try:
            if self.master is not None and self.master.poll() is None:
                assert self.stop() == 0, "roost did not end well"
                wait_until(lambda: not [pid for pid in self.seen if alive(pid)],
                           "the end of all children", 5)
            for line in self.log().splitlines():
                if ACCIDENT.search(line) and not any(allowed.search(line)
                                                     for allowed in self.allowed):
                    raise AssertionError(f"an accident: {line}\n{self.log()}")
        finally:
            for pid in self.seen:
                if alive(pid):
                    os.kill(pid, signal.SIGKILL)
            if self.master is not None:
                self.master.kill()
                self.master.wait()
            if not os.environ.get("ROOST_KEEP"):
                shutil.rmtree(self.dir, ignore_errors=True)

    # --- talking to it

    def connect(self, name, tls=False, source=None):
        """A connection to a listener by the name of its port, or to a unix socket in base_dir."""
        if name in self.ports:
            return Wire(("127.0.0.1", self.ports[name]), tls, source)
        return Wire(f"{self.base_dir}/{name}", tls)
