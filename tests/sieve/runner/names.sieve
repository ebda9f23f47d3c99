require ["vnd.dovecot.testsuite", "variables"];
set "tst.x" "y";
set "a" "${tst.a.b}";
set "a" "${tst.1}";
