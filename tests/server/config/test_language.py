"""The configuration language: R-CFG-1 to R-CFG-17."""
import pytest


@pytest.mark.parametrize("written, value", [
    ("  x y  ", "x y"),
    ("", ""),
    ("a # b", "a"),                         # R-CFG-2
    ("# b", ""),
    ("a\t# b", "a"),
    ("'a#b'", "a#b"),
    ('"a \\"q\\" b"', 'a "q" b'),           # R-CFG-3
    ('"a \\\\ b"', "a \\ b"),
    ('" lead"', " lead"),
    ("'a \"b\" c'", 'a "b" c'),
    ('a "b # c" d # e', 'a "b # c" d'),
    ("It's # x", "It's # x"),               # an open quote reaches to the end of the line
    ('"open # x', '"open # x'),
    ("x \\\n    y # c", "x y"),             # R-CFG-4
    ("x\\\ny", "x y"),
    ('"a\\\n  b"', "a b"),
    ("x \\\n  \\\n  y", "x y"),
    ("a\\b", "a\\b"),
    ("{ x }", "{ x }"),
    ("a = b", "a = b"),
    ("x\r", "x"),
])
def test_value(conf, written, value):
    assert conf.value(f"login_greeting = {written}\n", "login_greeting") == value


def test_last_line_without_end(conf):
    assert conf.value("login_greeting = x", "login_greeting") == "x"


def test_hash_without_a_blank_is_a_comment_with_a_warning(conf):
    assert conf.warnings("login_greeting = a#b\n") == [
        (1, "Ambiguous '#' character in line, treating it as comment. "
            "Add a space before it to remove this warning.")]


def test_comments_and_continuation(conf):
    text = "# a \\\nhostname = x\nlogin_greeting = a # b \\\nmail_debug = yes\n"
    assert conf.shown(text) == "hostname = x\nlogin_greeting = a\nmail_debug = yes\n"


