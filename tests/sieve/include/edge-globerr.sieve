require ["include", "variables"];
set "l" "x";
global "l";
global ["ok", "1"];
global "a.b";
set "global.a.b" "x";
