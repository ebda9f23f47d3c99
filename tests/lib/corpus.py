"""Real messages: $ROOST_CORPUS (a tar file or a directory), or ../shared/corpus beside the project."""
import glob
import os
import re
import tarfile

import pytest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def find():
    place = os.environ.get("ROOST_CORPUS") or os.path.join(os.path.dirname(TOP), "shared/corpus")
    if os.path.isdir(place):
        tars = sorted(glob.glob(place + "/*.tar*"))
        place = tars[0] if tars else place
    return place if os.path.exists(place) else None


def raw(place, step):
    if os.path.isdir(place):
        names = sorted(name for name in glob.glob(place + "/**", recursive=True)
                       if os.path.isfile(name))
        for name in names[::step]:
            with open(name, "rb") as file:
                yield file.read()
        return
    with tarfile.open(place) as tar:
        for number, member in enumerate(member for member in tar if member.isfile()):
            if number % step == 0:
                yield tar.extractfile(member).read()


def messages(step=1):
    """Every step-th message with CRLF line ends, without mbox's From line; skips without a corpus."""
    place = find()
    if place is None:
        pytest.skip("no corpus: set ROOST_CORPUS, or put it into ../shared/corpus")
    for data in raw(place, step):
        data = re.sub(rb"\AFrom [^\n]*\n", b"", data)
        if data:
            yield re.sub(rb"\r?\n", b"\r\n", data)
