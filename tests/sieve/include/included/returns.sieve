require ["include", "variables"];
global "trail";
set "trail" "in";
if true { return; }
set "trail" "after";
