"""The command line tools of Sieve: what they print, write and return."""
import os
import socket
import subprocess
import threading

import pytest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(os.environ.get("ROOST_BUILD", TOP + "/build"), "sieve")

MAIL = "From: ann@example.com\nTo: me@example.org\nSubject: oh hello you\n\nhi\n"
SCRIPT = """require ["fileinto", "mailbox", "imap4flags", "variables"];
if header :matches "subject" "*hello*" {
	fileinto :create :flags "\\\\Seen" "Work";
}
keep;
"""


def run(tool, *args):
    return subprocess.run([os.path.join(BUILD, tool), *map(str, args)], capture_output=True, text=True,
                          timeout=120)


@pytest.fixture
def files(tmp_path):
    (tmp_path / "mail").write_text(MAIL)
    (tmp_path / "work.sieve").write_text(SCRIPT)
    return tmp_path


def test_sieve_test_says_what_it_would_do(files):
    done = run("sieve-test", "-m", "Elsewhere", files / "work.sieve", files / "mail")
    assert done.returncode == 0, done.stderr
    assert " * store Work\n        + add IMAP flags: \\Seen\n * keep Elsewhere\n" in done.stdout


def test_sieve_test_executes_into_a_maildir(files):
    maildir = files / "maildir"
    maildir.mkdir()
    done = run("sieve-test", "-e", "-l", f"maildir:{maildir}", files / "work.sieve", files / "mail")
    assert done.returncode == 0, done.stderr
    stored = list((maildir / ".Work" / "cur").iterdir())
    assert len(stored) == 1 and stored[0].name.endswith(":2,S")
    assert len(list((maildir / "new").iterdir())) == 1
    assert not list((maildir / "tmp").iterdir())
    assert b"Subject: oh hello you\r\n" in stored[0].read_bytes()


def test_sieve_test_names_folders_as_maildirs_do(files):
    maildir = files / "maildir"
    (files / "names.sieve").write_text("""require ["fileinto", "mailbox", "copy"];
if mailboxexists "Entwürfe" { discard; }
fileinto :create :copy "Entwürfe.A&B.日本語";
fileinto :create :copy "Entwürfe";
if mailboxexists "Entwürfe" { discard; }
fileinto :create :copy "bad.";
""")
    maildir.mkdir()
    done = run("sieve-test", "-e", "-l", maildir, files / "names.sieve", files / "mail")
    assert done.returncode == 1 and "mailbox 'bad.': Invalid mailbox name" in done.stderr
    assert {each.name for each in maildir.iterdir() if each.name.startswith(".")} == \
        {".Entw&APw-rfe", ".Entw&APw-rfe.A&-B.&ZeVnLIqe-"}


def test_sieve_test_stores_keywords_as_letters(files):
    maildir = files / "maildir"
    maildir.mkdir()
    (maildir / "dovecot-keywords").write_text("0 $Junk\n2 Other\n")
    (files / "flags.sieve").write_text("""require ["fileinto", "mailbox", "imap4flags"];
keep :flags ["\\\\Seen", "new", "$junk", "\\\\Flagged", "NEW"];
fileinto :create :flags ["one", "two"] "Other";
""")
    done = run("sieve-test", "-e", "-l", maildir, files / "flags.sieve", files / "mail")
    assert done.returncode == 0 and not done.stderr
    assert [each.name.split(":")[1] for each in (maildir / "cur").iterdir()] == ["2,FSab"]
    assert (maildir / "dovecot-keywords").read_text() == "0 $Junk\n1 new\n2 Other\n"
    assert [each.name.split(":")[1] for each in (maildir / ".Other" / "cur").iterdir()] == ["2,ab"]
    assert (maildir / ".Other" / "dovecot-keywords").read_text() == "0 one\n1 two\n"
    assert (maildir / ".Other" / "maildirfolder").exists() and not (maildir / "maildirfolder").exists()
    assert not list(maildir.rglob("*.lock"))


def test_keywords_beyond_the_letters_stay_out(files):
    maildir = files / "maildir"
    maildir.mkdir()
    (maildir / "dovecot-keywords").write_text("".join(f"{i} k{i}\n" for i in range(25)))
    (files / "flags.sieve").write_text('require "imap4flags"; keep :flags ["k24", "x", "y"];')
    done = run("sieve-test", "-e", "-l", maildir, files / "flags.sieve", files / "mail")
    assert done.returncode == 0 and "no letters left" in done.stderr
    assert [each.name.split(":")[1] for each in (maildir / "cur").iterdir()] == ["2,yz"]


def test_what_may_work_later_is_not_kept_instead(files):
    maildir = files / "maildir"
    maildir.mkdir()
    (maildir / ".Work").write_text("not a folder")
    done = run("sieve-test", "-e", "-l", maildir, files / "work.sieve", files / "mail")
    assert done.returncode == 1 and "was not kept anywhere" in done.stderr
    assert [each.name for each in maildir.iterdir()] == [".Work"]


