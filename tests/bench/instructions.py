#!/usr/bin/env python3
"""Instructions per message of FETCH and SEARCH, by callgrind over tests/bench/fetch.

    make -C build tests/bench/fetch && python3 tests/bench/instructions.py [COUNT]
"""
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ.get("ROOST_BUILD") or os.path.join(os.path.dirname(os.path.dirname(HERE)), "build")
ROWS = ["1:* (FLAGS)", "1:* (UID FLAGS INTERNALDATE RFC822.SIZE)", "1:* (ENVELOPE BODYSTRUCTURE)",
        "1:* (BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])", "1:* (BODY.PEEK[])", "UNSEEN",
        "SUBJECT nothing", "FROM nothing", "BODY nothing"]


def measure(count, arguments):
    with tempfile.TemporaryDirectory() as top:
        done = subprocess.run(
            [BUILD + "/libtool", "--mode=execute", "valgrind", "--tool=callgrind",
             "--toggle-collect=measured", f"--callgrind-out-file={top}/out",
             BUILD + "/tests/bench/fetch", str(count), arguments],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stdout)
    return int(re.search(r"Collected : (\d+)", done.stdout)[1])


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    print("| command | instructions a message |\n|---|---|")
    for arguments in ROWS:
        command = arguments if arguments.startswith("1:") else f"SEARCH {arguments}"
        command = f"FETCH {command}" if arguments.startswith("1:") else command
        print(f"| {command} | {measure(count, arguments) / count:,.0f} |", flush=True)


if __name__ == "__main__":
    main()
