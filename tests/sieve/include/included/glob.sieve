require ["include", "variables"];
if not string "${0}" "" { discard; }
if not string "${local}" "" { discard; }
global "b";
if string "${a}" "1" { discard; }
if not string "${global.a}" "1" { discard; }
set "b" "2";
set "global.c" "3";
set "local" "y";
if string :matches "qq" "*" {}
redirect "x@y.z";
