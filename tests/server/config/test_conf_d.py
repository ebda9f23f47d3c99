"""conf.d: documentation that runs. Each setting stands there with its default, commented out."""
import glob
import re

from roost import TOP

# These depend on where roost and which of its modules are installed.
ELSEWHERE = {"base_dir", "protocols"}


def shipped():
    """name: value of each "#name = value" outside blocks."""
    found = {}
    for path in sorted(glob.glob(TOP + "/conf.d/[0-9]*.conf")):
        for line in open(path, encoding="utf-8"):
            setting = re.fullmatch(r"#([a-z0-9_]+) =(?: (.*))?\n", line)
            if setting:
                found[setting[1]] = setting[2] or ""
    return found


def test_defaults_in_comments_are_the_defaults(conf):
    found = shipped()
    assert len(found) > 100
    text = "".join(f"{name} = {value}\n" for name, value in found.items() if name not in ELSEWHERE)
    # Whatever is not the default, or unknown, is printed or said.
    assert conf.shown(text, "-n") == ""


def test_settings_of_modules_are_documented():
    found = shipped()
    missing = []
    for path in glob.glob(TOP + "/modules/*/*.c"):
        text = open(path, encoding="utf-8").read()
        names = re.findall(r'\{ "([a-z0-9_]+)", ROOST_SET_', text)
        missing += [(path, name) for name in names if name not in found]
    assert missing == []


def test_shipped_files_are_read_without_a_word(conf):
    conf.write(open(TOP + "/core/roost.conf", encoding="utf-8").read()
               .replace("!include conf.d/*", f"!include {TOP}/conf.d/[0-9]*"))
    done = conf.run("-n")
    lines = [line for line in done.stderr.splitlines()
             if "not found in" not in line and "named at" not in line]
    assert lines == []
    assert "special_use = \\Sent" in done.stdout