@pytest.mark.parametrize("line, error", [
    ("service imap { x = 1 }", "Garbage after '{'"),        # R-CFG-5
    ("foo", "Expecting '{'"),
    ("foo bar", "Expecting '{'"),
    ("a b = c", "Expecting '{'"),
    ("= c", "Missing key name ('=' at the beginning of line)"),
    ("}", "Unexpected '}'"),
    ("plugin {\n} x", "Garbage after '}'"),
    ("service imap {", "Missing '}': block service imap has no end"),
    ("foo = 1", "Unknown setting: foo"),                     # R-CFG-15
    ("mail_locatoin = x", "Unknown setting: mail_locatoin (did you mean mail_location?)"),
    ("service imap {\n proces_limit = 1\n}",
     "Unknown setting: service/imap/proces_limit (did you mean process_limit?)"),
    ("foo bar {\n}", "Unknown section name: foo"),
    ("service imap {\n foo {\n }\n}", "Unknown section name: foo (within service)"),
    ("service {\n}", "service needs a name: service NAME {"),
    ("protocol {\n}", "protocol needs a name"),
    ("!include nosuch.conf", "Couldn't open include file {dir}/nosuch.conf: No matches"),
    ("mail_debug = true", "mail_debug: Invalid boolean value: true (use yes or no)"),
    ("mail_debug =", "mail_debug: Invalid boolean value:  (use yes or no)"),
    ("auth_failure_delay = 30", "auth_failure_delay: Time interval '30' is missing units "
                                "(add e.g. 's' for seconds)"),
    ("lock_method = x", "lock_method: Invalid value: x (use one of: fcntl|flock|dotlock)"),
    ("mail_attachment_min_size = x", "mail_attachment_min_size: Invalid size: x"),
    ("auth_worker_max_count = y", "auth_worker_max_count: Invalid number: y"),
    ("service imap {\n inet_listener imap {\n  port = 99999\n }\n}",
     "service/imap/inet_listener/imap/port: Invalid port: 99999 (at most 65535)"),
    ("imapc_port = 65536", "imapc_port: Invalid port: 65536 (at most 65535)"),
    ("auth_mechanisms = plain foo", "auth_mechanisms: Unknown mechanism: foo"),
    ("service imap/x {\n}", "service imap/x: the name cannot have a '/'"),
    ("login_greeting = $nosuch", "Unknown variable: $nosuch"),           # R-CFG-12
    ("login_greeting = $hostname/b", "Unknown variable: $hostname/b"),
    ("plugin {\n quota = x\n}\nlogin_greeting = $quota", "Unknown variable: $quota"),
    ("remote 10.0.0.0/99 {\n}", "Invalid network mask: 99"),
    ("protocol imap {\n remote 10.0.0.0/8 {\n }\n}",         # R-CFG-8
     "protocol { remote { .. } } not allowed (use remote { protocol { .. } } instead)"),
    ("remote 10.0.0.0/8 {\n local 1.2.3.4 {\n }\n}",
     "remote { local { .. } } not allowed (use local { remote { .. } } instead)"),
    ("local_name x {\n local 1.2.3.4 {\n }\n}",
     "local_name { local { .. } } not allowed (use local { local_name { .. } } instead)"),
    ("protocol imap {\n protocol pop3 {\n }\n}",
     "Nested protocol { protocol { .. } } block not allowed"),
    ("service imap {\n protocol imap {\n }\n}",
     "service { protocol { .. } } not allowed: put protocol around service"),
    ("remote 1.2.3.4 {\n auth_verbose = yes\n}",             # R-CFG-9
     "Auth settings not supported inside local/remote blocks: auth_verbose"),
    ("remote 1.2.3.4 {\n passdb {\n  driver = static\n }\n}",
     "Auth settings not supported inside local/remote blocks: passdb"),
    ("protocol imap {\n base_dir = /x\n}",
     "Setting base_dir is global: it cannot stand in a protocol block"),
    ("mail_location = maildir:%{nosuch}", "mail_location: Unknown variable %{nosuch}"),  # R-VAR-1
    ("mail_home = /x/%Z", "mail_home: Unknown variable %Z"),
    ("namespace a {\n prefix = a/\n}", "namespace a: no namespace has inbox = yes"),
    ("namespace a {\n inbox = yes\n separator = /\n prefix = a.\n}",
     'namespace a: prefix "a." has to end with the separator "/"'),
])
def test_error(conf, line, error):
    errors = conf.errors(f"\n{line}\n")
    error = error.replace("{dir}", conf.directory)
    assert error in [text for _, text in errors]
    assert all(2 <= number <= 2 + line.count("\n") for number, _ in errors)


def test_all_errors_in_one_run(conf):                       # R-CFG-14
    conf.write("mail_debug = x\n", "a.conf")
    conf.write("foo = 1\n!include a.conf\nbar\nlock_method = z\n")
    done = conf.run()
    assert done.returncode == 89
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        f"roostconf: Error in configuration file {conf.path} line 1: Unknown setting: foo",
        f"roostconf: Error in configuration file {conf.path} line 3: Expecting '{{'",
        f"roostconf: Error in configuration file {conf.path} line 4: "
        "lock_method: Invalid value: z (use one of: fcntl|flock|dotlock)",
        f"roostconf: Error in configuration file {conf.directory}/a.conf line 1: "
        "mail_debug: Invalid boolean value: x (use yes or no)"]


@pytest.mark.parametrize("name, written, shown", [           # R-CFG-13
    ("mail_debug", "Yes", "yes"), ("mail_debug", "y", "yes"), ("mail_debug", "1", "yes"),
    ("imap_hibernate_timeout", "3s", "3 secs"), ("auth_cache_ttl", "60s", "1 mins"),
    ("auth_cache_ttl", "2h", "2 hours"), ("auth_cache_ttl", "1 day", "1 days"),
    ("auth_cache_ttl", "500 ms", "500 msecs"), ("auth_cache_ttl", "0", "0"),
    ("mail_attachment_min_size", "1G", "1 G"), ("mail_attachment_min_size", "10k", "10 k"),
    ("mail_attachment_min_size", "512", "512 B"), ("first_valid_uid", "8", "8"),
    ("ssl", "required", "required"),
])
def test_printed_form(conf, name, written, shown):
    assert conf.value(f"{name} = {written}\n", name) == shown


