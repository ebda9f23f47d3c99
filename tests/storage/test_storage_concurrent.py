"""Two processes at one mailbox at once: nothing is lost, and when they look both see the same."""
import random
import threading

import pytest

from drive import ELSEWHERE, MAILDIR, Drive, Gone, No

ROUNDS, OPERATIONS = 4, 30


class Worker:
    """One process, what it was told is done, and its letter for messages that it flags."""

    def __init__(self, drive, letter):
        self.drive, self.letter, self.other = drive, letter, None
        self.mine = {}          # UID to text of what it saved and did not expunge
        self.flagged = set()
        self.copied = []        # texts, to club
        self.choose = random.Random(letter)
        self.count = 0
        self.problem = None
        drive.open("INBOX")

    def text(self):
        self.count += 1
        return b"Subject: %s %d\n\n" % (self.letter.encode(), self.count)

    def some(self, uids):
        return sorted(self.choose.sample(sorted(uids), min(len(uids), 3)))

    def save(self):
        text = self.text()
        self.mine[self.drive.save("INBOX", text)] = text

    def batch(self):
        word = f"{self.letter}{self.count}"
        for i, uid in enumerate(self.drive.batch("INBOX", 4, word)):
            self.mine[uid] = b"Subject: %s\n\n%d\n" % (word.encode(), i)
        self.count += 1

    def flag(self, theirs):
        chosen = self.some(theirs) + self.some(self.mine)
        if chosen:
            self.drive("store", ",".join(map(str, sorted(set(chosen)))), "+", self.letter,
                       f"word{self.letter}")
            self.flagged |= set(chosen)

    def expunge(self):
        for uid in self.some(self.mine):
            self.drive("expunge", uid)
            del self.mine[uid]

    def copy(self):
        for uid in self.some(self.mine)[:1]:
            assert len(self.drive.copy(uid, "club")) == 1
            self.copied.append(self.mine[uid])

    def work(self, theirs):
        try:
            for _ in range(OPERATIONS):
                what = self.choose.choice(["save", "save", "batch", "flag", "flag", "expunge", "copy",
                                           "sync"])
                if what == "flag":
                    self.flag(theirs)
                elif what == "sync":
                    self.drive.sync()
                else:
                    getattr(self, what)()
        except Exception as problem:        # pylint: disable=broad-except
            self.problem = problem


def at_once(workers):
    threads = [threading.Thread(target=worker.work, args=(set(worker.other.mine),))
               for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for worker in workers:
        if worker.problem:
            raise worker.problem


def check_view(view, workers):
    want = {uid for worker in workers for uid in worker.mine}
    assert len(want) == sum(len(worker.mine) for worker in workers)     # no UID was given twice
    assert set(view) == want
    for uid, (flags, keywords) in view.items():
        marks = [worker.letter for worker in workers if uid in worker.flagged]
        assert sorted(flags) == sorted(marks)
        assert keywords == {f"word{letter}" for letter in marks}


def test_two_processes_at_one_mailbox(start):
    first = start()
    first("create", "club")
    workers = [Worker(first, "F"), Worker(start(), "S")]
    workers[0].other, workers[1].other = workers[1], workers[0]
    for _ in range(ROUNDS):
        at_once(workers)
        for worker in workers:
            worker.drive.sync()
            check_view(worker.drive.view(), workers)
    texts = {**workers[0].mine, **workers[1].mine}
    copied = sorted(workers[0].copied + workers[1].copied)
    for drive in (workers[0].drive, workers[1].drive, start()):
        assert drive.contents("INBOX") == texts
        assert drive.sync("scan") == {"expunged": 0, "changed": 0, "count": len(texts)}
        check_view(drive.view(), workers)
        assert sorted(drive.contents("club").values()) == copied


def trouble(neighbour):
    """Work until it is killed."""
    try:
        neighbour.open("INBOX")
        while True:
            uids = neighbour.batch("INBOX", 3, "neighbour")
            neighbour("store", f"{uids[0]}:{uids[1]}", "+", "F", "keyword")
            neighbour.copy(uids[2], "club")
            neighbour("expunge", uids[1])
    except Gone:
        pass


def test_a_neighbour_that_is_killed_disturbs_nobody(driver, start, tmp_path):
    choose = random.Random(driver.name)
    drive, mine = start(), {}
    drive("create", "club")
    drive.open("INBOX")
    for turn in range(10):
        neighbour = Drive(driver, tmp_path, shim=(choose.randrange(20, 120), "kill"))
        thread = threading.Thread(target=trouble, args=(neighbour,))
        thread.start()
        for i in range(10):
            text = b"Subject: %d %d\n\n" % (turn, i)
            mine[drive.save("INBOX", text)] = text
        thread.join()
        neighbour.end()
        drive.sync()
        with Drive(driver, tmp_path) as fresh:
            seen = fresh.contents("INBOX")
            assert drive.contents("INBOX") == seen
            assert drive.view() == fresh.view()
        assert {uid: seen[uid] for uid in mine} == mine
        others = set(seen.values()) - set(mine.values())
        assert others <= {b"Subject: neighbour\n\n%d\n" % i for i in range(3)}


def rename_to_and_fro(drive, stop, names, problems):
    while not stop.is_set():
        try:
            drive("rename", *names)
        except No as problem:
            problems.append(problem)
            return
        names.reverse()


def test_a_mailbox_renamed_under_a_delivery(start):
    """What was acknowledged is in the mailbox, however it is called by then."""
    drive, other = start(), start()
    drive("create", "club")
    names, stop, problems, saved = ["club", "klub"], threading.Event(), [], []
    thread = threading.Thread(target=rename_to_and_fro, args=(other, stop, names, problems))
    thread.start()
    for i in range(200):
        text = b"Subject: %d\n\n" % i
        try:
            drive.save(["club", "klub"][i % 2], text)
            saved.append(text)
        except No as no:
            assert no.kind in ("NOTFOUND", "TEMP"), no
    stop.set()
    thread.join()
    assert not problems, problems
    for seen in (drive, start()):
        assert list(seen.contents(names[0]).values()) == saved


class Watcher(threading.Thread):
    """Looks at a mailbox that comes and goes."""

    def __init__(self, drive):
        super().__init__(daemon=True)
        self.drive, self.over, self.refused, self.looks = drive, threading.Event(), set(), 0

    def run(self):
        while not self.over.is_set():
            try:
                self.drive.status("club")
                self.looks += 1
            except No as no:
                self.refused.add(no.kind)


@pytest.mark.parametrize("driver", [each for each in [MAILDIR] + ELSEWHERE if each.name == "maildir"],
                         ids=repr)
def test_a_mailbox_made_anew_while_others_look(start, driver, tmp_path):
    """However soon, it is another mailbox: no UIDVALIDITY comes back, and its removal never fails."""
    maker = start()
    watchers = [Watcher(start()) for _ in range(3)]
    for watcher in watchers:
        watcher.start()
    given = []
    for _ in range(40):
        maker("create", "club")
        given.append(maker.saved("club", b"Subject: one\n\n"))
        maker("delete", "club")
    for watcher in watchers:
        watcher.over.set()
        watcher.join()
    validities = [validity for validity, _ in given]
    assert validities == sorted(set(validities))
    assert all(uid == 1 for _, uid in given)
    assert not set.union(*(watcher.refused for watcher in watchers)) - {"NOTFOUND"}
    maker("create", "last")
    maker("delete", "last")
    assert [path for path in tmp_path.rglob("*") if "deleted" in path.name] == []
