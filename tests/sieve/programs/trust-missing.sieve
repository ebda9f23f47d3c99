require "vnd.dovecot.execute";
if execute "missing.sh" { keep; }
