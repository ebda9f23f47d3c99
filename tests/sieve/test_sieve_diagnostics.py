"""Diagnostics: each mistake has one, with its place and what it is."""
import json
import os
import subprocess

import pytest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SIEVEC = os.path.join(os.environ.get("ROOST_BUILD", TOP + "/build"), "sieve", "sievec")

EXTENSIONS = """
mailbox special-use mboxmetadata servermetadata vnd.dovecot.report vnd.dovecot.debug
vnd.dovecot.pipe vnd.dovecot.filter vnd.dovecot.execute ereject reject redirect-dsn
redirect-deliverby envelope envelope-dsn envelope-deliverby fcc mailboxid environment extlists
spamtest spamtestplus virustest replace enclose foreverypart variables fileinto copy vacation
vacation-seconds enotify ihave relational imap4flags editheader date index body mime extracttext
include duplicate regex subaddress comparator-i;ascii-numeric
""".split()

# A mistake, and its column and text. All are in one script, as each has one line.
ARGUMENTS = [
    ('redirect ["a@b.c", "d@e.f"];',
     '11 the redirect command expects a string as argument 1 (address), but a string list was found'),
    ('redirect "nodomain";', "1 specified redirect address 'nodomain' is invalid"),
    ('redirect "";', "1 specified redirect address '' is invalid"),
    ('redirect "<>";', "1 specified redirect address '<>' is invalid"),
    ('redirect "a@b.c, d@e.f";', "1 specified redirect address 'a@b.c, d@e.f' is invalid"),
    ('redirect "föö@example.com";', "1 specified redirect address 'föö@example.com' is invalid"),
    ('redirect :copy :copy "a@b.c";',
     "16 encountered duplicate tagged argument ':copy' for the redirect command"),
    ('keep "x";', '1 the keep command requires 0 positional argument(s), but 1 is specified'),
    ('discard 3;', '1 the discard command requires 0 positional argument(s), but 1 is specified'),
    ('stop :frop;',
     "6 unknown tagged argument ':frop' for the stop command (only reported once at first occurrence)"),
    ('fileinto 3;',
     '10 the fileinto command expects a string as argument 1 (mailbox), but a number was found'),
    ('fileinto;', '1 the fileinto command requires 1 positional argument(s), but 0 are specified'),
    ('fileinto "a" "b";', '1 the fileinto command requires 1 positional argument(s), but 2 are specified'),
    ('if header :is :contains "a" "b" { keep; }',
     '15 encountered duplicate MATCH-TYPE argument (:contains) for the header test'),
    ('if header :comparator "i;octet" :comparator "i;octet" "a" "b" { keep; }',
     '33 encountered duplicate COMPARATOR argument (:comparator) for the header test'),
    ('if header :comparator "i;foo" "a" "b" { keep; }', "23 unknown comparator 'i;foo'"),
    ('if header :comparator ["i;octet"] "a" "b" { keep; }',
     '24 the :comparator tag for the header test requires a string as parameter, but a string list was found'),
    ('if address :user :detail "from" "x" { keep; }',
     '18 encountered duplicate ADDRESS-PART argument (:detail) for the address test'),
    ('if envelope :localpart "auth" "x" { keep; }',
     "24 envelope part 'auth' specified for the envelope test is no address: it takes no address part"),
    ('if address ["from", "list-post"] "x" { keep; }',
     "13 specified header 'list-post' is not allowed for the address test"),
    ('if header :comparator "i;ascii-numeric" :matches "a" "b" { keep; }',
     "4 the comparator 'i;ascii-numeric' is not for the match type ':matches' of the header test"),
    ('if header :comparator "i;ascii-numeric" :regex "a" "b" { keep; }',
     "4 the comparator 'i;ascii-numeric' is not for the match type ':regex' of the header test"),
    ('if header :comparator "${x}" "a" "b" { keep; }',
     '11 the :comparator tag for the header test requires a constant string'),
    ('if size 10 { keep; }',
     '4 the size test requires either the :over or the :under tag to be specified'),
    ('if size :over "a" { keep; }',
     '15 the size test expects a number as argument 1 (limit), but a string was found'),
    ('if size :over { keep; }', '4 the size test requires 1 positional argument(s), but 0 are specified'),
    ('if size :over 10 20 { keep; }',
     '4 the size test requires 1 positional argument(s), but 2 are specified'),
    ('if exists { keep; }', '4 the exists test requires 1 positional argument(s), but 0 are specified'),
    ('if exists "a" "b" { keep; }',
     '4 the exists test requires 1 positional argument(s), but 2 are specified'),
    ('if exists 3 { keep; }',
     '11 the exists test expects a string list as argument 1 (header names), but a number was found'),
    ('if not { keep; }', '4 the not test requires one sub-test, but none is specified'),
    ('if not (true) { keep; }', '4 the not test requires one sub-test, but a list of tests is specified'),
    ('if anyof true { keep; }',
     '4 the anyof test requires a list of sub-tests, but a single one is specified'),
    ('if allof { keep; }', '4 the allof test requires sub-tests, but none are specified'),
    ('set;', '1 the set command requires 2 positional argument(s), but 0 are specified'),
    ('set "a";', '1 the set command requires 2 positional argument(s), but 1 is specified'),
    ('set "a" "b" "c";', '1 the set command requires 2 positional argument(s), but 3 are specified'),
    ('set "a" ["b"];',
     '10 the set command expects a string as argument 2 (value), but a string list was found'),
    ('set ["a"] "b";',
     '6 the set command expects a string as argument 1 (name), but a string list was found'),
    ('set :lower :lower "a" "b";',
     '12 encountered duplicate MODIFIER argument (:lower) for the set command'),
    ('if string "a" { keep; }', '4 the string test requires 2 positional argument(s), but 1 is specified'),
    ('vacation;', '1 the vacation command requires 1 positional argument(s), but 0 are specified'),
    ('vacation :days "1" "x";',
     '16 the :days tag for the vacation command requires a number as parameter, but a string was found'),
    ('vacation :days 1 :seconds 2 "x";',
     '1 the :days and :seconds tags for the vacation command cannot be specified together'),
    ('vacation :from "nobody" "x";',
     "16 specified :from address 'nobody' is invalid for the vacation command"),
    ('vacation :addresses 3 "x";',
     '21 the :addresses tag for the vacation command requires a string list as parameter, but a number was found'),
    ('vacation :subject 3 "x";',
     '19 the :subject tag for the vacation command requires a string as parameter, but a number was found'),
    ('vacation :handle 3 "x";',
     '18 the :handle tag for the vacation command requires a string as parameter, but a number was found'),
    ('vacation :mime "x" "y";',
     '1 the vacation command requires 1 positional argument(s), but 2 are specified'),
    ('vacation ["x"];',
     '11 the vacation command expects a string as argument 1 (reason), but a string list was found'),
    ('vacation :subject "a" :subject "b" "x";',
     "23 encountered duplicate tagged argument ':subject' for the vacation command"),
    ('vacation :days 100 "x";',
     'warning 16 the period of :days 100 for the vacation command is out of range: it is taken as 5184000 seconds'),
    ('vacation :days 0 "x";',
     'warning 16 the period of :days 0 for the vacation command is out of range: it is taken as 86400 seconds'),
    ('if date "date" "year" { keep; }',
     '4 the date test requires 3 positional argument(s), but 2 are specified'),
    ('if date :zone 3 "date" "year" "x" { keep; }',
     '15 the :zone tag for the date test requires a string as parameter, but a number was found'),
    ('if date :zone "foo" "date" "year" "x" { keep; }',
     "15 specified :zone argument 'foo' is not a valid timezone"),
    ('if currentdate :originalzone "year" "x" { keep; }',
     "16 unknown tagged argument ':originalzone' for the currentdate test (only reported once at first occurrence)"),
    ('if currentdate "year" { keep; }',
     '4 the currentdate test requires 2 positional argument(s), but 1 is specified'),
    ('if date "date" "frop" "x" { keep; }', "warning 4 specified date part 'frop' is unknown"),
    ('addheader "x:y" "z";', "1 addheader command: specified field name 'x:y' is invalid"),
    ('addheader "x";', '1 the addheader command requires 2 positional argument(s), but 1 is specified'),
    ('deleteheader;', '1 the deleteheader command requires 1 positional argument(s), but 0 are specified'),
    ('deleteheader :index 0 "x";', '21 the :index tag for the deleteheader command: the first one is 1'),
    ('deleteheader :last "x";',
     '14 the :last tag for the deleteheader command cannot be specified without the :index tag'),
    ('deleteheader :index 1 :index 2 "x";',
     "23 encountered duplicate tagged argument ':index' for the deleteheader command"),
    ('deleteheader ["a", "b"];',
     '15 the deleteheader command expects a string as argument 1 (field name), but a string list was found'),
    ('deleteheader "a" 3;',
     '18 the deleteheader command expects a string list as argument 2 (value patterns), but a number was found'),
    ('deleteheader "a" "b" "c";',
     '1 the deleteheader command requires 1 positional argument(s), but 3 are specified'),
    ('if duplicate :handle 3 { keep; }',
     '22 the :handle tag for the duplicate test requires a string as parameter, but a number was found'),
    ('if duplicate :header "X Y" { keep; }', "warning 22 specified header field name 'X Y' is invalid"),
    ('if duplicate :last :last { keep; }',
     "20 encountered duplicate tagged argument ':last' for the duplicate test"),
    ('if header :mime :anychild :type :subtype "a" "b" { keep; }',
     '33 encountered duplicate MIME-OPTION argument (:subtype) for the header test'),
    ('if header :anychild "a" "b" { keep; }',
     '11 the :anychild tag for the header test cannot be specified without the :mime tag'),
    ('if header :type "a" "b" { keep; }',
     '11 the :type tag for the header test cannot be specified without the :mime tag'),
    ('break;', '1 the break command is in no foreverypart loop'),
    ('foreverypart { break :name "x"; }', '16 the break command is in no foreverypart loop of this name'),
    ('foreverypart true { }', '1 the foreverypart command accepts no sub-tests, but tests are specified'),
    ('foreverypart;', '1 the foreverypart command requires a command block'),
    ('extracttext "x";', '1 the extracttext command is not placed inside a foreverypart loop'),
    ('notify;', '1 the notify command requires 1 positional argument(s), but 0 are specified'),
    ('notify "xmpp:a@b.c";', "1 the notify command: invalid method 'xmpp:a@b.c'"),
    ('notify :importance "4" "mailto:a@b.c";', "20 invalid :importance value '4' for the notify command"),
    ('notify :options "x" "mailto:a@b.c";', "17 invalid :options value 'x' for the notify command"),
    ('notify :from "foo" "mailto:a@b.c";',
     "14 specified :from address 'foo' is invalid for the notify command"),
    ('notify "mailto:a@b.c?x";', "1 the notify command: invalid method 'mailto:a@b.c?x'"),
    ('include;', '1 the include command requires 1 positional argument(s), but 0 are specified'),
    ('include "a/b";', "1 include: invalid script name 'a/b'"),
    ('include "${x}";', '1 the include command requires a constant script name'),
    ('include :personal :global "x";',
     '19 encountered duplicate LOCATION argument (:global) for the include command'),
    ('include "nothere";', "1 failed to include script 'nothere': there is no such script"),
    ('global "1";', "8 invalid variable name '1' for the global command"),
    ('global "a b";', "8 invalid variable name 'a b' for the global command"),
    ('return "x";', '1 the return command requires 0 positional argument(s), but 1 is specified'),
    ('setflag;', '1 the setflag command requires 1 positional argument(s), but 0 are specified'),
    ('addflag "1" "x";', '9 invalid variable name for the addflag command'),
    ('keep :flags 3;',
     '13 the :flags tag for the keep command requires a string list as parameter, but a number was found'),
    ('keep :flags;',
     '6 the :flags tag for the keep command requires a string list as parameter, but no parameters were found'),
    ('if date "x y" "year" "z" { keep; }', "warning 9 specified header field name 'x y' is invalid"),
    ('if mailboxexists { keep; }',
     '4 the mailboxexists test requires 1 positional argument(s), but 0 are specified'),
    ('if mailboxexists 3 { keep; }',
     '18 the mailboxexists test expects a string list as argument 1 (mailbox names), but a number was found'),
    ('fileinto :create "x" :copy;',
     "22 encountered an unexpected tagged argument ':copy' after a positional one of the fileinto command"),
    ('fileinto :specialuse "Junk" "x";', "22 the fileinto command: invalid special-use flag 'Junk'"),
    ('fileinto :specialuse ["\\\\Junk"] "x";',
     '23 the :specialuse tag for the fileinto command requires a string as parameter, but a string list was found'),
    ('fileinto :mailboxid 3 "x";',
     '21 the :mailboxid tag for the fileinto command requires a string as parameter, but a number was found'),
    ('if specialuse_exists "Junk" { keep; }',
     "22 the specialuse_exists test: invalid special-use flag 'Junk'"),
    ('if specialuse_exists "a" "b" "c" { keep; }',
     '4 the specialuse_exists test requires 1 positional argument(s), but 3 are specified'),
    ('if specialuse_exists { keep; }',
     '4 the specialuse_exists test requires 1 positional argument(s), but 0 are specified'),
    ('if mailboxidexists { keep; }',
     '4 the mailboxidexists test requires 1 positional argument(s), but 0 are specified'),
    ('if metadata "INBOX" "/private/x" { keep; }',
     '4 the metadata test requires 3 positional argument(s), but 2 are specified'),
    ('if metadata ["INBOX"] "/private/x" "y" { keep; }',
     '14 the metadata test expects a string as argument 1 (mailbox), but a string list was found'),
    ('if metadata "INBOX" "private/x" "y" { keep; }',
     "warning 21 the metadata test: invalid annotation name 'private/x'"),
    ('if metadataexists "INBOX" { keep; }',
     '4 the metadataexists test requires 2 positional argument(s), but 1 is specified'),
    ('if servermetadata "/shared/x" { keep; }',
     '4 the servermetadata test requires 2 positional argument(s), but 1 is specified'),
    ('if servermetadataexists 3 { keep; }',
     '25 the servermetadataexists test expects a string list as argument 1 (annotation-names), but a number was found'),
    ('report "abuse" "text";',
     '1 the report command requires 3 positional argument(s), but 2 are specified'),
    ('report "ab use" "text" "a@b.c";', "1 the report command: invalid feedback type 'ab use'"),
    ('report "abuse" "text" "nobody";', "1 the report command: specified address 'nobody' is invalid"),
    ('report :headers_only :headers_only "abuse" "x" "a@b.c";',
     "22 encountered duplicate tagged argument ':headers_only' for the report command"),
    ('debug_log;', '1 the debug_log command requires 1 positional argument(s), but 0 are specified'),
    ('debug_log 3;',
     '11 the debug_log command expects a string as argument 1 (message), but a number was found'),
    ('pipe "a/b";', "1 the pipe command: invalid program name 'a/b'"),
    ('pipe "";', "1 the pipe command: invalid program name ''"),
    ('pipe :try :try "x";', "11 encountered duplicate tagged argument ':try' for the pipe command"),
    ('pipe 3;',
     '6 the pipe command expects a string as argument 1 (program-name), but a number was found'),
    ('filter "x" 3;',
     '12 the filter command expects a string list as argument 2 (arguments), but a number was found'),
    ('if filter { keep; }', '4 the filter test requires 1 positional argument(s), but 0 are specified'),
    ('execute :pipe :input "x" "y";',
     '22 encountered duplicate INPUT argument (:input) for the execute command'),
    ('execute :output "1x" "y";',
     "17 the :output tag for the execute command: '1x' is no valid variable name"),
    ('execute :output "${z}" "y";',
     '9 the :output tag for the execute command requires a constant string'),
    ('execute :input 3 "y";',
     '16 the :input tag for the execute command requires a string as parameter, but a number was found'),
    ('if execute :output ["x"] "y" { keep; }',
     '21 the :output tag for the execute test requires a string as parameter, but a string list was found'),
    ('ereject;', '1 the ereject command requires 1 positional argument(s), but 0 are specified'),
    ('reject 3;', '8 the reject command expects a string as argument 1 (reason), but a number was found'),
    ('reject :x "y";',
     "8 unknown tagged argument ':x' for the reject command (only reported once at first occurrence)"),
    ('redirect :notify "WHENEVER" "a@b.c";',
     "18 the :notify tag for the redirect command: invalid value 'WHENEVER'"),
    ('redirect :ret "SOME" "a@b.c";', "15 the :ret tag for the redirect command: invalid value 'SOME'"),
    ('redirect :bytimerelative "x" "a@b.c";',
     '26 the :bytimerelative tag for the redirect command requires a number as parameter, but a string was found'),
    ('redirect :bymode "frop" "a@b.c";',
     "18 the :bymode tag for the redirect command: invalid value 'frop'"),
    ('redirect :bytimeabsolute "yesterday" "a@b.c";',
     "26 the :bytimeabsolute tag for the redirect command: invalid value 'yesterday'"),
    ('redirect :bytrace "a@b.c";',
     '1 the :bymode and :bytrace tags for the redirect command cannot be specified without a time'),
    ('if envelope "frop" "x" { keep; }',
     "13 specified envelope part 'frop' is not supported by the envelope test"),
    ('if envelope :all "notify" "x" { keep; }',
     "18 envelope part 'notify' specified for the envelope test is no address: it takes no address part"),
    ('vacation :create "x";',
     '10 the :create tag for the vacation command cannot be specified without the :fcc tag'),
    ('vacation :fcc 3 "x";',
     '15 the :fcc tag for the vacation command requires a string as parameter, but a number was found'),
    ('vacation :fcc "a" :flags 3 "x";',
     '26 the :flags tag for the vacation command requires a string list as parameter, but a number was found'),
    ('notify :fcc "Sent" :fcc "x" "mailto:a@b.c";',
     "20 encountered duplicate tagged argument ':fcc' for the notify command"),
    ('if environment "name" { keep; }',
     '4 the environment test requires 2 positional argument(s), but 1 is specified'),
    ('if environment ["name"] "x" { keep; }',
     '17 the environment test expects a string as argument 1 (item), but a string list was found'),
    ('if valid_ext_list 3 { keep; }',
     '19 the valid_ext_list test expects a string list as argument 1 (ext-list-names), but a number was found'),
    ('if spamtest { keep; }',
     '4 the spamtest test requires 1 positional argument(s), but 0 are specified'),
    ('if spamtest :percent "x" "y" { keep; }',
     '4 the spamtest test requires 1 positional argument(s), but 2 are specified'),
    ('if virustest :percent "1" { keep; }',
     "14 unknown tagged argument ':percent' for the virustest test (only reported once at first occurrence)"),
    ('replace;', '1 the replace command requires 1 positional argument(s), but 0 are specified'),
    ('replace :mime :from "a@b.c" "x";',
     '1 the :subject and :from tags for the replace command cannot be specified together with the :mime tag'),
    ('enclose :headers 3 "x";',
     '18 the :headers tag for the enclose command requires a string list as parameter, but a number was found'),
    ('enclose :subject "x";',
     '1 the enclose command requires 1 positional argument(s), but 0 are specified'),
    ('if ihave "${x}" { keep; }', '10 the ihave test takes constant names only'),
    ('if ihave { keep; }', '4 the ihave test requires 1 positional argument(s), but 0 are specified'),
    ('error;', '1 the error command requires 1 positional argument(s), but 0 are specified'),
    ('error 3;', '7 the error command expects a string as argument 1 (message), but a number was found'),
    ('if string :count "x" "a" "b" { keep; }',
     "18 the :count tag for the string test: unknown relation 'x'"),
    ('if string :value "a" "b" { keep; }', "18 the :value tag for the string test: unknown relation 'a'"),
    ('if header :contains { keep; }',
     '4 the header test requires 2 positional argument(s), but 0 are specified'),
    ('if valid_notify_method { keep; }',
     '4 the valid_notify_method test requires 1 positional argument(s), but 0 are specified'),
    ('if notify_method_capability "mailto:a@b.c" "online" { keep; }',
     '4 the notify_method_capability test requires 3 positional argument(s), but 2 are specified'),
    ('if hasflag "a" "b" "c" { keep; }',
     '4 the hasflag test requires 1 positional argument(s), but 3 are specified'),
    ('if hasflag 3 { keep; }',
     '12 the hasflag test expects a string list as argument 1 (list of flags), but a number was found'),
    ('if true 3 { keep; }', '4 the true test requires 0 positional argument(s), but 1 is specified'),
    ('if anyof :x (true) { keep; }',
     "10 unknown tagged argument ':x' for the anyof test (only reported once at first occurrence)"),
    ('if not :x true { keep; }',
     "8 unknown tagged argument ':x' for the not test (only reported once at first occurrence)"),
    ('set "a.b" "c";', "5 unknown variable namespace 'a'"),
    ('set "" "c";', "5 set command: '' is no valid variable name"),
    ('setflag "x.y" "z";', '9 invalid variable name for the setflag command'),
    ('addflag "x" "y" "z";',
     '1 the addflag command requires 1 positional argument(s), but 3 are specified'),
]

