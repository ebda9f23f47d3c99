require ["comparator-i;ascii-numeric", "regex"];
if header :contains :comparator "i;ascii-numeric" "a" "1" { keep; }
if header :comparator "i;ascii-numeric" :matches "a" "1" { keep; }
if header :comparator "i;ascii-numeric" :regex "a" "1" { keep; }
