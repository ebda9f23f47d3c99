"""Writers of an index are killed in the middle: what they had told is there, halves are not."""
import os
import random
import signal
import subprocess
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.environ.get("ROOST_INDEX_CRASH") or os.path.join(
    os.environ.get("ROOST_BUILD", os.path.join(TOP, "build")), "tests/storage/index_crash")


def start(path, *args):
    return subprocess.Popen([PROGRAM, str(path), *args], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True)


def kill(writer):
    """Its whole lines: the last one may be cut."""
    writer.send_signal(signal.SIGKILL)
    out, err = writer.communicate()
    assert writer.returncode == -signal.SIGKILL, err
    return out[:out.rfind("\n") + 1].split()


def check(path):
    done = subprocess.run([PROGRAM, str(path), "check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    assert lines[-1][0] == "next"
    return {int(uid): key for uid, key in lines[:-1]}, int(lines[-1][1])


def crash(path, writers, rounds):
    """Kill all writers at once, several times over; every told change has to be there."""
    choose = random.Random(writers)
    added, expunged = set(), set()
    for number in range(rounds):
        running = [start(path, "write", str(number * 10 + i)) for i in range(writers)]
        watcher = start(path, "watch", "1")
        time.sleep(choose.uniform(0.1, 0.9))
        told = [line for writer in running for line in kill(writer)]
        _, err = watcher.communicate()
        assert watcher.returncode == 0, err
        added |= {int(line[1:]) for line in told if line[0] == "+"}
        expunged |= {int(line[1:]) for line in told if line[0] == "-"}
        there, uidnext = check(path)
        assert all(key == f"key-{uid}" for uid, key in there.items())
        assert not expunged & set(there)
        # One transaction of each writer may have been done but not told.
        lost = added - expunged - set(there)
        assert len(lost) <= 2 * writers, sorted(lost)
        expunged |= lost
        added |= set(there)
        assert uidnext > max(added, default=0)
    assert added


def test_a_killed_writer_leaves_whole_transactions(tmp_path):
    crash(tmp_path, 1, 6)


def test_two_killed_writers_and_a_reader(tmp_path):
    crash(tmp_path, 2, 6)


def test_several_make_an_index_at_once(tmp_path):
    done = subprocess.run([PROGRAM, str(tmp_path), "make", "100"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for turn in range(100):
        assert sorted(os.listdir(tmp_path / str(turn))) == ["log.2", "reserve", "snap"]
        there, uidnext = check(tmp_path / str(turn))
        assert (sorted(there), uidnext) == (list(range(1, 9)), 9)
