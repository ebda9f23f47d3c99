"""The modules of plugin-api/examples, built as a third party does: outside the tree, by pkg-config."""
import os
import re
import shutil
import subprocess

import pytest

from roost import BUILD, TOP

NAMES = ["postcard", "pinboard", "hush"]


@pytest.fixture(scope="module")
def built(installed, tmp_path_factory):
    folder = tmp_path_factory.mktemp("examples")
    for name in os.listdir(os.path.join(TOP, "plugin-api/examples")):
        shutil.copy(os.path.join(TOP, "plugin-api/examples", name), folder)
    subprocess.run(["make", "-s", "CFLAGS=-O2 -Wall -Wextra -Werror"], cwd=folder, check=True,
                   env=installed.environment())
    return folder


def load(installed, folder, *names):
    """tests/abi/load: the loader that a server has."""
    return subprocess.run([os.path.join(BUILD, "tests/abi/load"), folder, *names],
                          env=installed.environment(), capture_output=True, text=True,
                          check=False)


@pytest.mark.parametrize("name, provides", [
    ("postcard", "storage:postcard"), ("pinboard", "passdb:pinboard"), ("hush", "layer:hush")])
def test_they_build_and_load(request, installed, built, name, provides):
    if name != "pinboard":
        request.getfixturevalue("toolkit")
    done = load(installed, built, name)
    assert done.stderr == ""
    assert done.stdout == f"{name} 1.0 1.0 {provides}\n"
    assert done.returncode == 0


def dynamic(path):
    return subprocess.run(["readelf", "-dW", path], check=True, capture_output=True,
                          text=True).stdout


@pytest.mark.parametrize("name", NAMES)
def test_they_export_one_symbol_and_bind_at_once(built, name):
    symbols = subprocess.run(["nm", "-D", "--defined-only", built / f"{name}.so"], check=True,
                             capture_output=True, text=True).stdout.split()
    assert symbols[2::3] == [f"{name}_LTX_roost_module"]
    assert re.search(r"\(NEEDED\).*\[libroost", dynamic(built / f"{name}.so"))
    assert "BIND_NOW" in dynamic(built / f"{name}.so")


def test_make_install_puts_them_where_they_are_looked_for(installed, built):
    subprocess.run(["make", "-s", "install", f"DESTDIR={installed.destdir}"], cwd=built,
                   check=True, env=dict(installed.environment(), PKG_CONFIG_SYSROOT_DIR=""))
    try:
        done = load(installed, installed.modules, "pinboard")
        assert done.stdout == "pinboard 1.0 1.0 passdb:pinboard\n"
    finally:
        for name in NAMES:
            os.unlink(os.path.join(installed.modules, f"{name}.so"))


OLD = os.path.join(TOP, "tests/abi/old")
PAST = sorted(name for name in os.listdir(OLD) if os.path.isdir(os.path.join(OLD, name)))


@pytest.mark.parametrize("minor", PAST or [None])
def test_modules_of_past_minors_still_load(installed, minor):
    """tests/abi/old/README: compiled once, never again."""
    if minor is None:
        pytest.skip("no release yet, so no module of one")
    done = load(installed, os.path.join(OLD, minor), *NAMES)
    assert done.returncode == 0, done.stderr
