require ["regex", "variables"];
set "bad" "(a";
if header :regex "from" "${bad}" { }
