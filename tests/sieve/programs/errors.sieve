require ["vnd.dovecot.pipe", "vnd.dovecot.filter", "vnd.dovecot.execute"];
pipe "../x";
pipe "";
filter "x" "a
b";
execute :output "v" "x";
execute :pipe :input "i" "x";
pipe :copy "x";
