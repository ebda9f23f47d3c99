require ["include", "variables"];
include "../x";
include "${x}";
include "nowhere";
set "a" "1";
global "a";
