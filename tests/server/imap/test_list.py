"""LIST, LSUB, CREATE, DELETE, RENAME, SUBSCRIBE, NAMESPACE. RFC 9051 6.3, RFC 5258, 5819, 6154, 2342."""
import re


def names(lines):
    return [re.match(r'\* (?:LIST|LSUB) \(.*?\) "." "?(.*?)"?$', line)[1] for line in lines
            if re.match(r"\* L", line)]


def test_the_tree_and_its_patterns(connect):
    c = connect()
    for name in ("Work.2021", "Work.2022", "Lists"):
        c.ok(f"CREATE {name}")
    assert sorted(names(c.ok('LIST "" *'))) == ["INBOX", "Lists", "Work", "Work.2021", "Work.2022"]
    assert sorted(names(c.ok('LIST "" %'))) == ["INBOX", "Lists", "Work"]
    assert sorted(names(c.ok('LIST "" Work.%'))) == ["Work.2021", "Work.2022"]
    assert sorted(names(c.ok('LIST Work. %'))) == ["Work.2021", "Work.2022"]
    assert names(c.ok('LIST "" inbox')) == ["INBOX"]
    assert c.ok('LIST "" ""') == ['* LIST (\\Noselect) "." ""']


def test_names_in_modified_utf7(connect):
    c = connect()
    c.ok('CREATE "M&APw-ll &- mehr"')
    assert 'M&APw-ll &- mehr' in names(c.ok('LIST "" *'))
    c.select('"M&APw-ll &- mehr"')
    assert c.no("CREATE &bad").startswith("NO [CANNOT]")


def test_words_for_what_cannot_be(connect):
    c = connect()
    c.ok("CREATE a")
    assert c.no("CREATE a") == "NO [ALREADYEXISTS] Mailbox already exists"
    assert c.no("DELETE nope") == "NO [NONEXISTENT] Mailbox doesn't exist: nope"
    assert c.no("RENAME nope b") == "NO [NONEXISTENT] Mailbox doesn't exist: nope"
    assert c.no("DELETE INBOX").startswith("NO ")


def test_rename_takes_children_along(connect):
    c = connect()
    c.ok("CREATE a.b")
    c.append("a.b")
    c.ok("RENAME a c")
    assert "c.b" in names(c.ok('LIST "" *')) and "a.b" not in names(c.ok('LIST "" *'))
    assert c.status("c.b", "MESSAGES") == {"MESSAGES": 1}


def test_subscriptions(connect):
    c = connect()
    c.ok("CREATE a")
    c.ok("SUBSCRIBE a")
    assert names(c.ok('LSUB "" *')) == ["a"]
    lines = c.ok('LIST (SUBSCRIBED) "" * RETURN (STATUS (MESSAGES UNSEEN))')
    assert re.match(r'\* LIST \(.*\\Subscribed.*\) "." a$', lines[0])
    assert lines[1] == "* STATUS a (MESSAGES 0 UNSEEN 0)"
    c.ok("UNSUBSCRIBE a")
    assert names(c.ok('LSUB "" *')) == []


def test_namespaces(connect):
    assert connect().ok("NAMESPACE") == ['* NAMESPACE (("" ".")) NIL NIL']


def test_names_in_answers_are_the_clients(connect):
    c = connect()
    c.ok("CREATE here")
    for command in "DELETE no.such", "RENAME no.such x":
        assert c.no(command) == "NO [NONEXISTENT] Mailbox doesn't exist: no.such"
    for command in 'CREATE ""', 'SUBSCRIBE ""', 'RENAME here ""':
        assert c.no(command) == "NO [CANNOT] Invalid mailbox name: Name is empty"


def test_inbox_is_the_same_in_any_case(connect):
    c = connect()
    assert [line for line in c.ok('LIST "" iNb%') if line.endswith(" INBOX")]
