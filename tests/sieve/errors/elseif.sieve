if header "a" "b" { keep; } else if true { discard; }
