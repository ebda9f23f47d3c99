require "envelope";
if envelope "frop" "x" { keep; }
if envelope :domain "auth" "x" { keep; }
if envelope "notify" "x" { keep; }
