require ["variables"];
set "1" "x";
set "${a}" "x";
set "frop.x" "y";
set "a" "${frop.x}";
set "a" "${33}";
set "a1234567890123456789012345678901234567890123456789012345678901234" "x";
