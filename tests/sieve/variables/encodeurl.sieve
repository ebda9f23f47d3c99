require ["variables", "enotify"];
set :encodeurl :quoteregex "a" "b";
