require ["relational", "variables"];
if header :value "gq" "a" "b" { keep; }
if header :value "${x}" "a" "b" { keep; }
if header :value "gt" :count "gt" "a" "b" { keep; }
if header :count { keep; }
