"""The floor plan holds: includes point inward, every room has its README, nothing is left undone."""
import os
import re
import subprocess

import pytest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CODE = (".c", ".h", ".l", ".y")


def sources(top, endings=CODE):
    for folder, _, names in os.walk(os.path.join(TOP, top)):
        for name in names:
            if name.endswith(endings):
                yield os.path.relpath(os.path.join(folder, name), TOP)


def includes(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as source:
        for number, line in enumerate(source, 1):
            found = re.match(r'\s*#\s*include\s+([<"])([^>"]+)[>"]', line)
            if found:
                yield number, found.group(1), found.group(2)


def quoted_outside(top, allowed):
    """Quoted includes of files under top that lead to none of the allowed folders."""
    wrong = []
    for path in sources(top):
        for number, kind, name in includes(path):
            own = os.path.exists(os.path.join(TOP, os.path.dirname(path), name)) or \
                name.endswith((".tab.h", ".lex.h")) or os.path.dirname(name) == ""
            if kind == '"' and not own and not name.startswith(allowed(path)):
                wrong.append(f"{path}:{number}: {name}")
    return wrong


def test_modules_see_only_public_headers():
    def own(path):
        return ("/".join(path.split("/")[:2]) + "/",)
    assert quoted_outside("modules", own) == []


def test_core_sees_core():
    assert quoted_outside("core", lambda path: ("core/", "config.h")) == []


def test_sieve_sees_sieve():
    assert quoted_outside("sieve", lambda path: ("sieve/", "config.h")) == []


def test_sieve_knows_neither_storage_nor_server():
    hidden = {"mailbox.h", "storage.h", "user.h", "layer.h", "protocol.h", "role.h", "passdb.h",
              "conn.h", "loop.h"}
    wrong = [f"{path}:{number}" for path in sources("sieve")
             for number, kind, name in includes(path)
             if kind == "<" and name.startswith("roost/") and name[6:] in hidden]
    assert wrong == []


def test_core_knows_no_mail():
    """The vtables of kinds are the one exception: the loader needs their sizes."""
    hidden = {"mailbox.h", "storage.h", "user.h", "layer.h", "mime.h", "structure.h", "search.h"}
    wrong = [f"{path}:{number}" for path in sources("core")
             for number, kind, name in includes(path)
             if kind == "<" and name.startswith("roost/") and name[6:] in hidden
             and path != "core/module/check.c"]
    assert wrong == []


def test_public_headers_include_only_public_ones():
    wrong = [f"{path}:{number}: {name}" for path in sources("plugin-api/roost")
             for number, kind, name in includes(path) if kind == '"']
    assert wrong == []


def test_every_public_header_is_installed():
    with open(os.path.join(TOP, "plugin-api/local.mk"), encoding="utf-8") as listed:
        text = listed.read()
    missing = [path for path in sources("plugin-api/roost") if path not in text]
    assert missing == []


def test_every_module_has_a_readme():
    rooms = [name for name in os.listdir(os.path.join(TOP, "modules"))
             if os.path.exists(os.path.join(TOP, "modules", name, "local.mk"))]
    missing = [name for name in rooms
               if not os.path.exists(os.path.join(TOP, "modules", name, "README"))]
    assert missing == []


def test_nothing_is_left_undone():
    words = re.compile(r"\b(TODO|FIXME|XXX|HACK|not implemented|unimplemented)\b")
    wrong = []
    for top in ("core", "plugin-api", "modules", "sieve", "conf.d"):
        for path in sources(top, CODE + (".conf", ".mk", ".ext")):
            with open(os.path.join(TOP, path), encoding="utf-8") as source:
                wrong += [f"{path}:{number}" for number, line in enumerate(source, 1)
                          if words.search(line)]
    assert wrong == []


def tracked():
    done = subprocess.run(["git", "ls-files"], cwd=TOP, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip("not a checkout")
    return done.stdout.split()


def makefiles():
    text = ""
    for path in tracked():
        if path == "Makefile.am" or path.endswith(".mk"):
            with open(os.path.join(TOP, path), encoding="utf-8") as makefile:
                text += makefile.read()
    return text


def test_every_source_is_built():
    """A test that no makefile names passes for ever."""
    rules = makefiles()
    forgotten = [path for path in tracked() if path.endswith(CODE) and path not in rules and
                 not path.startswith(("tests/fuzz/corpus/", "plugin-api/examples/"))]
    assert forgotten == []


def test_every_python_test_is_run():
    with open(os.path.join(TOP, "tests/run.py"), encoding="utf-8") as runner:
        folders = re.findall(r'"(tests/\w+(?:/\w+)?)"', runner.read())
    forgotten = [path for path in tracked() if re.search(r"/test_\w+\.py$", path) and
                 not path.startswith(tuple(folder + "/" for folder in folders))]
    assert folders and forgotten == []