# ---- blocks

def test_named_blocks_merge_and_others_are_new(conf):       # R-CFG-6
    text = """service imap {
  process_limit = 5
}
passdb {
  driver = static
}
service imap {
  vsz_limit = 1G
  process_limit = 6
}
passdb {
  driver = passwd-file
}
plugin {
  a = 1
  b = 2
}
plugin {
  a = 3
}
"""
    assert conf.shown(text) == """passdb {
  driver = static
}
passdb {
  driver = passwd-file
}
plugin {
  a = 3
  b = 2
}
service imap {
  process_limit = 6
  vsz_limit = 1 G
}
"""


def test_names_with_blanks_and_slashes(conf):
    text = """namespace inbox {
  inbox = yes
  mailbox "Sent Messages" {
    special_use = \\Sent
  }
  mailbox a/b {
    auto = create
  }
}
service lmtp {
  unix_listener /var/spool/postfix/private/dovecot-lmtp {
    mode = 0600
    user = postfix
  }
}
local_name "a.example b.example" {
  login_greeting = x
}
"""
    assert conf.shown(text) == text.replace(
        "  mailbox \"Sent", "  location = \n  mailbox \"Sent").replace(
        "\n}\nservice", "\n  prefix = \n}\nservice").replace("    mode = 0600\n", "")


def test_paths(conf):                                        # R-CFG-7
    text = """service/imap/process_limit = 7
plugin/quota = x
namespace/inbox/inbox = yes
namespace/inbox/separator = .
namespace/inbox/mailbox/A/B/auto = create
service/imap/unix_listener/login\\simap/mode = 0600
"""
    conf.write(text)
    for name, value in [("service/imap/process_limit", "7"), ("plugin/quota", "x"),
                        ("namespace/inbox/separator", "."),
                        ("namespace/inbox/mailbox/A/B/auto", "create"),
                        ("service/imap/unix_listener/login/imap/mode", "0600")]:
        assert conf.value(text, name) == value
    assert conf.value(text, "service/imap/vsz_limit", "-o", "service/imap/vsz_limit=5M") == "5 M"


def test_command_line_wins(conf):
    text = "mail_debug = no\nprotocol imap {\n mail_plugins = a\n}\n"
    assert conf.value(text, "mail_debug", "-o", "mail_debug=yes") == "yes"
    assert conf.value(text, "plugin/quota", "-o", "plugin/quota=maildir::noenforcing") == \
        "maildir::noenforcing"
    assert conf.errors(text, "-o", "nosuch=1") == [(0, "Error: Unknown setting: nosuch")]
    assert conf.errors(text, "-o", "nosuch") == [(0, "Error: -o nosuch: expecting NAME=VALUE")]


# ---- filters

FILTERS = """login_greeting = global
mail_max_userip_connections = 1
protocol imap {
  mail_max_userip_connections = 2
}
protocol !imap {
  login_greeting = other
}
remote 10.0.0.0/8 {
  imap_metadata = yes
  protocol imap {
    mail_max_userip_connections = 3
  }
}
remote 10.1.0.0/16 {
  imap_metadata = no
}
remote 10.1.2.3 {
  imap_metadata = yes
}
local 127.0.0.0/8 {
  local_name *.example.org {
    hostname = star
  }
  local_name mail.example.org {
    hostname = mail
  }
}
"""


