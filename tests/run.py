#!/usr/bin/env python3
"""Build roost and run its tests; the last line is "N passed, N failed".

usage: run.py [NAME]	only tests whose path holds NAME

Builds: build/ (gcc, warnings are errors) runs everything; build-san/ (ASan, UBSan) runs the unit
tests and the replay of the fuzz corpora again when ROOST_SANITIZE is set (some ten minutes more).
"""
import glob
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
JOBS = str(os.cpu_count() or 2)
SANITIZE = bool(os.environ.get("ROOST_SANITIZE"))


def run(args, **options):
    """Run a command; show its output only when it fails."""
    done = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", **options)
    if done.returncode != 0:
        print(done.stdout[-8000:])
    return done.returncode


def build(directory, *configure):
    """Configure (once) and build; True when it worked."""
    path = os.path.join(TOP, directory)
    os.makedirs(path, exist_ok=True)
    status = os.path.join(path, "config.status")
    if (not os.path.exists(status) or
            os.path.getmtime(status) < os.path.getmtime(os.path.join(TOP, "configure"))):
        if run(["../configure", "-q", *configure], cwd=path) != 0:
            return False
    return run(["make", "-s", "-j", JOBS], cwd=path) == 0


def unit_tests(directory, name):
    """make check; returns (passed, failed)."""
    path = os.path.join(TOP, directory)
    for old in glob.glob(path + "/tests/**/*.trs", recursive=True):
        os.unlink(old)
    args = ["make", "-s", "-k", "-j", JOBS, "check"]
    if name:
        wanted = sorted({os.path.relpath(source, TOP)[:-2]
                         for source in glob.glob(TOP + "/tests/**/*.c", recursive=True)
                         if name in source and "/unit/test_" in source})
        if not wanted:
            return 0, 0
        args.append("TESTS=" + " ".join(wanted))
    env = dict(os.environ, VERBOSE="1", UBSAN_OPTIONS="print_stacktrace=1")
    code = run(args, cwd=path, env=env)
    results = []
    for trs in glob.glob(path + "/tests/**/*.trs", recursive=True):
        results += re.findall(r"^:test-result: (\w+)", open(trs).read(), re.M)
    failed = sum(result not in ("PASS", "SKIP", "XFAIL") for result in results)
    if code != 0 and failed == 0:
        failed = 1
    return results.count("PASS"), failed


def server_tests(directory, name):
    """pytest over a real server; returns (passed, failed)."""
    if not glob.glob(TOP + "/tests/**/test_*.py", recursive=True):
        return 0, 0
    report = os.path.join(TOP, directory, "pytest.xml")
    args = ["/usr/bin/python3", "-m", "pytest", "-q", "-p", "no:cacheprovider",
            "--junit-xml=" + report, "--durations=10", "tests"]
    if name:
        wanted = sorted(path for path in glob.glob(TOP + "/tests/**/test_*.py", recursive=True)
                        if name in path)
        if not wanted:
            return 0, 0
        args[-1:] = wanted
    path = os.path.join(TOP, directory)
    if run(["make", "-s", "-j", JOBS,
            "tests/modules/echo.la", "tests/storage/drive", "tests/storage/shim.la",
            "tests/storage/index_crash"],
           cwd=path) != 0:
        return 0, 1
    env = dict(os.environ, ROOST_BUILD=path)
    code = subprocess.run(args, cwd=TOP, env=env, check=False).returncode
    if code not in (0, 1):
        return 0, 1
    suite = ElementTree.parse(report).getroot().find("testsuite")
    total, skipped = int(suite.get("tests")), int(suite.get("skipped"))
    failed = int(suite.get("failures")) + int(suite.get("errors"))
    return total - skipped - failed, failed


def main():
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    flavours = [("build", ["--enable-werror"])]
    if SANITIZE:
        flavours.append(("build-san", ["--enable-werror", "--enable-sanitize", "CFLAGS=-g -O1"]))
    passed = failed = 0
    for directory, configure in flavours:
        print(f"== {directory}", flush=True)
        if not build(directory, *configure):
            failed += 1
            continue
        stages = [unit_tests] if directory == "build-san" else [unit_tests, server_tests]
        for stage in stages:
            ok, bad = stage(directory, name)
            passed, failed = passed + ok, failed + bad
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
