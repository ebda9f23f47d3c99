require ["replace", "enclose", "foreverypart"];
replace :mime :subject "x" "y";
replace :from "nobody" "x";
foreverypart { enclose "x"; }
