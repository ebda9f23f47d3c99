require "ihave";
if ihave ["fileinto", "nonsense"] { nonsense :frop "x" { } } else { discard; }
