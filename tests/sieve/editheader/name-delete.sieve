require ["editheader","variables"]; set "v" "x y"; deleteheader "${v}";
