require "editheader";
addheader "X-Mine" "1";
keep;