# A script, and the line, column and text of all that is wrong with it.
SCRIPTS = [
    ('friep $$$;', [
        "1:7 unexpected character(s) starting with '$'",
        '1:7 unexpected stray characters',
        'parse failed',
    ]),
    ('keep $;', [
        "1:6 unexpected character(s) starting with '$'",
        '1:6 unexpected stray characters',
        'parse failed',
    ]),
    ('if true { $ }', [
        "1:11 unexpected character(s) starting with '$'",
        "1:11 unexpected stray characters; expected identifier or '}'",
        'parse failed',
    ]),
    ('redirect "a@b.c" $$$ ;', [
        "1:18 unexpected character(s) starting with '$'",
        '1:18 unexpected stray characters',
        'parse failed',
    ]),
    ('keep;;', ["1:6 unexpected ';'; expected end of script or identifier", 'parse failed']),
    ('keep', ['1:1 unexpected end of script', 'parse failed']),
    ('if size :over 18446744073709551616 { keep; }', [
        '1:15 number exceeds the limit of 64 bits',
        'parse failed',
    ]),
    ('if size :over 18446744073709551615 { keep; }', []),
    ('if size :over 17179869184G { keep; }', [
        '1:15 number exceeds the limit of 64 bits',
        'parse failed',
    ]),
    ('if size :over 17179869183G { keep; }', []),
    ('a23456789012345678901234567890123;', ['1:1 identifier is longer than 32 bytes', 'parse failed']),
    ('a2345678901234567890123456789012;', [
        "1:1 unknown command 'a2345678901234567890123456789012' (only reported once at first occurrence)",
        'validation failed',
    ]),
    ('keep :a23456789012345678901234567890123;', ['1:6 tag is longer than 32 bytes', 'parse failed']),
    ('keep "a\rb";', ['1:6 CR without LF in a string', 'parse failed']),
    ('keep "a\x00b";', ['1:6 NUL character in a string', 'parse failed']),
    ('/* a\x00b */ keep;', ['1:1 NUL character in a comment', 'parse failed']),
    ('keep "abc', ['1:6 string has no end \'"\'', 'parse failed']),
    ('/* abc', ["1:1 comment has no end '*/'", 'parse failed']),
    ('keep text:\nabc\n', ['1:6 multi-line string has no end: a line with a dot', 'parse failed']),
    ('keep text: # c\nabc\n.\n;', [
        '1:1 the keep command requires 0 positional argument(s), but 1 is specified',
        'validation failed',
    ]),
    ('keep text:x\nabc\n.\n;', [
        "1:6 expected the end of the line after 'text:'",
        "3:1 unexpected character(s) starting with '.'",
        'parse failed',
    ]),
    ('# end', ['1:1 the comment at the end has no line end']),
    ('keep; # end\nstop', ['2:1 unexpected end of script', 'parse failed']),
    ('if true { keep;', ["1:15 unexpected end of script; expected identifier or '}'", 'parse failed']),
    ('keep; }', ["1:7 unexpected '}'; expected end of script or identifier", 'parse failed']),
    ('if true { if true { keep; } ', [
        "1:27 unexpected end of script; expected identifier or '}'",
        'parse failed',
    ]),
    ('keep ("a");', ['1:7 unexpected string; expected identifier', 'parse failed']),
    ('if anyof(true { keep; }', ["1:15 unexpected '{'; expected ')' or ','", 'parse failed']),
    ('if anyof(true,) { keep; }', ["1:15 unexpected ')'; expected identifier", 'parse failed']),
    ('redirect ["a",];', ["1:15 unexpected ']'; expected string", 'parse failed']),
    ('redirect ["a" "b"];', ["1:15 unexpected string; expected ']' or ','", 'parse failed']),
    ('redirect ["a", 3];', ['1:16 unexpected number; expected string', 'parse failed']),
    ('redirect ["a";', ["1:14 unexpected ';'; expected ']' or ','", 'parse failed']),
    ('if (true) { keep; }', [
        '1:1 the if command requires one sub-test, but a list of tests is specified',
        'validation failed',
    ]),
    ('if true, false { keep; }', ["1:8 unexpected ','; expected ';' or '{'", 'parse failed']),
    ('if true false { keep; }', [
        '1:4 the true test accepts no sub-tests, but tests are specified',
        'validation failed',
    ]),
    ('else { keep; }', [
        '1:1 the else command must follow an if or elsif command',
        'validation failed',
    ]),
    ('if true { keep; } else { keep; } elsif true { keep; } else {keep;} keep;', [
        '1:34 the elsif command must follow an if or elsif command',
        'validation failed',
    ]),
    ('if true { keep; } else if true { keep; }', [
        "1:19 missing semicolon ';' after else command",
        'validation failed',
    ]),
    ('if true { keep; } keep; else {keep;} elsif true {keep;}', [
        '1:25 the else command must follow an if or elsif command',
        'validation failed',
    ]),
    ('keep { keep; }', ['1:1 the keep command accepts no command block', 'validation failed']),
    ('if true;', ['1:1 the if command requires a command block', 'validation failed']),
    ('if { keep; }', [
        '1:1 the if command requires one sub-test, but none is specified',
        'validation failed',
    ]),
    ('if not;', [
        '1:1 the if command requires a command block',
        '1:4 the not test requires one sub-test, but none is specified',
        'validation failed',
    ]),
    ('stop "x" true { keep; }', [
        '1:1 the stop command requires 0 positional argument(s), but 1 is specified',
        '1:1 the stop command accepts no sub-tests, but tests are specified',
        'validation failed',
    ]),
    ('stop true;', [
        '1:1 the stop command accepts no sub-tests, but tests are specified',
        'validation failed',
    ]),
    ('keep\nkeep;', ["1:1 missing semicolon ';' after keep command", 'validation failed']),
    ('discard\nstop;\nkeep;', [
        "1:1 missing semicolon ';' after discard command",
        'validation failed',
    ]),
    ('frop; frop; Frop; friep;', [
        "1:1 unknown command 'frop' (only reported once at first occurrence)",
        "1:19 unknown command 'friep' (only reported once at first occurrence)",
        'validation failed',
    ]),
    ('if frop { keep; } if frop {keep;}', [
        "1:4 unknown test 'frop' (only reported once at first occurrence)",
        'validation failed',
    ]),
    ('if header :frop "a" "b" {keep;} if header :frop "a" "b" {keep;} if address :frop "a" "b" {keep;}', [
        "1:11 unknown tagged argument ':frop' for the header test (only reported once at first occurrence)",
        "1:76 unknown tagged argument ':frop' for the address test (only reported once at first occurrence)",
        'validation failed',
    ]),
    ('keep; require "fileinto";', [
        '1:7 require commands can only be placed at the top of the script',
        'validation failed',
    ]),
    ('if true { require "fileinto"; }', [
        '1:11 require commands can only be placed at the top of the script',
        'validation failed',
    ]),
    ('require "nonsense"; require "nonsense";', [
        "1:9 require command: unknown Sieve capability 'nonsense'",
        "1:29 require command: unknown Sieve capability 'nonsense'",
        'validation failed',
    ]),
    ('require ["nonsense","nonsense"];', [
        "1:10 require command: unknown Sieve capability 'nonsense'",
        "1:10 require command: unknown Sieve capability 'nonsense'",
        'validation failed',
    ]),
    ('require 3;', [
        '1:9 the require command expects a string list as argument 1 (capabilities), but a number was found',
        'validation failed',
    ]),
    ('require;', [
        '1:1 the require command requires 1 positional argument(s), but 0 are specified',
        'validation failed',
    ]),
    ('require [];', ["1:10 unexpected ']'; expected string", 'parse failed']),
    ('require "fileinto" "x";', [
        '1:1 the require command requires 1 positional argument(s), but 2 are specified',
        'validation failed',
    ]),
    ('require ["fileinto", "fileinto"]; require "fileinto"; fileinto "x";', []),
    ('require "imap4flags"; if hasflag;', [
        '1:23 the if command requires a command block',
        '1:26 the hasflag test requires 1 positional argument(s), but 0 are specified',
        'validation failed',
    ]),
    ('if header comparator "i;octet" "a" "b" { keep; }', [
        "1:4 missing colon ':' before ':comparator' tag in header test",
        'validation failed',
    ]),
    ('if header "a" "b" contains { keep; }', [
        "1:4 missing colon ':' before ':contains' tag in header test",
        'validation failed',
    ]),
    ('if header :matches "a" "b" { keep; } :is;', [
        '1:38 unexpected tag; expected end of script or identifier',
        'parse failed',
    ]),
    ('if header : matches "a" "b" { keep; }', [
        "1:11 unexpected character(s) starting with ':'",
        "1:11 unexpected stray characters; expected ';' or '{'",
        'parse failed',
    ]),
    ('if size :under :over 1 { keep; }', [
        "1:16 encountered duplicate tagged argument ':over' for the size test",
        'validation failed',
    ]),
    ('if address :all :domain "from" "x" { keep; }', [
        '1:17 encountered duplicate ADDRESS-PART argument (:domain) for the address test',
        'validation failed',
    ]),
    ('if true { frop; } if false { frop; friep :x "y" { } }', [
        "1:11 unknown command 'frop' (only reported once at first occurrence)",
        'validation failed',
    ]),
    ('if header "a" "b" { keep; } else header "a" "b" { keep; }', [
        '1:29 the else command accepts no sub-tests, but tests are specified',
        'validation failed',
    ]),
    ('keep\x01;', [
        "1:5 unexpected character(s) starting with '?'",
        '1:5 unexpected stray characters',
        'parse failed',
    ]),
    ('keepÂ\xa0;', [
        "1:5 unexpected character(s) starting with '?'",
        '1:5 unexpected stray characters',
        'parse failed',
    ]),
    ('if allof(true, (false)) { keep; }', [
        "1:16 unexpected '('; expected identifier",
        'parse failed',
    ]),
    ('if not (true) { keep; }', [
        '1:4 the not test requires one sub-test, but a list of tests is specified',
        'validation failed',
    ]),
    ('if anyof true { keep; }', [
        '1:4 the anyof test requires a list of sub-tests, but a single one is specified',
        'validation failed',
    ]),
    ('if allof() { keep; }', ["1:10 unexpected ')'; expected identifier", 'parse failed']),
    ("if true { " * 33 + "keep;" + " }" * 33, [
        '1:1 blocks are nested deeper than 32 levels',
        'parse failed',
    ]),
    ("if true { " * 32 + "keep;" + " }" * 32, []),
    ("if " + "not " * 32 + "true { keep; }", [
        '1:4 tests are nested deeper than 32 levels',
        'parse failed',
    ]),
    ("if " + "not " * 31 + "true { keep; }", []),
    ("keep" + ' "a"' * 33 + ";", ['1:134 more than 32 arguments', 'parse failed']),
    ("keep" + ' "a"' * 32 + ";", [
        '1:1 the keep command requires 0 positional argument(s), but 32 are specified',
        'validation failed',
    ]),
    ('keep\r\n;\r\nfrop;', [
        "3:1 unknown command 'frop' (only reported once at first occurrence)",
        'validation failed',
    ]),
    ('"string";', ['1:1 unexpected string; expected end of script or identifier', 'parse failed']),
    ('3;', ['1:1 unexpected number; expected end of script or identifier', 'parse failed']),
    (':tag;', ['1:1 unexpected tag; expected end of script or identifier', 'parse failed']),
    ('[ "a" ];', ["1:1 unexpected '['; expected end of script or identifier", 'parse failed']),
    ('{ keep; }', ["1:1 unexpected '{'; expected end of script or identifier", 'parse failed']),
    (';', ["1:1 unexpected ';'; expected end of script or identifier", 'parse failed']),
    ('keep; ) keep;', ["1:7 unexpected ')'; expected end of script or identifier", 'parse failed']),
    ('keep; ] frop;', ["1:7 unexpected ']'; expected end of script or identifier", 'parse failed']),
    ('if header :contains "subject" "x" keep;', [
        '1:1 the if command requires a command block',
        '1:4 the header test accepts no sub-tests, but tests are specified',
        'validation failed',
    ]),
    ('if header :contains "subject" "x" { keep }', ["1:42 unexpected '}'", 'parse failed']),
    ('if header :contains "subject" ["x" { keep; }', [
        "1:36 unexpected '{'; expected ']' or ','",
        'parse failed',
    ]),
    ('if anyof(header "a" "b", $, true) { keep; }', [
        "1:26 unexpected character(s) starting with '$'",
        '1:26 unexpected stray characters; expected identifier',
        'parse failed',
    ]),
    ('if anyof(header "a" [$, "b"], true) { keep; }', [
        "1:22 unexpected character(s) starting with '$'",
        '1:22 unexpected stray characters; expected string',
        'parse failed',
    ]),
]


