"""What Debian's Dovecot 2.3 packages ship under /etc/dovecot, read unchanged.

The packages are downloaded (not installed), or taken from the directory that ROOST_DEBIAN names.
"""
import glob
import os
import pathlib
import re
import shutil
import subprocess

import pytest

from lmtp import Lmtp
from roost import ROOT

PACKAGES = ["dovecot-core", "dovecot-imapd", "dovecot-lmtpd", "dovecot-pop3d", "dovecot-sieve",
            "dovecot-managesieved"]

# Values that comments in the files show as examples, and not as defaults.
EXAMPLES = {
    "auth_cache_size", "auth_gssapi_hostname", "auth_krb5_keytab", "auth_realms", "base_dir",
    "client_limit", "default_client_limit", "imap_client_workarounds", "imap_idle_notify_interval",
    "instance_name", "lda_original_recipient_header", "listen", "lmtp_client_workarounds",
    "log_debug", "login_greeting", "login_log_format_elements", "mail_attachment_detection_options",
    "mail_plugin_dir", "mail_plugins", "pop3_client_workarounds", "process_limit",
    "process_min_avail", "protocols", "service_count", "ssl_cert", "ssl_client_ca_dir",
    "ssl_client_ca_file", "ssl_dh", "ssl_key", "vsz_limit", "ssl", "submission_client_workarounds",
    "user", "group", "mode", "port", "auth_mechanisms", "mail_log_prefix", "mbox_write_locks",
    "managesieve_client_workarounds", "address", "first_valid_uid", "last_valid_uid",
    "director_servers", "director_mail_servers", "auth_username_chars", "imap_urlauth_host",
    "mail_attribute_dict", "imap_hibernate_timeout", "auth_username_translation",
    "auth_socket_path", "imap_logout_format", "import_environment", "login_access_sockets",
    "mailbox_list_index_very_dirty_syncs", "ssl_cipher_list",
    # Ours have names of their own.
    "default_internal_user", "default_login_user",
}


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """Directory laid out as the packages' scripts lay out /etc/dovecot."""
    directory = tmp_path_factory.mktemp("debian")
    given = os.environ.get("ROOST_DEBIAN")
    if given is None:
        if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
            pytest.skip("no apt-get or dpkg-deb here")
        done = subprocess.run(["apt-get", "download", "-qq", *PACKAGES], cwd=directory, text=True,
                              capture_output=True, check=False)
        if done.returncode != 0:
            pytest.skip("packages cannot be had: " + done.stderr.strip()[-300:])
        given = directory
    root = directory / "root"
    debs = glob.glob(f"{given}/dovecot-*.deb")
    for deb in debs:
        subprocess.run(["dpkg-deb", "-x", deb, root], check=True)
    version = subprocess.run(["dpkg-deb", "-f", glob.glob(f"{given}/dovecot-core*.deb")[0],
                              "Version"], text=True, capture_output=True, check=True).stdout
    if ":2.3." not in version:
        pytest.skip("not Dovecot 2.3: " + version)
    share, etc = root / "usr/share/dovecot", directory / "etc"
    shutil.copytree(share / "conf.d", etc / "conf.d")
    for file in [share / "dovecot.conf", *share.glob("*.ext")]:
        shutil.copy(file, etc)
    return etc


def without_missing_modules(stderr):
    """Modules that are not built yet are no fault of the configuration."""
    return [line for line in stderr.splitlines()
            if not re.match(r"\S+: Error: module \w+: not found|  named at ", line)]


def test_read_unchanged(conf, shipped):
    done = conf.run("-n", path=str(shipped / "dovecot.conf"))
    assert without_missing_modules(done.stderr) == []
    lines = [line for line in done.stdout.splitlines() if not line.startswith("#")]
    assert lines[:2] == ["mail_location = mbox:~/mail:INBOX=/var/mail/%u",
                         "mail_privileged_group = mail"]
    text = "\n".join(lines)
    assert "namespace inbox {\n  inbox = yes\n  location = \n  mailbox Drafts {\n" \
           "    special_use = \\Drafts\n  }" in text
    assert "passdb {\n  driver = pam\n}" in text
    assert "userdb {\n  driver = passwd\n}" in text
    assert "ssl_cert = </etc/dovecot/private/dovecot.pem" in text
    assert "ssl_key = # hidden, use -P to show it" in text
    assert "plugin {\n  sieve = file:~/sieve;active=~/.dovecot.sieve\n}" in text


