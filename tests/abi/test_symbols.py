"""What the libraries export is what public headers declare, under the version of the ABI."""
import glob
import os
import re
import subprocess

import pytest

from roost import TOP

# main() functions of our own programs: exported by libroost, in no public header.
ENTRIES = "core/main/entry.h"


def declared(paths):
    """Names of functions and objects that ROOST_API marks."""
    names = set()
    for path in paths:
        with open(os.path.join(TOP, path), encoding="utf-8") as header:
            text = re.sub(r"/\*.*?\*/", " ", header.read(), flags=re.S)
        text = re.sub(r"^#define(.*\\\n)*.*$", "", text, flags=re.M)
        for found in re.finditer(r"ROOST_API\s([^;{]*)[;{]", text):
            name = re.search(r"(roost_\w+)\s*(\(|\[|$)", found.group(1).strip())
            if name:
                names.add(name.group(1))
    return names


def public():
    return declared(os.path.relpath(path, TOP)
                    for path in glob.glob(os.path.join(TOP, "plugin-api/roost/*.h")))


def exported(path):
    """{name: version} but for names between parts of our own, which have the version ROOST_PRIVATE."""
    text = subprocess.run(["nm", "-D", "--defined-only", path], check=True, capture_output=True,
                          text=True).stdout
    names = [line.split()[2] for line in text.splitlines() if line.split()[1] != "A"]
    return {name: version for name, version in
            (name.replace("@@", "@").split("@") for name in names) if version != "ROOST_PRIVATE"}


LIBRARIES = ["libroost.so.1", "libroost-mail.so.1", "libroost-message.so.1", "libroost-auth.so.1"]


@pytest.mark.parametrize("library", LIBRARIES)
def test_nothing_is_exported_that_no_header_declares(installed, library):
    extra = set(exported(os.path.join(installed.lib, library))) - public()
    if library == "libroost.so.1":
        extra -= declared([ENTRIES])
    assert extra == set()


@pytest.mark.parametrize("library", LIBRARIES)
def test_names_have_the_version_of_the_abi(installed, library):
    versions = set(exported(os.path.join(installed.lib, library)).values())
    assert versions == {"ROOST_1.0"}


def test_all_that_is_declared_is_there(installed, toolkit):
    there = set()
    for library in LIBRARIES:
        there |= set(exported(os.path.join(installed.lib, library)))
    assert public() - there == set()
