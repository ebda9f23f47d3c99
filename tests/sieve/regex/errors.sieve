require "regex";
if header :regex "subject" "(" { keep; }
if header :regex "subject" ["ok", "[a"] { keep; }
if header :regex "subject" "a{3,2}" { keep; }
