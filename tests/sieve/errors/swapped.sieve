header "a" "b";
if keep { stop; }
