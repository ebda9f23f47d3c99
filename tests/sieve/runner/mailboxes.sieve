require ["vnd.dovecot.testsuite", "fileinto", "mailbox", "encoded-character"];
test_mailbox_create "${hex: ff}";
fileinto "${hex: ff}";
if mailboxexists "${hex: ff}" { keep; }
fileinto;
test_mailbox_create 3;
test_mailbox_create;
