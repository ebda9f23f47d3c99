require "vnd.dovecot.report";
report "not a token" "x" "a@example.com";
report "abuse" "x" "nobody";
