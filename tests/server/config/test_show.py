"""What roostconf prints: R-DCF-1 to R-DCF-6, and --check."""
import os
import re
import subprocess

from confrun import MODULES
from roost import program

TEXT = """mail_debug = no
login_greeting = hi
doveadm_password = secret
service imap {
  process_limit = 7
}
protocol imap {
  mail_plugins = quota
}
passdb {
  driver = static
  args = password=x
}
"""


def test_header(conf):                                      # R-DCF-3
    conf.write("mail_debug = yes\n")
    lines = conf.run("-n").stdout.splitlines()
    assert re.fullmatch(r"# \d\S* \(roost\): " + re.escape(conf.path), lines[0])
    assert re.match(r"# OS: Linux \S+ \S+ ", lines[1])
    assert lines[2] == f"# Hostname: {os.uname().nodename}"
    assert lines[3:] == ["mail_debug = yes"]
    assert conf.run("-a").stdout.splitlines()[3] == \
        "# NOTE: Send roostconf -n output instead when asking for help."


def test_changed_written_and_all(conf):                     # R-DCF-2, R-DCF-4
    changed = """doveadm_password = # hidden, use -P to show it
login_greeting = hi
passdb {
  args = password=x
  driver = static
}
service imap {
  process_limit = 7
}
"""
    text = TEXT.replace("protocol imap {\n  mail_plugins = quota\n}\n", "")
    assert conf.shown(text, "-n") == changed
    assert conf.shown(text) == changed
    assert conf.shown(text, "-N") == changed.replace("passdb", "mail_debug = no\npassdb", 1)
    assert "doveadm_password = secret\n" in conf.shown(text, "-P")
    everything = conf.shown(text, "-a").splitlines()
    assert "mail_max_userip_connections = 10" in everything
    assert "mail_cache_max_size = 1 G" not in everything
    assert "mail_cache_max_size = 1 G" in conf.shown(text, "-a", "-s").splitlines()
    names = [line.split(" ")[0] for line in everything if re.match("[a-z]", line)]
    assert names == sorted(names) and len(names) > 250
    defaults = conf.shown(text, "-d").splitlines()
    assert "login_greeting = Dovecot ready." in defaults
    assert "passdb {" not in defaults


def test_filters_are_printed_as_blocks(conf):
    shown = conf.shown(TEXT.replace("quota", ""), "-n")
    assert shown.endswith("}\nprotocol imap {\n  mail_plugins = \n}\n")


def test_lookups(conf):                                     # R-DCF-5
    assert conf.value(TEXT, "login_greeting") == "hi"
    assert conf.shown(TEXT, "service/imap/process_limit") == "service/imap/process_limit = 7\n"
    block = conf.shown(TEXT, "service/imap").splitlines()
    assert block[0] == "service imap {" and block[-1] == "}"
    assert "  process_limit = 7" in block and "  service_count = 1000" in block
    assert conf.shown(TEXT, "passdb").startswith("passdb {\n  args = password=x\n")
    assert conf.value(TEXT, "mail_plugins", "-f", "protocol=imap") == "quota"
    assert conf.value(TEXT, "mail_plugins") == ""
    done = conf.run("-h", "nosuch")
    assert (done.returncode, done.stdout) == (89, "")
    assert done.stderr == "roostconf: Fatal: Unknown setting or section: nosuch\n"


def test_lines_for_programs(conf):
    shown = conf.shown(TEXT.replace("quota", ""), "-S", "-P").splitlines()
    assert "service/imap/process_limit=7" in shown
    assert "doveadm_password=secret" in shown
    assert "passdb/1/args=password=x" in shown


def test_only_one_module(conf):
    shown = conf.shown("auth_verbose = yes\nmail_debug = yes\n", "-n", "-m", "auth")
    assert shown == "auth_verbose = yes\n"


def test_what_is_printed_reads_back_the_same(conf):
    text = """login_greeting = " a # b "
hostname = 'x "y" z'
imap_id_log = "a \\\\\\\\"
rejection_reason = "It's"
imap_id_send = "<x"
imap_capability = "$login_greeting"
plugin {
  quota_rule = "*:storage=1G # no"
}
namespace inbox {
  inbox = yes
  mailbox "Sent Messages" {
    special_use = \\Sent
  }
}
"""
    first = conf.shown(text, "-P", "-n")
    assert conf.shown(first, "-P", "-n") == first
    assert conf.value(first, "login_greeting") == " a # b "
    assert conf.value(first, "rejection_reason") == "It's"


