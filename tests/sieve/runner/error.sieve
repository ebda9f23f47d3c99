require ["vnd.dovecot.testsuite", "fileinto", "variables"];
set "x" "nodomain";
redirect "${x}";
