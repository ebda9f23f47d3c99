require "ihave";
redirect "a@b.c";
error "because of this";
