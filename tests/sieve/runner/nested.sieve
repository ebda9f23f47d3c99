require ["vnd.dovecot.testsuite"];
if true { test "x" { keep; } }