def compile_scripts(folder, scripts):
    """What the compiler says of each."""
    for number, text in enumerate(scripts):
        (folder / f"s{number:03}.sieve").write_bytes(text.encode())
    done = subprocess.run([SIEVEC, "--json", "-x", " ".join("+" + name for name in EXTENSIONS), folder],
                          capture_output=True, text=True, timeout=60)
    said, rest = [], done.stdout
    while rest:
        each, length = json.JSONDecoder().raw_decode(rest)
        said.append(each)
        rest = rest[length:].lstrip()
    assert len(said) == len(scripts)
    assert (done.returncode == 1) == any(each["severity"] == "error" for those in said for each in those)
    return said


def test_each_wrong_use_has_one_diagnostic(tmp_path):
    required = "require [" + ", ".join(f'"{name}"' for name in EXTENSIONS) + "];\n"
    said, = compile_scripts(tmp_path, [required + "".join(mistake + "\n" for mistake, _ in ARGUMENTS)])
    by_line = {}
    for each in said[:-1]:
        warning = "warning " if each["severity"] == "warning" else ""
        by_line.setdefault(each["line"], []).append(f'{warning}{each["column"]} {each["message"]}')
    for line, (mistake, wanted) in enumerate(ARGUMENTS, 2):
        assert by_line.pop(line, []) == [wanted], mistake
    assert not by_line and said[-1]["message"] == "validation failed"


@pytest.fixture(scope="module")
def said_of_scripts(tmp_path_factory):
    return compile_scripts(tmp_path_factory.mktemp("scripts"), [script for script, _ in SCRIPTS])


@pytest.mark.parametrize("number", range(len(SCRIPTS)))
def test_scripts(said_of_scripts, number):
    script, wanted = SCRIPTS[number]
    assert [f'{each["line"]}:{each["column"]} {each["message"]}' if each["line"] else each["message"]
            for each in said_of_scripts[number]] == wanted, script


def test_strings_of_scripts_do_not_break_lines(tmp_path):
    (tmp_path / "s.sieve").write_text('redirect "a\nb";')
    done = subprocess.run([SIEVEC, "s.sieve"], capture_output=True, text=True, cwd=tmp_path, timeout=60)
    assert done.stderr == "s: line 1: error: specified redirect address 'a  b' is invalid.\n" \
        "s: error: validation failed.\n"


def test_json_is_utf8_whatever_scripts_have(tmp_path):
    said, = compile_scripts(tmp_path, ['require ["fileinto", "encoded-character"]; fileinto "a${hex:ff}b";'])
    assert said[0]["message"] == "invalid folder name 'a\ufffdb' specified for the fileinto command"
