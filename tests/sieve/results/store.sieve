require ["fileinto", "mailbox"];
fileinto :create "F";
