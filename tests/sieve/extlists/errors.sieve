require ["extlists"];
if header :comparator "i;octet" :list "from" "tag:x" { keep; }
if header :list :comparator "i;octet" "from" "tag:x" { keep; }
if header :list :is "from" "tag:x" { keep; }
if header :list "from" "friends" { keep; }
redirect :list "a@b.c";
