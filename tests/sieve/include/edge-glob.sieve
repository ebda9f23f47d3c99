require ["include", "variables"];
global ["a", "b"];
set "a" "1";
set "local" "x";
if string :matches "zz" "*" {}
include "glob";
if not string "${0}" "zz" { discard; }
if not string "${global.c}" "3" { discard; }
if not string "${b}" "2" { discard; }
if not string "${local}" "x" { discard; }
