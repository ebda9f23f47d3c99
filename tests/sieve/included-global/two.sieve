require ["include", "variables"];
set "global.other" "two";
