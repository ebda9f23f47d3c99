"""roostconf over a file of its own, in a temporary directory."""
import os
import subprocess

from roost import PREFIX, program

MODULES = PREFIX + "/lib/roost/modules"


class Conf:
    """A directory with configuration files."""

    def __init__(self, directory):
        self.directory = directory
        self.path = directory + "/roost.conf"

    def write(self, text, name="roost.conf"):
        path = os.path.join(self.directory, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def run(self, *args, modules=MODULES, path=None):
        env = dict(os.environ, ROOST_MODULEDIR=modules)
        return subprocess.run([program("roostconf"), "-c", path or self.path, *args], env=env,
                              text=True, capture_output=True, check=False, cwd=self.directory)

    def shown(self, text, *args):
        """What roostconf prints for a file with this text, without the comments above it."""
        self.write(text)
        done = self.run(*args)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return "".join(line for line in done.stdout.splitlines(True) if line[0] != "#")

    def value(self, text, name, *args):
        """The value of one setting."""
        return self.shown(text, "-h", *args, name)[:-1]

    def said(self, text, *args):
        """Errors and warnings as (line, text); the exit status."""
        self.write(text)
        done = self.run(*args)
        lines = []
        for line in done.stderr.splitlines():
            assert line.startswith(("roostconf: ", "  ")), line
            line = line.removeprefix("roostconf: ")
            place = line.removeprefix("Error in configuration file ")
            place = place.removeprefix("Warning: Configuration file ")
            place = place.removeprefix(self.path).removeprefix(" line ")
            number, colon, rest = place.partition(": ")
            lines.append((int(number), rest) if number.isdigit() else (0, line))
        return lines, done.returncode

    def errors(self, text, *args):
        lines, code = self.said(text, *args)
        assert code == 89
        return lines

    def warnings(self, text, *args):
        lines, code = self.said(text, *args)
        assert code == 0, lines
        return lines
