"""What mailboxes should hold: a model that follows the commands given to tests/storage/drive."""
import collections
import copy

from drive import No, uids as numbers


class Model:
    """Mailboxes by name: UID to (text, flags, keywords); and the next UIDs."""

    def __init__(self, selected="INBOX"):
        self.selected = selected
        self.boxes = {selected: {}}
        self.next = {selected: 1}

    def after(self, op):
        """A new model, with what op does done."""
        model = copy.deepcopy(self)
        getattr(model, "_" + op[0])(*op[1:])
        return model

    def _add(self, mailbox, *mail):
        self.boxes[mailbox][self.next[mailbox]] = mail
        self.next[mailbox] += 1

    def _create(self, mailbox):
        self.boxes[mailbox] = {}
        self.next[mailbox] = 1

    def _save(self, mailbox, text, flags="", keywords=()):
        self._add(mailbox, text, flags, frozenset(keywords))

    def _batch(self, mailbox, count, word):
        for i in range(count):
            self._add(mailbox, b"Subject: %s\n\n%d\n" % (word.encode(), i), "", frozenset())

    def _chosen(self, which):
        return [uid for uid in numbers(which) if uid in self.boxes[self.selected]]

    def _store(self, which, flags, *keywords):
        for uid in self._chosen(which):
            text, old, words = self.boxes[self.selected][uid]
            flags_now = "".join(flag for flag in "AFDST" if flag in old + flags)
            self.boxes[self.selected][uid] = text, flags_now, words | set(keywords)

    def _copy(self, which, mailbox):
        for uid in self._chosen(which):
            self._add(mailbox, *self.boxes[self.selected][uid])

    def _expunge(self, which):
        for uid in self._chosen(which):
            del self.boxes[self.selected][uid]

    def _move(self, which, mailbox):
        self._copy(which, mailbox)
        self._expunge(which)


def send(drive, op):
    """Without waiting for the answer."""
    name, *args = op
    if name == "save":
        mailbox, text, *rest = args
        flags, keywords = (list(rest) + ["", ()][len(rest):])
        drive.send("save", mailbox, flags or "-", 0, len(text), *keywords, text=text)
    elif name == "store":
        which, flags, *keywords = args
        drive.send("store", which, "+", flags or "-", *keywords)
    else:
        drive.send(*op)


def snapshot(drive, mailboxes):
    """What is really there, as in Model.boxes; a mailbox that is not has None."""
    result = {}
    for mailbox in mailboxes:
        try:
            texts = drive.contents(mailbox)
        except No as no:
            assert no.kind == "NOTFOUND", no
            result[mailbox] = None
            continue
        result[mailbox] = {uid: (texts[uid], *mark) for uid, mark in drive.view().items()}
    return result


def _texts(box):
    return sorted(mail[0] for mail in box.values())


def _count(boxes):
    """How often each text is there, in all mailboxes."""
    return collections.Counter(mail[0] for box in boxes.values() for mail in (box or {}).values())


def _fits(real, before, after, exact_flags):
    """One mailbox, while one command may have been done, in part or not at all."""
    kept = {uid: mail for uid, mail in after.items() if uid in before}
    if any(real.get(uid) not in (before[uid], kept.get(uid)) for uid in before):
        return False
    # Flags change together, and what goes goes together.
    known = {uid: mail for uid, mail in real.items() if uid in before}
    if known not in (before, kept):
        return False
    new = {uid: mail for uid, mail in real.items() if uid not in before}
    wanted = {uid: mail for uid, mail in after.items() if uid not in before}
    if exact_flags:
        return all(wanted.get(uid) == mail for uid, mail in new.items())
    left = _texts(wanted)
    for text in _texts(new):
        if text not in left:
            return False
        left.remove(text)
    return all(uid > max(before, default=0) for uid in new)


def check(real, before, after, exact_flags):
    """real is before, or after, or in between as far as a crash may leave it."""
    lost = (_count(before.boxes) & _count(after.boxes)) - _count(real)
    assert not lost, f"lost: {lost}"
    for mailbox, box in real.items():
        old, new = before.boxes.get(mailbox), after.boxes.get(mailbox)
        if box is None:
            assert old is None, f"{mailbox} is gone"
            continue
        assert _fits(box, old or {}, new or {}, exact_flags), \
            f"{mailbox}: {box}\n is neither {old}\n nor {new}"
