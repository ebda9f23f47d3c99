if address "subject" "a" { keep; }
if address ["from", "return-path"] "a" { keep; }
if address "envelope-to" "a" { keep; }
if address "list-post" "a" { keep; }
