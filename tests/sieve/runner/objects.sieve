require ["vnd.dovecot.testsuite"];
test_set "nothing" "x";
test_set "envelope.frop" "x";
