require "include";
include "missing";
include "a/b";
include "";
