require "editheader";
addheader "X Y" "z";
addheader "X" "z";
deleteheader :last "X";
