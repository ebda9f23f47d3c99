require "ihave";
if ihave ["fileinto", "vnd.dovecot.pipe"] { pipe "x"; } else { discard; }
