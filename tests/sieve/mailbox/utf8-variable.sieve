require ["fileinto", "encoded-character", "variables"];
set "a" "x${hex:ff}y";
fileinto "b${a}";
