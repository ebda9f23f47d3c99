require ["imap4flags", "relational", "fileinto"];
if hasflag;
stop "x" true { keep; }
if size :under :over 1 { }
if header :is "a" 3 { }
if header comparator "i;octet" "x" "y" { }
if address :is :domain :all "from" "x" { }
if header :comparator "i;octet" :comparator "i;octet" "x" "y" { }
if header "x" :is "y" { }
if header :comparator 3 "x" "y" { }
if header :comparator { }
if exists { }
if header :value "zz" "a" "b" { }
if true { } else if false { }
keep "x";
discard :foo;
fileinto ["a", "b"];
redirect "a@b, c@d";
redirect "<>";
require "copy";
