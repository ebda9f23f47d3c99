require "vnd.dovecot.filter";
filter "replace.sh" "x";
filter "false.sh";
