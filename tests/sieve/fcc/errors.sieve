require ["vacation", "fcc", "mailbox", "encoded-character"];
vacation :create "x";
vacation :fcc "${hex:ff}" "x";
vacation :fcc "Sent" :mailboxid "y" "x";