def test_sieve_test_without_a_place_to_store_fails(files):
    done = run("sieve-test", "-e", files / "work.sieve", files / "mail")
    assert done.returncode == 1
    assert "no place to store was given" in done.stderr and "was not kept anywhere" in done.stderr


def test_scripts_before_end_the_sequence_when_they_keep_nothing(files):
    (files / "before.sieve").write_text('require "imap4flags"; addflag "\\\\Flagged";')
    (files / "drop.sieve").write_text("discard;")
    done = run("sieve-test", "-s", files / "before.sieve", files / "work.sieve", files / "mail")
    assert " * keep INBOX\n        + add IMAP flags: \\Flagged" in done.stdout
    done = run("sieve-test", "-s", files / "drop.sieve", files / "work.sieve", files / "mail")
    assert " * discard\n" in done.stdout and "store" not in done.stdout


@pytest.mark.parametrize("level, lines", [
    ("actions", ["work: line 3: action store Work"]),
    ("commands", ["work: line 3: fileinto command", "work: line 3: action store Work"]),
    ("tests", ["work: line 2: header test: true", "work: line 3: fileinto command"]),
    ("matching", ["work: line 2:   value 'oh hello you' by :matches of 1 key(s): matched",
                  "work: line 2: header test: true"]),
])
def test_traces_by_level(files, level, lines):
    done = run("sieve-test", "-t", files / "trace", "-T", level, files / "work.sieve", files / "mail")
    assert done.returncode == 0, done.stderr
    trace = (files / "trace").read_text().split("\n")
    assert trace[:len(lines)] == lines
    assert ("work: line 2: header test: true" in trace) == (level in ("tests", "matching"))


def test_dump_and_debug(files):
    (files / "debug.sieve").write_text('require "vnd.dovecot.debug"; debug_log "hello";')
    done = run("sieve-test", "-D", "-d", "-", files / "debug.sieve", files / "mail")
    assert "Extensions: vnd.dovecot.debug" in done.stdout and "DEBUG: hello" in done.stderr
    assert run("sieve-test", files / "debug.sieve", files / "mail").returncode == 1


@pytest.mark.parametrize("args", [["-T", "loud"], ["-Q"], []])
def test_wrong_usage_is_64(files, args):
    assert run("sieve-test", *args, files / "mail").returncode == 64


def test_testsuite_traces_dumps_and_debugs(files):
    path = files / "own.svtest"
    path.write_text('require ["vnd.dovecot.testsuite", "vnd.dovecot.debug"];\n'
                    'test "one" { debug_log "seen"; if not header "subject" "Frop!" { test_fail "x"; } }\n')
    done = run("sieve-testsuite", "-D", "-d", files / "dump", "-t", files / "trace", "-T", "tests", path)
    assert done.returncode == 0 and done.stdout.endswith("1 passed, 0 failed\n")
    assert "DEBUG: seen" in done.stderr
    assert "command/test" in (files / "dump").read_text()
    assert "header test: true" in (files / "trace").read_text()


def test_filter_does_not_execute_yet(files):
    mailbox = files / "box"
    mailbox.mkdir()
    (mailbox / "1").write_text(MAIL)
    done = run("sieve-filter", "-e", files / "work.sieve", mailbox)
    assert done.returncode == 69 and "nothing was done" in done.stderr
    done = run("sieve-filter", files / "work.sieve", mailbox)
    assert done.returncode == 0 and done.stdout == "1: store Work keep INBOX\n"
    assert run("sieve-filter", files / "work.sieve").returncode == 64
    assert run("sieve-filter", files / "work.sieve", files / "nowhere").returncode == 1


class Service(threading.Thread):
    """A service behind a socket: tells what it was sent, answers once."""

    def __init__(self, path, answer):
        super().__init__(daemon=True)
        self.answer, self.received = answer, b""
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(str(path))
        self.socket.listen(1)
        self.start()

    def run(self):
        connection, _ = self.socket.accept()
        while data := connection.recv(65536):
            self.received += data
        connection.sendall(self.answer)
        connection.close()


SOCKET_TEST = """require ["vnd.dovecot.testsuite", "vnd.dovecot.execute", "vnd.dovecot.pipe", "variables"];
test_config_set "sieve_execute_socket_dir" "%s";
test_config_set "sieve_execute_exec_timeout" "3s";
test_config_reload :extension "vnd.dovecot.execute";
test "the service" {
	if not execute :input "some text" :output "x" "helper" ["one", "two words"] { test_fail "failed"; }
	if not string "${x}" "answer +" { test_fail "output: ${x}"; }
}
"""