def test_same_as_doveconf(conf, shipped, tmp_path):
    """Byte for byte what the original prints, where it can be run."""
    root = shipped.parent / "root"
    library = root / "usr/lib/dovecot"
    local = tmp_path / "etc"
    shutil.copytree(shipped, local)
    # It insists on users that exist.
    (local / "local.conf").write_text("default_login_user = root\ndefault_internal_user = root\n"
                                      "default_internal_group = root\n")
    path = str(local / "dovecot.conf")
    done = subprocess.run([root / "usr/bin/doveconf", "-c", path, "-n"], text=True,
                          capture_output=True, check=False,
                          env=dict(os.environ, LD_LIBRARY_PATH=str(library)))
    if "mail_location" not in done.stdout:
        pytest.skip("doveconf does not run here: " + done.stderr[-200:])

    def settings(text):
        return [line for line in text.splitlines() if not line.startswith("#")]
    assert settings(conf.run("-n", path=path).stdout) == settings(done.stdout)


def commented(path):
    """(block path, name, value) of each "#name = value" in a shipped file."""
    blocks = []
    for line in open(path, encoding="utf-8"):
        bare = line.strip().lstrip("#").strip() if re.match(r"\s*#[a-z}]", line) else line.strip()
        opened = re.fullmatch(r"([a-z_]+)(?: (\S+))? \{", bare)
        setting = re.fullmatch(r"([a-z_0-9]+) =(?: (.*))?", bare)
        if bare == "}":
            blocks = blocks[:-1]
        elif opened:
            blocks.append(opened.groups())
        elif setting and line.strip().startswith("#"):
            yield list(blocks), setting[1], setting[2] or ""


def test_all_names_are_known_with_their_defaults(conf, shipped):
    unknown, differing = [], []
    names, defaults = {}, {}
    for line in conf.shown("", "-d", "-S", "-s").splitlines():
        name, _, value = line.partition("=")
        defaults[name] = value
    for path in sorted(glob.glob(f"{shipped}/conf.d/*.conf") + [f"{shipped}/dovecot.conf"]):
        for blocks, name, value in commented(path):
            if not any(kind in ("plugin", "dict") for kind, _ in blocks):
                names[(os.path.basename(path), tuple(blocks), name)] = value
    assert len(names) > 150
    lines = []
    for (file, blocks, name), value in names.items():
        text = "".join(f"{kind} {block or ''} {{\n" for kind, block in blocks)
        lines.append((file, blocks, name, value, text))
    # All at once: one run names everything that nobody knows.
    whole = "".join(text + f"{name} =\n" + "}\n" * len(blocks)
                    for _, blocks, name, _, text in lines)
    for number, text in conf.said(whole)[0]:
        if "Unknown" in text:
            unknown.append(text)
    assert unknown == []
    # What the comments say is printed in our form, and compared with what holds without it.
    documented = [(name, value) for _, blocks, name, value, _ in lines
                  if not blocks and name not in EXAMPLES and value]
    conf.write("".join(f"{name} = {value}\n" for name, value in documented))
    for line in conf.run("-N", "-S").stdout.splitlines():
        name, _, value = line.partition("=")
        if value != defaults.get(name):
            differing.append((name, value, defaults.get(name)))
    assert len(documented) > 60
    assert not differing, "\n".join(map(repr, differing))


def edit(path, *pairs):
    """What an administrator changes in a file that is shipped."""
    text = path.read_text()
    for old, new in pairs:
        assert old in text, (path, old)
        text = text.replace(old, new)
    path.write_text(text)


def test_it_serves_users_of_a_passwd_file(shipped, make_roost):
    """As Debian ships it, with its own passwd-file example in use; the rest is in local.conf."""
    roost = make_roost("imap lmtp")
    roost.user("ann", "secret")
    etc = pathlib.Path(roost.dir, "etc")
    shutil.copytree(shipped, etc)
    edit(etc / "conf.d/10-auth.conf",
         ("!include auth-system.conf.ext", "#!include auth-system.conf.ext"),
         ("#!include auth-passwdfile.conf.ext", "!include auth-passwdfile.conf.ext"))
    edit(etc / "conf.d/auth-passwdfile.conf.ext", ("/etc/dovecot/users", roost.users_path))
    edit(etc / "conf.d/10-ssl.conf", ("/usr/share", f"{shipped.parent}/root/usr/share"))
    ids = ("default_internal_user = daemon\ndefault_internal_group = daemon\n"
           "default_login_user = nobody\n") if ROOT else "first_valid_uid = 1\n"
    (etc / "local.conf").write_text(
        f"base_dir = {roost.base_dir}\nlog_path = {roost.log_path}\nlisten = 127.0.0.1\n"
        f"protocols = imap lmtp\nmail_location = maildir:~/Maildir\n"
        f"{ids}{roost.certificate()}{roost.listeners()}")
    roost.conf_path = str(etc / "dovecot.conf")
    roost.start()
    client = Lmtp(roost.connect("lmtp"))
    assert client.send(["ann"], b"Subject: hello\r\n\r\nbody\r\n")[0].startswith("250 ")
    client.close()
    with roost.connect("imaps", tls=True) as wire:
        wire.expect(r"\* OK ")
        wire.say("a LOGIN ann secret")
        wire.until("a OK ")
        wire.say("b SELECT INBOX")
        assert "* 1 EXISTS" in wire.until("b OK ")