@pytest.mark.parametrize("name, facts, value", [             # R-CFG-8, R-DCF-6
    ("mail_max_userip_connections", [], "1"),
    ("mail_max_userip_connections", ["protocol=imap"], "2"),
    ("mail_max_userip_connections", ["service=imap", "remote=10.9.9.9"], "3"),
    ("mail_max_userip_connections", ["protocol=imap", "remote=11.9.9.9"], "2"),
    ("mail_max_userip_connections", ["protocol=pop3", "remote=10.9.9.9"], "1"),
    ("imap_metadata", ["remote=10.9.9.9"], "yes"),
    ("imap_metadata", ["remote=10.1.9.9"], "no"),
    ("imap_metadata", ["remote=10.1.2.3"], "yes"),
    ("imap_metadata", ["remote=::ffff:10.1.2.3"], "yes"),
    ("imap_metadata", ["remote=::1"], "no"),
    ("login_greeting", ["protocol=imap"], "global"),
    ("login_greeting", ["protocol=pop3"], "other"),
    ("hostname", ["lname=mail.example.org"], ""),
    ("hostname", ["lname=mail.example.org", "local=127.0.0.1"], "mail"),
    ("hostname", ["lname=x.example.org", "local=127.0.0.1"], "star"),
])
def test_most_specific_filter(conf, name, facts, value):
    args = [arg for fact in facts for arg in ("-f", fact)]
    assert conf.value(FILTERS, name, *args) == value


def test_conflict(conf):                                     # R-CFG-8
    text = "protocol imap {\n mail_debug = yes\n}\nremote 10.0.0.0/8 {\n mail_debug = no\n}\n"
    assert conf.errors(text) == [
        (5, f"Conflict in setting mail_debug found from filter at {conf.path}:1")]
    # The same value, filters apart, or one that decides are none.
    conf.shown(text.replace("= no", "= yes"))
    conf.shown(text.replace("remote 10.0.0.0/8", "protocol pop3"))
    conf.shown(text + "remote 10.0.0.0/8 {\n protocol imap {\n  mail_debug = no\n }\n}\n")


@pytest.mark.parametrize("first, second, conflict", [
    ("remote 10.0.0.0/8", "remote 10.1.0.0/16", False),
    ("remote 10.0.0.0/8", "remote 11.0.0.0/8", False),
    ("remote 10.0.0.0/8", "local 10.0.0.0/8", True),
    ("local 10.0.0.0/8", "local ::1", False),
    ("protocol !imap", "protocol pop3", False),
    ("protocol !imap", "protocol imap", False),
    ("protocol !imap", "protocol !pop3", True),
    ("local_name a.example", "protocol imap", True),
    ("local_name a.example", "local_name b.example", False),
    ("local_name a.example", "local_name *.example", False),
    ("local_name *.example", "local_name *.test", False),
    ('local_name "a.example b.example"', 'local_name "b.example c.example"', True),
    ('local_name "a.example b.example"', "local_name c.example", False),
])
def test_which_filters_conflict(conf, first, second, conflict):
    text = f"{first} {{\n hostname = a\n}}\n{second} {{\n hostname = b\n}}\n"
    if conflict:
        assert len(conf.errors(text)) == 1
    else:
        conf.shown(text)


# ---- includes and files

def test_include(conf):                                      # R-CFG-10
    conf.write("process_limit = 5\n!include ../more.conf\n", "conf.d/inner.conf")
    conf.write("vsz_limit = 1G\n", "more.conf")
    conf.write("login_greeting = 1\n", "conf.d/10-a.conf")
    conf.write("login_greeting = $login_greeting 2\n", "conf.d/20-b.conf")
    assert conf.shown("""!include conf.d/*0-*.conf
!include conf.d/nothing*.conf
!include_try nosuch.conf
service imap {
  !include conf.d/inner.conf
}
""") == """login_greeting = 1 2
service imap {
  process_limit = 5
  vsz_limit = 1 G
}
"""


def test_include_of_itself(conf):
    assert conf.errors("!include roost.conf\n") == [
        (1, f"Recursive include of {conf.path}")]


def test_error_in_an_included_file_names_it(conf):
    conf.write("\nfoo = 1\n", "a.conf")
    conf.write("!include a.conf\n")
    assert f"{conf.directory}/a.conf line 2: Unknown setting: foo" in conf.run().stderr


def test_value_from_a_file(conf):                            # R-CFG-11
    conf.write("first\nsecond\n", "text")
    text = f"login_greeting = <text\nssl_key = <{conf.directory}/text\n"
    assert conf.shown(text) == (f"login_greeting = <{conf.directory}/text\n"
                                "ssl_key = # hidden, use -P to show it\n")
    assert conf.shown(text, "-P") == (f"login_greeting = <{conf.directory}/text\n"
                                      f"ssl_key = <{conf.directory}/text\n")
    assert conf.value(text, "login_greeting", "-x") == "first\nsecond\n"


