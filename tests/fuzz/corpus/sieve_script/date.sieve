require ["date", "index"];
if date :zone "bad" "date" "year" "2009" { }
if date :zone "+0100" :originalzone "date" "year" "2009" { }
if header :last "a" "b" { }
if header :index 0 "a" "b" { }
