require ["mime", "foreverypart", "extracttext", "variables"];
extracttext "x";
break;
if header :anychild "a" "b" { }
if header :mime :type :subtype "a" "b" { }
