require ["editheader", "relational"];
addheader "x:y" "z";
addheader "x" ["y"];
deleteheader :index 0 "x";
deleteheader :last "x";
deleteheader :index 1 :index 2 "x";
deleteheader ["a", "b"];
deleteheader "a" 3;
deleteheader :count "eq" :contains "a" "b";
