require ["fileinto", "mailbox", "variables", "copy"];
fileinto :create :copy "Bad";
set "x" "nodomain";
redirect "${x}";
