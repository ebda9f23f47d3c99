require ["date", "index"];
if exists :index 1 "a" { keep; }
if header :last "a" "b" { keep; }
if header :index 0 "a" "b" { keep; }
if date :zone "+2500x" "date" "year" "1" { keep; }
if date :zone "+0100" :originalzone "date" "year" "1" { keep; }
