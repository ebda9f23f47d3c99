fileinto "a";
fileinto "b";
set "a" "b";
if body "x" { keep; }
if header :count "eq" "a" "b" { keep; }
redirect :copy "a@b.c";
