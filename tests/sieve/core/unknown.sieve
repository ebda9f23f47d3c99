frop;
FROP "again";
if friep { keep; }
if anyof (friep, Friep "x") { keep; }
if header :frml "a" "b" { keep; }
if header :frml "c" "d" { keep; }
if address :frml "from" "b" { keep; }