def test_missing_file_is_an_error_when_it_is_used(conf):
    assert conf.shown("ssl_cert = </nosuch\n") == "ssl_cert = </nosuch\n"
    assert (1, "ssl_cert: Can't open file /nosuch: No such file or directory") in \
        conf.errors("ssl_cert = </nosuch\n", "--check")
    assert not [text for _, text in conf.said("ssl = no\nssl_cert = </nosuch\n", "--check")[0]
                if "nosuch" in text]


# ---- $names

def test_names_of_settings(conf):                            # R-CFG-12
    text = """login_greeting = a
login_greeting = $login_greeting b
hostname = x $login_greeting y
protocol imap {
  login_greeting = $login_greeting c
}
imap_capability = "$login_greeting"
imap_id_log = $ 5$ a$b %$:
"""
    assert conf.shown(text, "-x") == """hostname = x a b y
imap_capability = "$login_greeting"
imap_id_log = $ 5$ a$b %$:
login_greeting = a b
protocol imap {
  login_greeting = a b c
}
"""
    assert "hostname = x $login_greeting y\n" in conf.shown(text)


def test_expansion_does_not_see_later_changes(conf):
    text = "hostname = a\nlogin_greeting = $hostname\nhostname = b\n"
    assert conf.value(text, "login_greeting", "-x") == "a"


def test_defaults_of_services_follow_what_is_set(conf):
    text = "default_internal_user = vmail\n"
    assert conf.value(text, "service/auth/user", "-x") == "vmail"
    assert conf.value(text, "service/auth/user") == "$default_internal_user"


def test_global_setting_after_a_filter(conf):
    text = "protocol imap {\n mail_debug = yes\n}\nmail_debug = no\n"
    assert conf.warnings(text) == [
        (4, "Global setting mail_debug won't change the setting inside an earlier filter at "
            f"{conf.path} line 2 (if this is intentional, avoid this warning by moving the "
            f"global setting before {conf.path} line 2)")]


def test_ssl_off_for_all(conf):                              # R-TL-1
    assert conf.warnings("ssl = no\nprotocol imap {\n ssl = required\n}\n") == [
        (3, "SSL is disabled because global ssl=no, ignoring ssl=required for subsection")]


# ---- older names

@pytest.mark.parametrize("line, warning, shown", [           # R-CFG-17, R-CNV-2
    ("ssl_disable = yes", "ssl_disable has been renamed to ssl", "ssl = no\n"),
    ("ssl_cert_file = /x", "ssl_cert_file has been replaced by ssl_cert = <file",
     "ssl_cert = </x\n"),
    ("ssl_protocols = !SSLv3 !TLSv1", "ssl_protocols has been replaced by ssl_min_protocol",
     "ssl_min_protocol = TLSv1.1\n"),
    ("ssl_parameters_regenerate = 1", "ssl_parameters_regenerate is no longer needed", ""),
    ("umask = 077", "umask is no longer needed", ""),
    ("default_mail_env = maildir:~/M", "default_mail_env has been renamed to mail_location",
     "mail_location = maildir:~/M\n"),
    ("login_processes_count = 3",
     "login_processes_count has been replaced by service { process_min_avail }",
     "".join(f"service {name}-login {{\n  process_min_avail = 3\n}}\n"
             for name in ("imap", "managesieve", "pop3"))),
])
def test_older_names(conf, line, warning, shown):
    conf.write(line + "\n")
    done = conf.run("-P")
    assert done.returncode in (0, 89)
    assert done.stderr.splitlines()[:2] == [
        "roostconf: Warning: NOTE: You can get a new clean config file with: "
        "roostconf -Pn > roost-new.conf",
        f"roostconf: Warning: Obsolete setting in {conf.path}:1: {warning}"]
    assert "".join(x for x in done.stdout.splitlines(True) if x[0] != "#") == shown
