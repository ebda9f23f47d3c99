elsif true { keep; }
elsif true { keep; }
else { keep; }
if true { keep; }
stop;
else { keep; }
if header "a" "b" { keep; } else { keep; } elsif true { keep; }
