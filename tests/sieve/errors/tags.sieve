if header :is :contains "a" "b" { keep; }
if header :comparator "i;octet" :comparator "i;octet" "a" "b" { keep; }
if address :all :domain "from" "b" { keep; }
if size :under :over 1 { keep; }
if size 1 { keep; }
if header :comparator 3 "a" "b" { keep; }
if header :comparator { keep; }
if header "a" :is "b" { keep; }
if header :comparator "i;none" "a" "b" { keep; }
if header :comparator "i;ascii-numeric" "a" "b" { keep; }
