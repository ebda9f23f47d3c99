require ["vnd.dovecot.testsuite"];
test_message 0;
test_message :smtp :folder "x" 0;
