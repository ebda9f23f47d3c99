"""Modules have no private door: every one of ours compiles against the installed headers alone."""
import glob
import os
import re
import shutil
import subprocess

import pytest

from roost import BUILD, TOP

FLAGS = ["-std=gnu17", "-D_GNU_SOURCE", "-fsyntax-only", "-w"]


def test_each_header_stands_alone(installed, tmp_path):
    """A header includes what it uses: each compiles as the first and only one."""
    for header in sorted(glob.glob(os.path.join(installed.include, "roost/*.h"))):
        name = os.path.basename(header)
        source = tmp_path / f"{name}.c"
        source.write_text(f"#include <roost/{name}>\n", encoding="ascii")
        subprocess.run(["cc", *FLAGS, "-Wall", "-Werror", "-I", installed.include, source],
                       check=True)


ROOMS = sorted(name for name in os.listdir(os.path.join(TOP, "modules"))
               if os.path.exists(os.path.join(TOP, "modules", name, "local.mk")) and name != "mail")


@pytest.mark.parametrize("room", ROOMS)
def test_modules_need_only_installed_headers(installed, tmp_path, room):
    """The module's own files are copied to a place where nothing else of the tree is."""
    folder = tmp_path / "modules" / room
    shutil.copy(os.path.join(BUILD, "config.h"), tmp_path)
    sources = []
    for path in glob.glob(os.path.join(TOP, "modules", room, "*.[ch]")) + \
            glob.glob(os.path.join(BUILD, "modules", room, "*.[ch]")):
        folder.mkdir(parents=True, exist_ok=True)
        copy = folder / os.path.basename(path)
        with open(path, encoding="utf-8") as source:
            copy.write_text(source.read(), encoding="utf-8")
        if path.endswith(".c"):
            sources.append(str(copy))
    done = subprocess.run(["cc", *FLAGS, "-DROOST_MODULEDIR=\"\"", "-DROOST_LIBEXECDIR=\"\"",
                           "-DROOST_CONFDIR=\"\"", "-DROOST_BINDIR=\"\"", "-DROOST_SYSCONFDIR=\"\"",
                           "-DROOST_RUNDIR=\"\"", "-I", installed.include, "-I", str(tmp_path),
                           *sources], capture_output=True, text=True, check=False)
    assert done.returncode == 0, re.sub(re.escape(str(tmp_path)) + "/", "", done.stderr)
