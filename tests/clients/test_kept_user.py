"""A worker keeps a user's mailboxes open for a moment: nobody else gets them, and changes count at once."""
import os
import re
import shutil
import signal

from imap import Imap
from lmtp import Lmtp
from ledger import message, name_of
from roost import alive, wait_until

USERS = ("ann@example.org", "bob@example.org")


def deliver(roost, user, name):
    lmtp = Lmtp(roost.connect("lmtp"))
    assert lmtp.send([user], message(name))[0].startswith("250")
    lmtp.close()


def names(home):
    """Of the messages in INBOX."""
    found = []
    for folder in ("new", "cur"):
        path = f"{home}/Maildir/{folder}"
        for name in os.listdir(path) if os.path.isdir(path) else ():
            with open(f"{path}/{name}", "rb") as file:
                found.append(name_of(file.read().replace(b"\n", b"\r\n")))
    return sorted(found)


def test_users_of_one_uid_in_turn(vmail):
    """All by the same worker, each within the time that the one before is kept."""
    for number in range(10):
        for user in USERS:
            deliver(vmail, user, f"{user[:3]}-{number}")
    for user in USERS:
        assert names(f"{vmail.dir}/home/{user}") == [f"{user[:3]}-{n}" for n in range(10)]
    for user in USERS * 2:
        client = Imap(vmail.connect("imap")).login(user)
        assert client.select()["EXISTS"] == 10
        client.logout()


def test_a_new_home_counts_at_once(vmail):
    user = USERS[0]
    deliver(vmail, user, "before")
    new = f"{vmail.dir}/home/elsewhere"
    os.mkdir(new)
    os.chown(new, vmail.uids[user], -1)
    with open(vmail.users_path, encoding="utf-8") as file:
        text = file.read()
    with open(vmail.users_path, "w", encoding="utf-8") as file:
        file.write(re.sub(r"/home/ann@example.org:", "/home/elsewhere:", text))
    deliver(vmail, user, "after")
    assert names(f"{vmail.dir}/home/{user}") == ["before"]
    assert names(new) == ["after"]


def test_what_the_user_database_says_counts_for_each_session(vmail):
    """Beside one that was told otherwise, and after both."""
    user = USERS[0]
    deliver(vmail, user, "before")
    first = Imap(vmail.connect("imap")).login(user)
    assert first.select()["EXISTS"] == 1
    with open(vmail.users_path, encoding="utf-8") as file:
        text = file.read()
    with open(vmail.users_path, "w", encoding="utf-8") as file:
        file.write(re.sub(rf"^({user}:.*)$", r"\1 userdb_mail=maildir:~/Elsewhere", text,
                          flags=re.M))
    second = Imap(vmail.connect("imap")).login(user)
    assert second.select()["EXISTS"] == 0
    second.append(message=message("after"))
    assert [first.select()["EXISTS"], second.select()["EXISTS"]] == [1, 1]
    first.logout()
    second.logout()
    third = Imap(vmail.connect("imap")).login(user)
    assert third.select()["EXISTS"] == 1
    assert os.path.isdir(f"{vmail.dir}/home/{user}/Elsewhere")
    third.logout()


def test_a_mailbox_that_was_removed_meanwhile_is_made_again(vmail):
    """Somebody moves a Maildir away while it is kept open."""
    user = USERS[0]
    home = f"{vmail.dir}/home/{user}"
    deliver(vmail, user, "before")
    os.rename(f"{home}/Maildir", f"{home}/Old")
    deliver(vmail, user, "after")
    assert names(home) == ["after"]


def test_an_index_that_was_removed_meanwhile_is_made_again(vmail):
    """The delivery that finds it gone may be put off; the next one is not, however soon it comes."""
    user = USERS[0]
    home = f"{vmail.dir}/home/{user}"
    deliver(vmail, user, "before")
    shutil.rmtree(f"{home}/Maildir/roost.index")
    lmtp = Lmtp(vmail.connect("lmtp"))
    assert lmtp.send([user], message("put-off"))[0][:3] in ("250", "451")
    lmtp.close()
    deliver(vmail, user, "after")
    client = Imap(vmail.connect("imap")).login(user)
    assert client.select()["EXISTS"] == len(names(home)) >= 2
    client.logout()


def test_a_worker_without_a_master_ends_well_amid_a_session(vmail):
    user = USERS[0]
    deliver(vmail, user, "one")
    with Imap(vmail.connect("imap")).login(user).wire as wire:
        wire.say("s SELECT INBOX")
        wire.until("s OK")
        worker = vmail.children("imap")[-1].pid
        os.kill(vmail.children("log")[0].pid, signal.SIGSTOP)     # keeps what it is told
        log = vmail.children("log")[0].pid
        vmail.master.kill()
        vmail.master.wait()
        wait_until(lambda: not alive(worker), "the worker's end")
        os.kill(log, signal.SIGCONT)
        wait_until(lambda: not alive(log), "the log's end")
    assert "ssertion" not in vmail.log()
