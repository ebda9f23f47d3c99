require ["editheader","variables"]; set "v" "x y"; addheader "${v}" "1";
