require "fileinto";
require "nonsense";
require "keep";
keep
stop;
unknown "x";
unknown "y";
if anyof true { keep; }
if not (true) { keep; }
if true keep;
header "a" "b";
if header :nothing "a" "b" { }
if header "a" { }
if header :is :contains "a" "b" { }
if header :comparator "i;none" "a" "b" { }
if address "subject" "b" { }
if size 10 { }
fileinto 3;
redirect "nobody";
else { keep; }
elsif true { keep; }
stop "x" true { keep; }