@pytest.mark.parametrize("answer, passes", [
    (b"answer ++\n", True), (b"answer +-\n", False), (b"answer", False), (b"", False),
])
def test_programs_behind_sockets(tmp_path, answer, passes):
    service = Service(tmp_path / "helper", answer)
    path = tmp_path / "socket.svtest"
    path.write_text(SOCKET_TEST % tmp_path)
    done = run("sieve-testsuite", path)
    assert (done.returncode == 0) == passes, done.stdout
    service.join(10)
    assert service.received == (b"VERSION\tscript\t4\t0\nalarm=3\n-\none\ntwo words\n\nsome text")


LISTED = """require ["vnd.dovecot.testsuite", "variables"];
test "a" { test_fail "no"; }
test "b" { keep; }
"""


@pytest.mark.parametrize("options, text, lines, status", [
    ([], LISTED, [" 1: Test 'a' FAILED: no", " 2: Test 'b' SUCCEEDED", "FAIL: 1 of 2 tests failed.",
                  "1 passed, 1 failed"], 1),
    (["-F"], LISTED, [" 1: Test 'a' FAILED: no", " 2: Test 'b' SUCCEEDED",
                      "FAIL: Only 1 of 2 tests failed (all expected to fail).", "1 passed, 1 failed"], 1),
    (["-F"], LISTED.replace("keep", 'test_fail "y"'),
     [" 1: Test 'a' FAILED: no", " 2: Test 'b' FAILED: y", "PASS: 2 tests failed (expected to fail).",
      "2 passed, 0 failed"], 0),
    ([], "frop;", ["XX: Test CASE FAILED: failed to compile testcase script", "FAIL: 1 of 1 tests failed.",
                   "0 passed, 1 failed"], 1),
    (["-F"], "frop;", ["XX: Test CASE FAILED: failed to compile testcase script",
                       "PASS: 1 tests failed (expected to fail).", "1 passed, 0 failed"], 0),
    ([], LISTED.replace('test "a" { test_fail "no"; }', 'set "x" "nobody"; redirect "${x}";'),
     ["XX: Test CASE FAILED: test script execution aborted due to error", "FAIL: 1 of 1 tests failed.",
      "0 passed, 1 failed"], 1),
    ([], LISTED.replace('test_fail "no"', 'test_message :smtp 3').replace("keep", 'test_message :folder "INBOX" 7'),
     [" 1: Test 'a' FAILED: no outgoing SMTP message with index 3",
      " 2: Test 'b' FAILED: no message in folder 'INBOX' with index 7", "FAIL: 2 of 2 tests failed.",
      "0 passed, 2 failed"], 1),
])
def test_testsuite_output(tmp_path, options, text, lines, status):
    (tmp_path / "t.svtest").write_text(text)
    done = run("sieve-testsuite", *options, tmp_path / "t.svtest")
    assert done.returncode == status
    assert [line for line in done.stdout.splitlines() if line] == [f"Test case: {tmp_path}/t.svtest:"] + lines


SETTING = """require "vnd.dovecot.testsuite";
test_config_set "%s" "%s";
test_config_reload%s;
test "a" { keep; }
"""


@pytest.mark.parametrize("name, value, reload, refused", [
    ("sieve_max_cpu_time", "soon", "", "a time such as 30s, 5m, 2h, 7d"),
    ("sieve_max_cpu_time", "2 s", "", None),
    ("sieve_max_redirects", "-1", "", "a number, perhaps with k, M or G"),
    ("sieve_max_script_size", "1 M", "", None),
    ("sieve_vacation_check_recipient", "perhaps", ' :extension "vacation"', "yes or no"),
    ("sieve_vacation_check_recipient", "perhaps", "", None),        # not its reload
    ("sieve_vacation_min_period", "1d", ' :extension "vacation"', None),
    ("sieve_vacation_min_period", "", ' :extension "vacation"', None),
    ("sieve_spamtest_status_type", "guess", ' :extension "spamtestplus"', " score strlen text "),
    ("sieve_pipe_input_eol", "crlf", ' :extension "vnd.dovecot.pipe"', None),
    ("sieve_frop", "what it likes", "", None),
])
def test_values_that_settings_take(tmp_path, name, value, reload, refused):
    (tmp_path / "t.svtest").write_text(SETTING % (name, value, reload))
    done = run("sieve-testsuite", tmp_path / "t.svtest")
    assert done.returncode == (0 if refused is None else 1)
    if refused is not None:
        assert f"ERROR: setting {name} has the value '{value}', but takes {refused}" in done.stdout
        assert "Test CASE FAILED: test script execution aborted due to error" in done.stdout


def test_testsuite_files_and_folders(tmp_path):
    (tmp_path / "t.svtest").write_text('require "vnd.dovecot.testsuite"; test "a" { keep; }')
    done = run("sieve-testsuite", "-W", tmp_path / "deep" / "down", tmp_path / "t.svtest", tmp_path / "none.svtest")
    assert done.returncode == 1 and done.stdout.endswith("\n1 passed, 1 failed\n")
    assert done.stderr == f"{tmp_path}/none.svtest: error: No such file or directory.\n"
    assert not list((tmp_path / "deep" / "down").iterdir())
