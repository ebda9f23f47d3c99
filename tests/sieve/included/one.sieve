require ["include", "variables"];
global "shared";
set "local" "of one";
if string :matches "x-y" "*-*" { set "shared" "one was here"; }
include :global "two";
return;
set "shared" "not reached";
