if header "a" "b";
keep { discard; }
