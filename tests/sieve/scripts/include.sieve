require "include";
include "drop";
