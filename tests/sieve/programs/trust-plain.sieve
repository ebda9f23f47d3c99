require "vnd.dovecot.execute";
execute "plain.txt";
