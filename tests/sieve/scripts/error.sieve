require "ihave";
if ihave "nonsense" { foo; } else { error "out of cheese"; }
