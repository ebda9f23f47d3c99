require "ihave";
if ihave "variables" { set "a" "b"; discard; }
if ihave "encoded-character" { discard; }
