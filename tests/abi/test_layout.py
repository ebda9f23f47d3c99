"""The layout of public structs: members may be added at the end, nothing moves (plugin-api/README)."""
import os
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RECORD = os.path.join(TOP, "plugin-api/abi/1.txt")


def layout(tmp_path):
    source = subprocess.run([sys.executable, os.path.join(TOP, "tests/abi/record.py"),
                             os.path.join(TOP, "plugin-api")], check=True, capture_output=True)
    (tmp_path / "layout.c").write_bytes(source.stdout)
    subprocess.run(["cc", "-I", os.path.join(TOP, "plugin-api"), "-o", tmp_path / "layout",
                    tmp_path / "layout.c"], check=True)
    return subprocess.run([tmp_path / "layout"], check=True, capture_output=True,
                          text=True).stdout.splitlines()


def parse(lines):
    """{struct: [(member, offset, size)]}; sizes of the structs themselves may grow."""
    structs = {}
    for line in lines:
        name, *numbers = line.split()
        if numbers[0] == "size":
            structs[name] = []
        else:
            struct, member = name.split(".")
            structs[struct].append((member, *map(int, numbers)))
    return structs


def test_structs_only_grow_at_their_end(tmp_path):
    now = parse(layout(tmp_path))
    with open(RECORD, encoding="ascii") as recorded:
        then = parse(recorded.read().splitlines())
    for struct, members in then.items():
        assert struct in now, f"struct {struct} is gone"
        assert now[struct][:len(members)] == members, f"struct {struct} has changed"


def test_the_record_knows_every_struct(tmp_path):
    """A struct that is not recorded could change unseen: write the record anew."""
    with open(RECORD, encoding="ascii") as recorded:
        then = parse(recorded.read().splitlines())
    now = parse(layout(tmp_path))
    assert {s: len(m) for s, m in now.items()} == {s: len(m) for s, m in then.items()}
