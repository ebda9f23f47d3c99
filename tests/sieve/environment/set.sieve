require ["vnd.dovecot.environment", "variables"];
set "env.vnd.x" "y";
