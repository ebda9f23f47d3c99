#!/usr/bin/env python3
"""Build roost and run its tests; the last line is "N passed, N failed".

usage: run.py [NAME]	only tests whose path holds NAME

Two builds, each installed below itself (BUILD/root). "make check" (unit tests, Sieve scripts, fuzz
corpora) in both, other tests in one of them at least:
	build/      as users have it (gcc, warnings are errors): what looks at the build and its
	            installation, processes and their privileges, real clients
	build-san/  under ASan and UBSan: servers, storage, Sieve programs
"""
import glob
import os
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
JOBS = str(os.cpu_count() or 2)
FLAVOURS = (
    ("build", [], ["tests/abi", "tests/message", "tests/lint"], ["tests/server/proc", "tests/clients"]),
    ("build-san", ["--enable-sanitize", "CFLAGS=-g -O1"], [], ["tests/server", "tests/storage", "tests/sieve"]),
)


def run(args, **options):
    """Run a command; show its output only when it fails."""
    done = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", **options)
    if done.returncode != 0:
        print(done.stdout[-8000:])
    return done.returncode


class Build:
    """One build directory and the sum of its tests."""

    def __init__(self, name, configure):
        self.name, self.path = name, os.path.join(TOP, name)
        self.configure = ["--enable-werror", f"--prefix={self.path}/root", *configure]
        self.passed = self.failed = 0

    def make(self, *args):
        return run(["make", "-s", "-j", JOBS, *args], cwd=self.path) == 0

    def build(self):
        """Configure (once), build, install; True when it worked."""
        os.makedirs(self.path, exist_ok=True)
        status = os.path.join(self.path, "config.status")
        if (not os.path.exists(status) or
                os.path.getmtime(status) < os.path.getmtime(os.path.join(TOP, "configure"))):
            if run(["../configure", "-q", *self.configure], cwd=self.path) != 0:
                return False
        return self.make() and self.make("pytest-needs") and self.make("install")

    def unit_tests(self, name):
        """make check: all, or those in C whose path holds name."""
        for old in glob.glob(self.path + "/tests/**/*.trs", recursive=True):
            os.unlink(old)
        args = ["make", "-s", "-k", "-j", JOBS, "check"]
        if name:
            wanted = unit_sources(name)
            if not wanted:
                return
            args.append("TESTS=" + " ".join(wanted))
        env = dict(os.environ, VERBOSE="1", UBSAN_OPTIONS="print_stacktrace=1")
        code = run(args, cwd=self.path, env=env)
        results = []
        for trs in glob.glob(self.path + "/tests/**/*.trs", recursive=True):
            results += re.findall(r"^:test-result: (\w+)", open(trs, encoding="utf-8").read(), re.M)
        failed = sum(result not in ("PASS", "SKIP", "XFAIL") for result in results)
        self.passed += results.count("PASS")
        self.failed += failed or code != 0

    def python_tests(self, folders, name, jobs):
        """pytest over what is installed, in jobs processes."""
        files = [path for folder in folders
                 for path in sorted(glob.glob(f"{TOP}/{folder}/**/test_*.py", recursive=True))
                 if name in path]
        if not files:
            return
        report = os.path.join(self.path, "pytest.xml")
        args = ["/usr/bin/python3", "-m", "pytest", "-q", "-p", "no:cacheprovider",
                "--junit-xml=" + report, "--durations=5", *files]
        if jobs > 1:
            args += ["-n", str(jobs), "--dist", "loadfile"]
        env = dict(os.environ, ROOST_BUILD=self.path)
        code = subprocess.run(args, cwd=TOP, env=env, check=False).returncode
        if code not in (0, 1):
            self.failed += 1
            return
        suite = ElementTree.parse(report).getroot().find("testsuite")
        total, skipped = int(suite.get("tests")), int(suite.get("skipped"))
        failed = int(suite.get("failures")) + int(suite.get("errors"))
        self.passed += total - skipped - failed
        self.failed += failed


def unit_sources(name):
    """The unit tests in C whose path holds name, as make knows them."""
    return sorted(os.path.relpath(source, TOP)[:-2]
                  for source in glob.glob(TOP + "/tests/**/*.c", recursive=True)
                  if name in os.path.relpath(source, TOP) and
                  re.search(r"/unit/test_|/fuzz/fuzz_", source))


def main():
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    passed = failed = 0
    for directory, configure, alone, together in FLAVOURS:
        start = time.monotonic()
        print(f"== {directory}", flush=True)
        build = Build(directory, configure)
        if not build.build():
            failed += 1
            continue
        print(f"== built after {time.monotonic() - start:.0f} s", flush=True)
        build.unit_tests(name)
        print(f"== make check until {time.monotonic() - start:.0f} s", flush=True)
        build.python_tests(alone, name, 1)
        build.python_tests(together, name, 3)
        passed, failed = passed + build.passed, failed + build.failed
        print(f"== {directory}: {build.passed} passed, {build.failed} failed "
              f"in {time.monotonic() - start:.0f} s", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
