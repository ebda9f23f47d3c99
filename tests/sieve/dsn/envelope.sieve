require ["envelope", "envelope-dsn", "envelope-deliverby"];
if envelope :localpart "notify" "x" { keep; }
if envelope :zone "here" "bytimeabsolute" "x" { keep; }
