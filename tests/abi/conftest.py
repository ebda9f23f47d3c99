"""An installed roost, in a directory of its own, as third parties see it."""
import os
import shutil
import subprocess

import pytest

from roost import BUILD


class Installed:
    """make install DESTDIR=...; pkg-config prefixes the paths of the .pc file (PKG_CONFIG_SYSROOT_DIR)."""

    def __init__(self, destdir):
        self.destdir = destdir
        subprocess.run(["make", "-s", "install", f"DESTDIR={destdir}"], cwd=BUILD, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.prefix = self.config("prefix")
        self.include = destdir + self.config("includedir")
        self.lib = destdir + self.config("libdir")
        self.modules = destdir + self.config("moduledir")

    def config(self, variable):
        return subprocess.run(["pkg-config", f"--variable={variable}", "roost-plugin"], check=True,
                              env=dict(os.environ, PKG_CONFIG_PATH=self.pkg_config_path()),
                              capture_output=True, text=True).stdout.strip()

    def pkg_config_path(self):
        for folder, _, names in os.walk(self.destdir):
            if "roost-plugin.pc" in names:
                return folder
        raise AssertionError("roost-plugin.pc is not installed")

    def environment(self):
        return dict(os.environ, PKG_CONFIG_PATH=self.pkg_config_path(),
                    PKG_CONFIG_SYSROOT_DIR=self.destdir, LD_LIBRARY_PATH=self.lib)


@pytest.fixture(scope="session")
def installed(tmp_path_factory):
    destdir = str(tmp_path_factory.mktemp("destdir"))
    yield Installed(destdir)
    shutil.rmtree(destdir)


@pytest.fixture
def toolkit(installed):
    """libroost-mail with all that its headers declare, not only a part of it."""
    symbols = subprocess.run(["nm", "-D", "--defined-only",
                              os.path.join(installed.lib, "libroost-mail.so.1")], check=True,
                             capture_output=True, text=True).stdout
    if "roost_scan_found" not in symbols:
        pytest.skip("this libroost-mail has no mailboxes yet")