def test_missing_modules_are_named(conf):                   # PLUGIN ABI, failure texts
    text = "mail_plugins = nosuch\nmail_location = nowhere:~/x\n"
    conf.write(text)
    done = conf.run()
    assert done.returncode == 89
    assert f"roostconf: Error: module nosuch: not found in {MODULES}. " \
        "Is the package roost-nosuch installed?\n" \
        f"  named at {conf.path}:1 (mail_plugins)\n" in done.stderr
    assert f"  named at {conf.path}:2 (mail_location)\n" in done.stderr


def test_plugins_that_are_not_there(conf):
    conf.write("mail_plugins = notify virtual\n")
    done = conf.run()
    assert "line 1: mail_plugins: virtual is not available; going on without it" in done.stderr
    assert "notify" not in done.stderr
    conf.write("mail_plugins = mail_crypt\n")
    done = conf.run()
    assert done.returncode == 89
    assert "mail_crypt is not available, and without it mail would be open to others" in \
        done.stderr


def test_check(conf):                                       # R-SVC-3, R-CFG-15
    conf.write("""protocols =
mmap_disable = yes
service imap {
  executable = imap imap-postlogin
  process_limit = 5
}
service director {
  process_limit = 2
}
plugin {
  nobody_knows = 1
}
""")
    done = conf.run("--check")
    assert done.stdout == ""
    warnings = [line.split(": ", 3)[3] for line in done.stderr.splitlines()
                if "Warning" in line]
    assert sorted(warnings) == [
        "mmap_disable has no effect: nothing is mapped",
        "plugin/nobody_knows: no module knows this setting",
        "service/director/process_limit has no effect: there is no director",
        "service/imap/executable has no effect: services run roost's own programs"]


def test_check_names_services_that_are_not_there(conf):      # R-SVC-3
    warnings = conf.warnings("""protocols =
service imp {
}
service imap-login {
}
service managesieve-login {
}
service postlogin {
  executable = script /bin/true
}
protocol lda {
}
protocol !pop {
}
protocol sieve {
}
service nothing-of-the-kind {
}
""", "--check")
    assert [line for line in warnings if "nothing has this name" in line[1]] == [
        (2, "service imp has no effect: nothing has this name (did you mean imap?)"),
        (13, "protocol pop has no effect: nothing has this name (did you mean pop3?)"),
        (17, "service nothing-of-the-kind has no effect: nothing has this name")]


def test_mechanisms_that_are_not_there(conf):                # R-SASL-1
    assert conf.warnings("auth_mechanisms = PLAIN, login gssapi\n") == [
        (1, "auth_mechanisms: gssapi is not available; going on without it")]


def test_output_that_cannot_be_written(conf):
    conf.write("")
    for option in ("-a", "-n"):
        done = subprocess.run(["sh", "-c", '"$0" -c "$1" "$2" > /dev/full', program("roostconf"),
                               conf.path, option], text=True, capture_output=True, check=False)
        assert done.returncode == 74
        assert "Cannot write" in done.stderr


def test_usage(conf):
    conf.write("")
    assert conf.run("--nosuch").returncode == 64
    assert conf.run("-f", "x=y").returncode == 64
    assert conf.run("--help").stdout.startswith("usage: roostconf [-adnNPSsx]")
    assert re.match(r"\d", conf.run("--version").stdout)
    missing = conf.run(path=conf.directory + "/nosuch.conf")
    assert missing.returncode == 89
    assert missing.stderr == "roostconf: Error: Cannot read configuration file " \
        f"{conf.directory}/nosuch.conf: No such file or directory\n"


def test_called_as_doveconf(conf, tmp_path):
    conf.write("")
    link = tmp_path / "doveconf"
    link.symlink_to(program("roostconf"))
    done = subprocess.run([link, "-n"], text=True, capture_output=True, check=False)
    assert "dovecot/dovecot.conf" in done.stderr + done.stdout
