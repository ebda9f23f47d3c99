require ["vnd.dovecot.testsuite"];
test "x" { test_fail "in sub"; }
